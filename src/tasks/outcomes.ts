/**
 * Outcomes on their way to a subscriber: read from its log, sent in order, dropped once seen.
 *
 * What a log may keep is bounded. Where entries had to go unseen, the subscriber's record says from when to when, and
 * the subscriber is told with its next outcomes.
 */
import type { Fields, Transaction, Write } from '../ledger/port.js'
import type { Outcome as OutcomeFrame } from '../protocol/nodeFrames.js'
import { Raw } from '../protocol/raw.js'
import { boundedRead } from './boundedRead.js'
import type { Desk } from './desk.js'
import { outcomeOf, outputBehind } from './entries.js'
import { agingSet, dirtySet, emptiedSet, subscriberKey, taskKey } from './keys.js'
import { commit, commitAll, type Order, type Procedure, range, log as readLog, readOne } from './procedure.js'
import { newestConnection } from './subscribing.js'

/** What a subscriber's log in one shard may keep, and for how long. */
export type OutcomeBounds = { readonly outcomesKept: number; readonly outcomeRetentionMs: number }

/** An outcome without its number on the connection. */
export type Told = Omit<OutcomeFrame, 'type' | 'seq'>

export type OutcomePage = {
  /** `bytes`: about what it takes in a frame. */
  readonly outcomes: readonly { readonly id: string; readonly told: Told; readonly bytes: number }[]
  /** There may be more behind these. */
  readonly hasMore: boolean
  readonly gap?: Gap
  /** The number of the subscriber's newest connection; 0 where a gap wasn't looked for, or this shard doesn't know. */
  readonly newest: number
}

/** How much of a log is read at once. */
export type OutcomePageOptions = {
  readonly after?: string
  readonly limit: number
  /** All together; the first one always fits. */
  readonly maxBytes: number
  readonly looksForGap: boolean
}

/**
 * The next outcomes of a log in a shard, each with its output where that is released. Looking for a gap, and
 * for a newer connection, costs a read of its own, and outcomes must be quick: whoever reads often looks now and then.
 */
export function* readOutcomes(
  shard: number,
  log: string,
  { after, limit, maxBytes, looksForGap }: OutcomePageOptions,
): Procedure<OutcomePage> {
  const subscriber = looksForGap ? yield* readOne(shard, subscriberKey(log)) : null
  const gap = gapIn(subscriber)
  const newest = newestConnection(subscriber)
  const { entries } = yield* readLog({ shard, log, limit, ...(after === undefined ? {} : { after }) })
  const all = entries.map(({ id, entry }) => {
    const output = outputBehind(entry)
    const told: Told = outcomeOf(entry)
    if (output !== undefined) Object.assign(told, { output: new Raw(output) })
    return { id, told, bytes: entry.length }
  })
  const keys = all.filter(({ told }) => hasMoreToRead(told)).map(({ told }) => taskKey(told.task))
  const { records } = yield* boundedRead(shard, keys, maxBytes)
  const outcomes: OutcomePage['outcomes'][number][] = []
  let bytes = 0
  let read = 0
  for (const one of all) {
    // Its record no longer fitted.
    if (hasMoreToRead(one.told) && read === records.length) break
    const outcome = hasMoreToRead(one.told) ? withOutput(one, records[read++]) : one
    bytes += outcome.bytes
    if (bytes > maxBytes && outcomes.length > 0) break
    outcomes.push(outcome)
  }
  const hasMore = outcomes.length < entries.length || entries.length === limit
  return { outcomes, hasMore, newest, ...(gap === null ? {} : { gap }) }
}

/** Its output was released, and stands in the record alone. */
const hasMoreToRead = ({ final, status, output }: Told): boolean =>
  final && output === undefined && (status === 'COMPLETED' || status === 'APPROVED')

const withOutput = (outcome: OutcomePage['outcomes'][number], record: Fields | null | undefined) => {
  const output = record?.output
  if (!(output instanceof Uint8Array)) return outcome
  const { id, told, bytes } = outcome
  return { id, told: Object.assign(told, { output: new Raw(output) }), bytes: bytes + output.length }
}

/** Outcomes between these times had to go unseen. */
export type Gap = { readonly since: number; readonly until: number }

/** What a subscriber is to be told of, until it has seen something behind it. */
const gapIn = (fields: Fields | null): Gap | null =>
  typeof fields?.gapSince === 'number' && typeof fields.gapUntil === 'number'
    ? { since: fields.gapSince, until: fields.gapUntil }
    : null

export type SeenUpTo = { readonly upTo: string; readonly gap?: Gap }

/** Drops what was seen, and forgets the gap that was told before it, unless it has grown since. */
export function* dropSeen(shard: number, log: string, { upTo, gap }: SeenUpTo, tenant: string): Procedure<void> {
  const order = (transaction: Transaction): Order => ({ shard, tenant, drains: true, transaction })
  const orders = [order({ guards: [], writes: [{ kind: 'trim', log, upTo }] })]
  if (gap !== undefined) orders.push(order(forgetGap(subscriberKey(log), gap)))
  yield* commitAll(orders)
}

export const forgetGap = (record: string, { since, until }: Gap): Transaction => ({
  guards: [
    { kind: 'equals', record, field: 'gapSince', value: since },
    { kind: 'equals', record, field: 'gapUntil', value: until },
  ],
  writes: [{ kind: 'put', record, fields: { gapSince: null, gapUntil: null } }],
})

type Duty = { readonly shard: number; readonly epoch: number }

/** Bounds each log that may have something waiting, by count and age; forgets those that are empty. */
export function* boundOutcomes(duty: Duty, bounds: OutcomeBounds, now: number): Procedure<void> {
  yield* forEachLog(duty, dirtySet, (name) => boundLog(duty, bounds, name, now))
  yield* forEachLog(duty, emptiedSet, (name) => lookAgain(duty, name))
}

function* forEachLog({ shard }: Duty, set: string, visit: (log: string) => Procedure<void>): Procedure<void> {
  let after: string | undefined
  do {
    const page = yield* range({ shard, set, limit: 256, ...(after === undefined ? {} : { after }) })
    for (const { member } of page.members) yield* visit(member)
    after = page.cursor
  } while (after !== undefined)
}

/** So many are looked at in one go: a flood is cut down faster than it can come. */
const lookedAt = 5_000

/**
 * A log that was found empty leaves the dirty ones before it is looked at once more: what was appended before it left is
 * seen by that look, and what comes later puts it back by itself.
 */
function* lookAgain(duty: Duty, name: string): Procedure<void> {
  const { size } = yield* readLog({ shard: duty.shard, log: name, limit: 1 })
  const writes: Write[] = [{ kind: 'unindex', set: emptiedSet, member: name }]
  if (size > 0) writes.push({ kind: 'index', set: dirtySet, member: name, score: 0 })
  yield* commitDuty(duty, writes)
}

function* commitDuty({ shard, epoch }: Duty, writes: readonly Write[]): Procedure<void> {
  yield* commit({ shard, tenant: '', drains: true, transaction: { guards: [{ kind: 'epoch', n: epoch }], writes } })
}

function* boundLog(duty: Duty, bounds: OutcomeBounds, name: string, now: number): Procedure<void> {
  const head = yield* readLog({ shard: duty.shard, log: name, limit: 1 })
  const [first] = head.entries
  if (first === undefined) {
    yield* commitDuty(duty, [
      { kind: 'unindex', set: dirtySet, member: name },
      { kind: 'index', set: emptiedSet, member: name, score: 0 },
    ])
    return
  }
  const excess = head.size - bounds.outcomesKept
  const before = now - bounds.outcomeRetentionMs
  const isOld = outcomeOf(first.entry).at < before
  if (excess <= 0 && !isOld) return
  const { entries } = yield* readLog({
    shard: duty.shard,
    log: name,
    limit: isOld ? lookedAt : Math.min(excess, lookedAt),
  })
  const going = entries.slice(
    0,
    1 + entries.findLastIndex(({ entry }, at) => at < excess || outcomeOf(entry).at < before),
  )
  const last = going.at(-1)
  if (last === undefined) return
  // A slow commit puts an outcome behind later ones, so the log isn't in order of time.
  const times = going.map(({ entry }) => outcomeOf(entry).at)
  const record = subscriberKey(name)
  const known = gapIn(yield* readOne(duty.shard, record))
  const gapSince = Math.min(known?.since ?? now, ...times)
  const gapUntil = Math.max(known?.until ?? 0, ...times)
  yield* commitDuty(duty, [
    { kind: 'trim', log: name, upTo: last.id },
    { kind: 'put', record, fields: { gapSince, gapUntil } },
    { kind: 'index', set: agingSet, member: record, score: now },
  ])
}

/** The shards in which a subscriber can have outcomes: all of them. */
export const shardsOf = (desk: Desk): readonly number[] => Array.from({ length: desk.shards }, (_, shard) => shard)
