/**
 * Outcomes on their way to a subscriber: read from its log, sent in order, dropped once seen.
 *
 * What a log may keep is bounded. Where entries had to go unseen, the subscriber's record says from when to when, and
 * the subscriber is told with its next outcomes.
 */
import type { Fields, Transaction } from '../ledger/port.js'
import type { Outcome as OutcomeFrame } from '../protocol/nodeFrames.js'
import { Raw } from '../protocol/raw.js'
import type { Desk } from './desk.js'
import { outcomeOf } from './entries.js'
import { dirtySet, subscriberKey, taskKey } from './keys.js'
import { commit, commitAll, type Order, type Procedure, range, read, log as readLog, readOne } from './procedure.js'

/** What a subscriber's log in one shard may keep, and for how long. */
export type OutcomeBounds = { readonly outcomesKept: number; readonly outcomeRetentionMs: number }

/** An outcome without its number on the connection. */
export type Told = Omit<OutcomeFrame, 'type' | 'seq'>

export type OutcomePage = {
  readonly outcomes: readonly { readonly id: string; readonly told: Told }[]
  readonly gap?: Gap
}

const hasOutput = (status: string): boolean => status === 'COMPLETED' || status === 'APPROVED'

/**
 * The next outcomes of a log in a shard, each with its output where that is released. Looking for a gap costs a read of
 * its own, and outcomes must be quick: whoever reads often looks now and then.
 */
export function* readOutcomes(
  shard: number,
  log: string,
  { after, limit, looksForGap }: { readonly after?: string; readonly limit: number; readonly looksForGap: boolean },
): Procedure<OutcomePage> {
  const gap = looksForGap ? gapIn(yield* readOne(shard, subscriberKey(log))) : null
  const { entries } = yield* readLog({ shard, log, limit, ...(after === undefined ? {} : { after }) })
  const told = entries.map(({ id, entry }) => ({ id, entry: outcomeOf(entry) }))
  const withOutput = told.filter(({ entry }) => entry.final && hasOutput(entry.status)).map(({ entry }) => entry.task)
  const records = withOutput.length === 0 ? [] : yield* read(shard, withOutput.map(taskKey))
  const outputs = new Map<string, Uint8Array>()
  for (const [at, task] of withOutput.entries()) {
    const output = records[at]?.output
    if (output instanceof Uint8Array) outputs.set(task, output)
  }
  return {
    outcomes: told.map(({ id, entry }) => {
      const output = entry.final && hasOutput(entry.status) ? outputs.get(entry.task) : undefined
      return { id, told: output === undefined ? entry : { ...entry, output: new Raw(output) } }
    }),
    ...(gap === null ? {} : { gap }),
  }
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

const forgetGap = (record: string, { since, until }: Gap): Transaction => ({
  guards: [
    { kind: 'equals', record, field: 'gapSince', value: since },
    { kind: 'equals', record, field: 'gapUntil', value: until },
  ],
  writes: [{ kind: 'put', record, fields: { gapSince: null, gapUntil: null } }],
})

type Duty = { readonly shard: number; readonly epoch: number }

/** Bounds each log that may have something waiting, by count and age; forgets those that are empty. */
export function* boundOutcomes(duty: Duty, bounds: OutcomeBounds, now: number): Procedure<void> {
  let after: string | undefined
  do {
    const { members, cursor } = yield* range({
      shard: duty.shard,
      set: dirtySet,
      limit: 256,
      ...(after === undefined ? {} : { after }),
    })
    for (const { member } of members) yield* boundLog(duty, bounds, member, now)
    after = cursor
  } while (after !== undefined)
}

/** So many are looked at in one go: a flood is cut down faster than it can come. */
const lookedAt = 5_000

function* boundLog(duty: Duty, bounds: OutcomeBounds, name: string, now: number): Procedure<void> {
  const record = subscriberKey(name)
  const fields = yield* readOne(duty.shard, record)
  const head = yield* readLog({ shard: duty.shard, log: name, limit: 1 })
  const [first] = head.entries
  if (first === undefined) {
    yield* commit({
      shard: duty.shard,
      tenant: '',
      drains: true,
      transaction: {
        // Something was appended meanwhile, or not: the count of what ever was tells.
        guards: [
          { kind: 'epoch', n: duty.epoch },
          { kind: 'equals', record, field: 'appended', value: fields?.appended ?? null },
        ],
        writes: [{ kind: 'unindex', set: dirtySet, member: name }],
      },
    })
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
  const known = gapIn(fields)
  const gapSince = Math.min(known?.since ?? now, ...times)
  const gapUntil = Math.max(known?.until ?? 0, ...times)
  yield* commit({
    shard: duty.shard,
    tenant: '',
    drains: true,
    transaction: {
      guards: [{ kind: 'epoch', n: duty.epoch }],
      writes: [
        { kind: 'trim', log: name, upTo: last.id },
        { kind: 'put', record, fields: { gapSince, gapUntil } },
      ],
    },
  })
}

/** The shards in which a subscriber can have outcomes: all of them. */
export const shardsOf = (desk: Desk): readonly number[] => Array.from({ length: desk.shards }, (_, shard) => shard)
