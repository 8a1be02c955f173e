/**
 * A shard's owner seals what is on record: it takes new entries from where their transactions put them, in that order,
 * and makes them the next ones of their tenant's chain.
 *
 * One transaction appends them to the chain, drops them where they were, puts free texts aside and moves the head. It
 * carries the owner's epoch and the head that it goes on from: neither an owner that slept nor a second one can fork the
 * chain, and a death in between leaves all or nothing of it.
 */
import type { Write } from '../ledger/port.js'
import type { Desk } from './desk.js'
import type { Duty } from './due.js'
import { type AuditEntry, auditOf } from './entries.js'
import { auditLog, chainKey, chainSet, justSealedSet, sealedHint, sealedLog, textsKey, unsealedSet } from './keys.js'
import { commit, log, now, type Procedure, range } from './procedure.js'
import { type Chain, chainFields, headOf, readChain, unmovedChain } from './recordChain.js'
import { sealEntry, sha256 } from './recordLines.js'

/** A commit for each so many: of 128 it took a third more of processor time on Redis. */
const page = 512
/** Of a transaction. */
const batchBytes = 256 * 1024
/** One tenant's flood doesn't keep the others waiting. */
const batchesInARow = 4

export type Sealing = { readonly sealed: number; readonly hasMore: boolean }

/** Seals what waits in this shard, of all tenants. */
export function* sealRecord(desk: Desk, duty: Duty): Procedure<Sealing> {
  let sealed = 0
  let hasMore = false
  let after: string | undefined
  do {
    const tenants = yield* range({
      shard: duty.shard,
      set: unsealedSet,
      limit: page,
      ...(after === undefined ? {} : { after }),
    })
    for (const { member } of tenants.members) {
      const one = yield* sealTenant(desk, duty, member)
      sealed += one.sealed
      hasMore ||= one.hasMore
    }
    after = tenants.cursor
  } while (after !== undefined)
  const { members } = yield* range({ shard: duty.shard, set: justSealedSet, limit: page })
  for (const { member } of members) yield* lookAgain(duty, member)
  return { sealed, hasMore: hasMore || members.length === page }
}

function* sealTenant(desk: Desk, duty: Duty, tenant: string): Procedure<Sealing> {
  let sealed = 0
  for (let batch = 0; batch < batchesInARow; batch++) {
    const done = yield* sealBatch(desk, duty, tenant)
    sealed += done.sealed
    if (!done.hasMore) return { sealed, hasMore: false }
  }
  return { sealed, hasMore: true }
}

function* sealBatch(desk: Desk, duty: Duty, tenant: string): Procedure<Sealing> {
  const { shard } = duty
  const chain = yield* readChain(shard, tenant)
  const { entries } = yield* log({ shard, log: auditLog(tenant), limit: page })
  const sealedAt = yield* now()
  const generation = generationFor(desk, chain)
  let { seq, head } = headOf(chain)
  const writes: Write[] = []
  let bytes = 0
  let last: string | undefined
  for (const { id, entry } of entries) {
    bytes += entry.length
    if (bytes > batchBytes && last !== undefined) break
    seq++
    const place = { tenant, shard, generation, seq }
    const one = sealEntry(place, entryIn(entry, sealedAt), { prev: head, sealedAt, newSalt: desk.newId })
    head = one.hash
    last = id
    writes.push({ kind: 'append', log: sealedLog(tenant), entry: Buffer.from(one.line) })
    const fields = Object.keys(one.texts)
    if (fields.length > 0) {
      writes.push({ kind: 'put', record: textsKey(tenant, seq), fields: { seq, ...named(one.texts) } })
    }
  }
  if (last !== undefined) {
    writes.push(
      { kind: 'trim', log: auditLog(tenant), upTo: last },
      { kind: 'put', record: chainKey(tenant), fields: chainFields({ generation, seq, head }) },
      { kind: 'index', set: chainSet, member: tenant, score: 0 },
      { kind: 'hint', hint: sealedHint(tenant) },
    )
  }
  const hasMore = last !== entries.at(-1)?.id || entries.length === page
  if (!hasMore) {
    writes.push(
      { kind: 'unindex', set: unsealedSet, member: tenant },
      { kind: 'index', set: justSealedSet, member: tenant, score: 0 },
    )
  }
  const outcome = yield* commit({
    shard,
    tenant,
    drains: true,
    transaction: { guards: [{ kind: 'epoch', n: duty.epoch }, ...unmovedChain(tenant, chain)], writes },
  })
  if (outcome.kind === 'invalid') throw new Error(`sealing of ${tenant}: ${outcome.why}`)
  // Refused: the shard or the chain is another's. No room: the next round tries again.
  if (outcome.kind !== 'done') return { sealed: 0, hasMore: false }
  return { sealed: seq - headOf(chain).seq, hasMore }
}

/**
 * The ledger's, and where it began in this chain: a chain that was lost differs from the one that is begun in its place,
 * even where that happens before the loss is noticed.
 */
const generationFor = ({ notary, newId }: Desk, chain: Chain | null): string => {
  const ledger = notary.generation()
  return chain?.generation.startsWith(`${ledger}.`) ? chain.generation : `${ledger}.${newId()}`
}

/** Fields of a record, that none may be called as one of its own. */
const named = (texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(texts).map(([field, line]) => [`text.${field}`, line]))

/**
 * What came between the look at a tenant's entries and their sealing is seen by this one: it leaves `justSealed` only
 * after that, and what comes later puts the tenant back by itself.
 */
function* lookAgain({ shard, epoch }: Duty, tenant: string): Procedure<void> {
  const { size } = yield* log({ shard, log: auditLog(tenant), limit: 1 })
  const writes: Write[] = [{ kind: 'unindex', set: justSealedSet, member: tenant }]
  if (size > 0) writes.push({ kind: 'index', set: unsealedSet, member: tenant, score: 0 })
  yield* commit({ shard, tenant, drains: true, transaction: { guards: [{ kind: 'epoch', n: epoch }], writes } })
}

/** What can't be read goes on record as that: it must not keep those behind it from being sealed. */
const entryIn = (bytes: Uint8Array, at: number): AuditEntry => {
  try {
    const entry = auditOf(bytes)
    if (typeof entry === 'object' && entry !== null && !Array.isArray(entry)) return entry
  } catch {
    // As below.
  }
  return { at, kind: 'unreadable', by: 'node', sha256: sha256(bytes) }
}
