/**
 * A tenant's policy in the ledger, and how a change of it comes into force everywhere at once.
 *
 * What it says stands in the tenant's shard, with an edition that only grows. Each shard has a copy of the edition, and
 * whatever is released there was judged by this edition or a later one, by a guard in the same transaction. So a change
 * is in force in a shard from the moment that its copy has it, whatever nodes know; and it is acknowledged when all
 * shards have it. The tenant's shard goes first: a node that is refused finds there what it has to judge by.
 */
import type { Fields, Guard } from '../ledger/port.js'
import type { Desk } from './desk.js'
import { auditWrites } from './entries.js'
import { policyHint, policyKey, policyTextKey, spreadingSet } from './keys.js'
import { commit, commitAll, type Order, type Procedure, range, read, now as readNow, Unavailable } from './procedure.js'
import { shardOf } from './shardOf.js'
import type { Edition } from './verdict.js'

/** As it stands in the ledger. `document` null: the tenant has the default. */
export type StoredPolicy = {
  readonly edition: Edition
  readonly document: string | null
  readonly by?: string
  readonly at?: number
}

export const noStoredPolicy: StoredPolicy = { edition: 0, document: null }

/** What was judged by this edition may be committed as long as no later one is in force in the shard. */
export const policyGuard = (tenant: string, edition: Edition): Guard => ({
  kind: 'below',
  record: policyKey(tenant),
  field: 'edition',
  n: edition + 1,
})

export const isPolicyGuard = (guard: Guard): boolean => guard.kind === 'below' && guard.field === 'edition'

export function* readStoredPolicy({ shards }: Pick<Desk, 'shards'>, tenant: string): Procedure<StoredPolicy> {
  const [fields] = yield* read(shardOf(tenant, shards), [policyTextKey(tenant)])
  return fields ? storedOf(fields) : noStoredPolicy
}

const storedOf = ({ edition, document, by, at }: Fields): StoredPolicy => ({
  edition: Number(edition),
  document: String(document),
  by: String(by),
  at: Number(at),
})

/** Editions of tenants of one shard, by tenant. */
export function* readEditions(shard: number, tenants: readonly string[]): Procedure<ReadonlyMap<string, Edition>> {
  const records = yield* read(shard, tenants.map(policyKey))
  return new Map(tenants.map((tenant, at) => [tenant, Number(records[at]?.edition ?? 0)]))
}

/** What tenants of one shard have to judge by. */
export function* readStoredPolicies(
  shard: number,
  tenants: readonly string[],
): Procedure<ReadonlyMap<string, StoredPolicy>> {
  const records = tenants.length === 0 ? [] : yield* read(shard, tenants.map(policyTextKey))
  return new Map(
    tenants.map((tenant, at) => {
      const fields = records[at]
      return [tenant, fields ? storedOf(fields) : noStoredPolicy]
    }),
  )
}

export type PolicyChange = {
  readonly tenant: string
  readonly by: string
  /** What stood when the change was decided on. */
  readonly over: StoredPolicy
  readonly document: string
  /** Goes on record: versions before and after. */
  readonly versions: { readonly before: string; readonly version: string }
}

export type PolicyChangeReply =
  | { readonly kind: 'done' }
  /** Somebody else changed it meanwhile. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'overloaded'; readonly retryAfterMs: number }

/** Settles once the change is in force in all shards. Throws `Unavailable` where that isn't known: it comes by itself. */
export function* changePolicy(
  desk: Pick<Desk, 'shards'>,
  { tenant, by, over, document, versions }: PolicyChange,
): Procedure<PolicyChangeReply> {
  const home = shardOf(tenant, desk.shards)
  const at = yield* readNow()
  // Past the clock, so that it also grows after the ledger has lost data.
  const edition = Math.max(over.edition + 1, at)
  const outcome = yield* commit({
    shard: home,
    tenant,
    drains: true,
    transaction: {
      guards: [
        { kind: 'equals', record: policyTextKey(tenant), field: 'edition', value: over.edition || null },
        { kind: 'below', record: policyKey(tenant), field: 'edition', n: edition },
      ],
      writes: [
        { kind: 'put', record: policyTextKey(tenant), fields: { edition, document, by, at } },
        { kind: 'put', record: policyKey(tenant), fields: { edition } },
        ...auditWrites(tenant, { at, kind: 'policyChanged', by, ...versions }),
        { kind: 'hint', hint: policyHint(tenant) },
        ...(desk.shards === 1 ? [] : ([{ kind: 'index', set: spreadingSet, member: tenant, score: edition }] as const)),
      ],
    },
  })
  if (outcome.kind === 'refused') return { kind: 'changed' }
  if (outcome.kind === 'overloaded') return outcome
  if (outcome.kind === 'invalid') throw new Error(`policy: ${outcome.why}`)
  yield* spreadPolicy(desk, tenant, edition)
  return { kind: 'done' }
}

/** Copies the edition to all other shards. Done twice, or by two at once, it comes to the same. */
export function* spreadPolicy(desk: Pick<Desk, 'shards'>, tenant: string, edition: Edition): Procedure<void> {
  if (desk.shards === 1) return
  const home = shardOf(tenant, desk.shards)
  const others = Array.from({ length: desk.shards }, (_, shard) => shard).filter((shard) => shard !== home)
  const outcomes = yield* commitAll(others.map((shard) => copyOrder(shard, tenant, edition)))
  // Refused: a later one is there already.
  const isThere = outcomes.every(({ kind }) => kind === 'done' || kind === 'refused')
  if (!isThere) throw new Unavailable(`the policy of ${tenant} is not in all shards yet`)
  yield* commit({
    shard: home,
    tenant,
    drains: true,
    transaction: {
      guards: [{ kind: 'equals', record: policyKey(tenant), field: 'edition', value: edition }],
      writes: [{ kind: 'unindex', set: spreadingSet, member: tenant }],
    },
  })
}

const copyOrder = (shard: number, tenant: string, edition: Edition): Order => {
  const record = policyKey(tenant)
  return {
    shard,
    tenant,
    drains: true,
    transaction: {
      guards: [{ kind: 'below', record, field: 'edition', n: edition }],
      writes: [{ kind: 'put', record, fields: { edition } }],
    },
  }
}

const page = 64

/** For the owner of a shard: carries on what whoever changed a policy may have left half done. */
export function* spreadHalfDone(desk: Pick<Desk, 'shards'>, shard: number): Procedure<void> {
  const { members } = yield* range({ shard, set: spreadingSet, limit: page })
  for (const { member, score } of members) yield* spreadPolicy(desk, member, score)
}
