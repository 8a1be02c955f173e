/**
 * A shard's owner forgets whom nobody has heard of for long: agents and subscribers that went and never came back, what
 * nodes of old counted, how many cards were decided on a day of long ago.
 *
 * Nothing depends on such a record: a connection's number begins at the clock, which is past all that were there. So
 * an agent that comes back after all is as good as new, and its leases have ended long before.
 */
import type { Fields, Guard, Write } from '../ledger/port.js'
import type { Duty } from './due.js'
import { agentSet, agingSet, outcomeLogOf } from './keys.js'
import { commitAll, log, type Order, type Procedure, range, read } from './procedure.js'

const page = 256

/** Forgets a page of what nobody has touched since `before`. Returns how much it was. */
export function* dropAbsent({ shard, epoch }: Duty, before: number): Procedure<number> {
  const { members } = yield* range({ shard, set: agingSet, limit: page, upTo: before })
  if (members.length === 0) return 0
  const records = yield* read(
    shard,
    members.map(({ member }) => member),
  )
  const orders: Order[] = []
  for (const [at, { member: record }] of members.entries()) {
    const fields = records[at] ?? null
    const touchedAt = Number(fields?.lastSeen ?? 0)
    const isStillUsed = touchedAt > before || (yield* hasWaiting(shard, record))
    const change = isStillUsed ? kept(record, Math.max(touchedAt, before + 1)) : forgotten(record, fields)
    const guards: readonly Guard[] = [{ kind: 'epoch', n: epoch }, ...change.guards]
    orders.push({ shard, tenant: '', drains: true, transaction: { guards, writes: change.writes } })
  }
  const outcomes = yield* commitAll(orders)
  return outcomes.filter(({ kind }) => kind === 'done').length
}

/** Outcomes, for a subscriber. */
function* hasWaiting(shard: number, record: string): Procedure<boolean> {
  const name = outcomeLogOf(record)
  return name !== null && (yield* log({ shard, log: name, limit: 1 })).size > 0
}

type Change = { readonly guards: readonly Guard[]; readonly writes: readonly Write[] }

const kept = (record: string, score: number): Change => ({
  guards: [],
  writes: [{ kind: 'index', set: agingSet, member: record, score }],
})

/** Whoever comes back meanwhile changes one of these. */
const marks = ['connection', 'lastSeen', 'gapUntil'] as const

const forgotten = (record: string, fields: Fields | null): Change => {
  const unindexed: Write = { kind: 'unindex', set: agingSet, member: record }
  if (fields === null) return { guards: [{ kind: 'absent', record }], writes: [unindexed] }
  const { tenant, agent } = fields
  const isAgent = typeof tenant === 'string' && typeof agent === 'string'
  return {
    guards: marks.map((field) => ({ kind: 'equals', record, field, value: fields[field] ?? null })),
    writes: [
      { kind: 'drop', record },
      unindexed,
      ...(isAgent ? [{ kind: 'unindex', set: agentSet(tenant), member: agent } as const] : []),
    ],
  }
}
