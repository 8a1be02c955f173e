/**
 * An attempt ends: with a result that passed, a result that is held, a failure, a release, or a lost lease.
 *
 * Each end is one transaction under the lease's guards, so whichever comes first counts and all others change nothing
 * (G2). How the turn ended stays in the record: whoever sends the same again is told the same.
 */
import type { Guard, Write } from '../ledger/port.js'
import type { Desk, HeldWord } from './desk.js'
import { auditWrite } from './entries.js'
import { dueSet, taskKey } from './keys.js'
import type { LeasePlace } from './lease.js'
import { enqueueWrites, type Move, moveWrites, waitFields } from './move.js'
import { commit, type Order, type Procedure, readOne } from './procedure.js'
import { releaseBackoffMs, retryDelayMs } from './retry.js'
import { isLastStep, type Task, type TaskError, type TaskStatus, type TurnEnd, taskOf, withEnd } from './task.js'

/** A lease in somebody's hands: the task as it was claimed, where, and by which connection of the agent. */
export type Lease = {
  readonly place: LeasePlace
  readonly task: Task
  readonly agent: string
  readonly connection: number
}

export type EndedBy = TurnEnd['by']

export type AttemptReply =
  | { readonly kind: 'done'; readonly status: TaskStatus; readonly duplicate: boolean }
  | { readonly kind: 'stale' }
  | { readonly kind: 'overloaded'; readonly retryAfterMs: number }

const leaseGuards = ({ place, task, connection }: Lease): readonly Guard[] => {
  const record = taskKey(task.id)
  return [
    { kind: 'holds', lane: place.lane, entry: place.entry },
    { kind: 'equals', record, field: 'turn', value: place.turn },
    { kind: 'equals', record, field: 'agentConnection', value: connection },
  ]
}

const order = (lease: Lease, writes: readonly Write[]): Order => ({
  shard: lease.place.shard,
  tenant: lease.task.tenant,
  drains: true,
  transaction: {
    guards: leaseGuards(lease),
    writes: [{ kind: 'settle', lane: lease.place.lane, entry: lease.place.entry }, ...writes],
  },
})

const endOf = (lease: Lease, by: EndedBy, status: TaskStatus): string =>
  withEnd(lease.task, { turn: lease.place.turn, by, status })

/** The output passed: released to the next step, or to the producer. */
export const passResult = (lease: Lease, output: Uint8Array, now: number): Procedure<AttemptReply> => {
  const { task } = lease
  if (isLastStep(task)) {
    const fields = { output, entry: null, ends: endOf(lease, 'result', 'COMPLETED') }
    const writes = moveWrites(task, { to: 'COMPLETED', final: true, fields }, now)
    return settle(lease, 'result', 'COMPLETED', writes, now)
  }
  const fields = {
    ...waitFields(task, now),
    step: task.step + 1,
    attempts: 0,
    previous: output,
    approval: null,
    ends: endOf(lease, 'result', 'QUEUED'),
  }
  const writes = [
    ...moveWrites(task, { to: 'QUEUED', final: false, fields }, now),
    ...enqueueWrites(task, task.steps[task.step] ?? '', fields.expiresAt ?? undefined),
  ]
  return settle(lease, 'result', 'QUEUED', writes, now)
}

/** The gate held the output: a card is made, and the task waits for a person. */
export function* holdResult(desk: Desk, lease: Lease, word: HeldWord, now: number): Procedure<AttemptReply> {
  const { review, writes } = desk.cards.open(word, now)
  const fields = { entry: null, review, ends: endOf(lease, 'result', 'NEEDS_REVIEW') }
  const move = moveWrites(lease.task, { to: 'NEEDS_REVIEW', final: false, fields }, now)
  return yield* settle(lease, 'result', 'NEEDS_REVIEW', [...move, ...writes], now)
}

/** The agent gave up on it. `word`: the gate held the text of the error, which stays in a card. */
export function* failAttempt(
  desk: Desk,
  lease: Lease,
  { error, retry, word }: { readonly error: TaskError; readonly retry: boolean; readonly word?: HeldWord },
  now: number,
): Procedure<AttemptReply> {
  if (word === undefined) return yield* fail(desk, lease, 'fail', error, retry, now)
  const { review, writes } = desk.cards.open(word, now)
  const held = { code: 'HELD', message: 'The error text is held for review.', review }
  return yield* fail(desk, lease, 'fail', held, retry, now, writes)
}

/** Nobody works on it any more, or not in time: an attempt that counts. */
export function* loseAttempt(desk: Desk, lease: Lease, error: TaskError, now: number): Procedure<AttemptReply> {
  return yield* fail(desk, lease, 'other', error, true, now)
}

function* fail(
  desk: Desk,
  lease: Lease,
  by: EndedBy,
  error: TaskError,
  retry: boolean,
  now: number,
  more: readonly Write[] = [],
): Procedure<AttemptReply> {
  const writes = failWrites(desk, lease.task, lease.place.turn, { by, error, retry }, now)
  const status = mayRetry(lease.task, retry) ? 'SCHEDULED' : 'FAILED'
  return yield* settle(lease, by, status, [...writes, ...more], now)
}

const mayRetry = (task: Task, retry: boolean): boolean => retry && task.attempts + 1 < task.maxAttempts

/** The writes of an attempt that counted and failed: another one later, or the end as a dead letter. */
const failWrites = (
  desk: Desk,
  task: Task,
  turn: number,
  { by, error, retry }: { readonly by: EndedBy; readonly error: TaskError; readonly retry: boolean },
  now: number,
): Write[] => {
  const attempts = task.attempts + 1
  const kept = { attempts, error: JSON.stringify(error) }
  if (!mayRetry(task, retry)) {
    const fields = { ...kept, entry: null, ends: withEnd(task, { turn, by, status: 'FAILED' }) }
    return moveWrites(task, { to: 'FAILED', final: true, fields, told: { error } }, now)
  }
  const ends = withEnd(task, { turn, by, status: 'SCHEDULED' })
  return scheduleWrites(task, now + retryDelayMs(attempts, desk.chance()), { ...kept, ends }, now)
}

/** Writes that let a task wait until `dueAt` before it goes into its lane again. */
export const scheduleWrites = (task: Task, dueAt: number, fields: Move['fields'], now: number): Write[] => [
  ...moveWrites(task, { to: 'SCHEDULED', final: false, fields: { ...waitFields(task, dueAt), ...fields, dueAt } }, now),
  { kind: 'index', set: dueSet, member: task.id, score: dueAt },
]

/** Given back unworked: no attempt counts. With `by: 'other'` it is the node that gives it back. */
export function* releaseLease(lease: Lease, by: 'release' | 'other', now: number): Procedure<AttemptReply> {
  const fields = { ends: endOf(lease, by, 'SCHEDULED'), avoid: lease.agent }
  return yield* settle(lease, by, 'SCHEDULED', scheduleWrites(lease.task, now + releaseBackoffMs, fields, now), now)
}

/** A claim brought an entry whose wait was already over: nobody holds a lease of it but this node. */
export function* expireClaimed(
  { shard, lane, entry }: Pick<LeasePlace, 'shard' | 'lane' | 'entry'>,
  task: Task,
  now: number,
): Procedure<void> {
  const fields = { entry: null, expiresAt: null }
  yield* commit({
    shard,
    tenant: task.tenant,
    drains: true,
    transaction: {
      guards: [
        { kind: 'holds', lane, entry },
        { kind: 'equals', record: taskKey(task.id), field: 'turn', value: task.turn },
      ],
      writes: [
        { kind: 'settle', lane, entry },
        { kind: 'unindex', set: dueSet, member: task.id },
        ...moveWrites(task, { to: 'EXPIRED', final: true, fields }, now),
      ],
    },
  })
}

function* settle(
  lease: Lease,
  by: EndedBy,
  status: TaskStatus,
  writes: readonly Write[],
  now: number,
): Procedure<AttemptReply> {
  const outcome = yield* commit(order(lease, writes))
  switch (outcome.kind) {
    case 'done':
      return { kind: 'done', status, duplicate: false }
    case 'overloaded':
      return outcome
    case 'refused':
      return yield* explainEnd(lease.place, lease.agent, lease.task.tenant, by, now)
    case 'invalid':
      throw new Error(`end of an attempt: ${outcome.why}`)
  }
}

/**
 * What became of a turn that isn't this lease's any more: the same kind of end again is a duplicate; anything else is
 * stale. A stale result goes on record, once for each lease; not one whose turn a newer connection of the agent took
 * over, since it is sent again there.
 */
export function* explainEnd(
  place: LeasePlace,
  agent: string,
  tenant: string,
  by: EndedBy,
  now: number,
): Procedure<AttemptReply> {
  const record = taskKey(place.task)
  const fields = yield* readOne(place.shard, record)
  if (fields === null || fields.tenant !== tenant) return { kind: 'stale' }
  const task = taskOf(fields)
  const end = task.ends.find(({ turn }) => turn === place.turn)
  // A claim that a crash took back leaves its turn to whoever claims next: two agents have a lease of one turn then.
  const isAnothers = task.turn === place.turn && task.agent !== undefined && task.agent !== agent
  if (end !== undefined && end.by === by && by !== 'other' && !isAnothers) {
    return { kind: 'done', status: end.status, duplicate: true }
  }
  const isOver = task.turn !== place.turn || task.status !== 'RUNNING'
  if (by === 'result' && isOver) {
    const field = `stale${place.turn}`
    yield* commit({
      shard: place.shard,
      tenant,
      drains: true,
      transaction: {
        guards: [
          { kind: 'equals', record, field, value: null },
          { kind: 'equals', record, field: 'id', value: place.task },
        ],
        writes: [
          { kind: 'put', record, fields: { [field]: true } },
          auditWrite(tenant, { at: now, kind: 'staleResult', by: agent, task: place.task, turn: place.turn }),
        ],
      },
    })
  }
  return { kind: 'stale' }
}

/**
 * An entry that a dead holder left, and nobody adopted: the attempt is lost. One that it claimed only to end its wait
 * has had no attempt, and expires. Guarded by that holder's hold, so an adoption that comes first wins.
 */
export const orphanOrder = (desk: Desk, place: LeasePlace, holder: string, task: Task, now: number): Order => {
  const error = { code: 'AGENT_LOST', message: 'The node and the agent that worked on it did not come back.' }
  return {
    shard: place.shard,
    tenant: task.tenant,
    drains: true,
    transaction: {
      guards: [
        { kind: 'holds', lane: place.lane, entry: place.entry, holder },
        { kind: 'equals', record: taskKey(task.id), field: 'turn', value: place.turn },
      ],
      writes: [
        { kind: 'settle', lane: place.lane, entry: place.entry },
        ...(task.status === 'RUNNING'
          ? failWrites(desk, task, place.turn, { by: 'other', error, retry: true }, now)
          : moveWrites(task, { to: 'EXPIRED', final: true, fields: { entry: null, expiresAt: null } }, now)),
      ],
    },
  }
}
