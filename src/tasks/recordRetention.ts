/**
 * The record is trimmed from its front. A signed note says up to which entry, and by which hash the rest goes on, so
 * that what is left can still be checked. Texts beside the entries go with them.
 */
import type { Desk } from './desk.js'
import type { Duty } from './due.js'
import { chainKey, chainSet, sealedLog, textsKey } from './keys.js'
import { commit, log, now, type Procedure, range } from './procedure.js'
import { readChain } from './recordChain.js'
import { entryLineOf, signedLine } from './recordLines.js'

const page = 256

/** Drops a page of each tenant's entries that were sealed before then. Returns how many. */
export function* dropOldEntries(desk: Desk, duty: Duty, before: number): Procedure<number> {
  let dropped = 0
  let after: string | undefined
  do {
    const tenants = yield* range({
      shard: duty.shard,
      set: chainSet,
      limit: page,
      ...(after === undefined ? {} : { after }),
    })
    for (const { member } of tenants.members) dropped += yield* dropEntries(desk, duty, member, before)
    after = tenants.cursor
  } while (after !== undefined)
  return dropped
}

function* dropEntries({ notary }: Desk, duty: Duty, tenant: string, before: number): Procedure<number> {
  const { shard } = duty
  const name = sealedLog(tenant)
  // Most of the time there is nothing to drop, which the first one tells.
  const [first] = (yield* log({ shard, log: name, limit: 1 })).entries
  if (first === undefined || entryLineOf(first.entry).sealedAt >= before) return 0
  const { entries } = yield* log({ shard, log: name, limit: page })
  const lines = entries.map(({ id, entry }) => ({ id, line: entryLineOf(entry) }))
  const kept = lines.findIndex(({ line }) => line.sealedAt >= before)
  const old = kept < 0 ? lines : lines.slice(0, kept)
  const last = old.at(-1)
  const chain = yield* readChain(shard, tenant)
  if (last === undefined || chain === null) return 0
  const { generation, seq, hash } = last.line
  const at = yield* now()
  const trimmed = signedLine(notary, { v: 1, kind: 'trimmed', tenant, shard, generation, seq, head: hash, at })
  const outcome = yield* commit({
    shard,
    tenant,
    drains: true,
    transaction: {
      guards: [
        { kind: 'epoch', n: duty.epoch },
        { kind: 'below', record: chainKey(tenant), field: 'dropped', n: seq },
      ],
      writes: [
        { kind: 'trim', log: name, upTo: last.id },
        { kind: 'put', record: chainKey(tenant), fields: { dropped: seq, trimmed } },
        ...old
          .filter(({ line }) => line.texts !== undefined)
          .map(({ line }) => ({ kind: 'drop', record: textsKey(tenant, line.seq) }) as const),
      ],
    },
  })
  return outcome.kind === 'done' ? old.length : 0
}
