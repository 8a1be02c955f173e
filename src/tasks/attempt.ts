/**
 * An attempt ends: with a result that passed, a result that is held, a failure, a release, or a lost lease.
 *
 * Each end is one transaction under the lease's guards, so whichever comes first counts and all others change nothing
 * (G2). How the turn ended stays in the record: whoever sends the same again is told the same. What the gate judged is
 * committed only while no later edition of the policy is in force; else nothing is done, and it is judged again.
 */
import type { Guard, Write } from '../ledger/port.js'
import { Raw } from '../protocol/raw.js'
import type { CardDesk, Desk, HeldWord } from './desk.js'
import { auditWrites } from './entries.js'
import { dueSet, taskKey } from './keys.js'
import type { LeasePlace } from './lease.js'
import { enqueueWrites, type Move, moveWrites, waitFields } from './move.js'
import { demandPassed, type Passed } from './passed.js'
import { isPolicyGuard, policyGuard } from './policyRecord.js'
import { commit, type Order, type Procedure, readOne } from './procedure.js'
import { endProposals, isProposalGuard, mostChanges } from './proposals.js'
import { releaseBackoffMs, retryDelayMs } from './retry.js'
import {
  isLastStep,
  queueOf,
  type Task,
  type TaskError,
  type TaskStatus,
  type TurnEnd,
  taskOf,
  withEnd,
} from './task.js'
import type { Edition } from './verdict.js'

/** A lease in somebody's hands: the task as it was claimed, where, and by which connection of the agent. */
export type Lease = {
  readonly place: LeasePlace
  readonly task: Task
  readonly agent: string
  readonly connection: number
  /** Something may have been asked under it: what is open then ends with it. `known`: as last heard. */
  readonly asks?: { readonly cards: CardDesk; readonly known: string | undefined }
}

export type EndedBy = TurnEnd['by']

export type AttemptReply =
  | { readonly kind: 'done'; readonly status: TaskStatus; readonly duplicate: boolean }
  | { readonly kind: 'stale' }
  /** It was judged by a policy that is no longer in force. Nothing was done. */
  | { readonly kind: 'policyChanged' }
  | { readonly kind: 'overloaded'; readonly retryAfterMs: number }

export const leaseGuards = ({ place, task, connection }: Lease): readonly Guard[] => {
  const record = taskKey(task.id)
  return [
    { kind: 'holds', lane: place.lane, entry: place.entry },
    { kind: 'equals', record, field: 'turn', value: place.turn },
    { kind: 'equals', record, field: 'agentConnection', value: connection },
  ]
}

/** `edition`: of the policy that what ends it was judged by; undefined: nothing was judged. */
const order = (lease: Lease, writes: readonly Write[], now: number, edition: Edition | undefined): Order => {
  const { task, place, asks } = lease
  const settle: Write = { kind: 'settle', lane: place.lane, entry: place.entry }
  const guards = leaseGuards(lease)
  const policy = edition === undefined ? guards : [...guards, policyGuard(task.tenant, edition)]
  const asked = asks && endProposals(asks.cards, { ...task, turn: place.turn, proposals: asks.known }, now)
  return {
    shard: place.shard,
    tenant: task.tenant,
    drains: true,
    transaction:
      asked === undefined
        ? { guards: policy, writes: [settle, ...writes] }
        : { guards: [...policy, ...asked.guards], writes: [settle, ...asked.writes, ...writes] },
  }
}

const endOf = (lease: Lease, by: EndedBy, status: TaskStatus): string =>
  withEnd(lease.task, { turn: lease.place.turn, by, status })

/** The output passed: released to the next step, or to the producer. Throws `NotPassed` for any other output. */
export function* passResult(lease: Lease, output: Uint8Array, passed: Passed, now: number): Procedure<AttemptReply> {
  const { task } = lease
  demandPassed(passed, output, originOf(task))
  const allowed = allowedWrites(lease, passed, now)
  if (isLastStep(task)) {
    const { policyVersion, confidence } = passed
    const fields = { output, policyVersion, confidence, entry: null, ends: endOf(lease, 'result', 'COMPLETED') }
    const writes = [...moveWrites(task, { to: 'COMPLETED', final: true, fields }, now), ...allowed]
    return yield* settle(lease, 'result', 'COMPLETED', writes, now, passed.edition)
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
    ...allowed,
  ]
  return yield* settle(lease, 'result', 'QUEUED', writes, now, passed.edition)
}

export const originOf = (task: Task) => ({ tenant: task.tenant, queue: queueOf(task) })

const nothing: readonly Write[] = []

/** What passed by an allowance is on record. */
export const allowedWrites = (
  { task, place, agent }: Lease,
  { lifts, policyVersion }: Passed,
  at: number,
): readonly Write[] =>
  lifts.length === 0
    ? nothing
    : [
        ...auditWrites(task.tenant, {
          at,
          kind: 'allowed',
          by: 'node',
          task: task.id,
          turn: place.turn,
          agent,
          lifts,
          policyVersion,
        }),
      ]

/** The gate held the output: a card is made, and the task waits for a person. */
export function* holdResult(desk: Desk, lease: Lease, word: HeldWord, now: number): Procedure<AttemptReply> {
  const { review, writes } = desk.cards.open(word, now)
  const fields = { entry: null, review, ends: endOf(lease, 'result', 'NEEDS_REVIEW') }
  const move = moveWrites(lease.task, { to: 'NEEDS_REVIEW', final: false, fields }, now)
  return yield* settle(lease, 'result', 'NEEDS_REVIEW', [...move, ...writes], now, word.edition)
}

/** What an agent says of its failure: text that passed the gate, or that stays in a card. */
export type Failure = { readonly retry: boolean } /** `said`: MessagePack of its code and message. */ & (
  | { readonly said: Uint8Array; readonly passed: Passed }
  | { readonly word: HeldWord }
)

/** The agent gave up on it. Throws `NotPassed` for another text than the one that passed. */
export function* failAttempt(desk: Desk, lease: Lease, failure: Failure, now: number): Procedure<AttemptReply> {
  if ('word' in failure) {
    const { retry, word } = failure
    const { review, writes } = desk.cards.open(word, now)
    const held = { code: 'HELD', message: 'The error text is held for review.', review }
    return yield* fail(desk, lease, { by: 'fail', error: held, retry, edition: word.edition }, now, writes)
  }
  const { retry, said, passed } = failure
  demandPassed(passed, said, originOf(lease.task))
  const error = new Raw(said).value() as TaskError
  const allowed = allowedWrites(lease, passed, now)
  return yield* fail(desk, lease, { by: 'fail', error, retry, edition: passed.edition }, now, allowed)
}

/** Nobody works on it any more, or not in time: an attempt that counts. */
export function* loseAttempt(desk: Desk, lease: Lease, error: TaskError, now: number): Procedure<AttemptReply> {
  return yield* fail(desk, lease, { by: 'other', error, retry: true, edition: undefined }, now, nothing)
}

type Failed = {
  readonly by: EndedBy
  readonly error: TaskError
  readonly retry: boolean
  readonly edition: Edition | undefined
}

function* fail(
  desk: Desk,
  lease: Lease,
  { by, error, retry, edition }: Failed,
  now: number,
  more: readonly Write[],
): Procedure<AttemptReply> {
  const writes = failWrites(desk, lease.task, lease.place.turn, { by, error, retry }, now)
  const status = mayRetry(lease.task, retry) ? 'SCHEDULED' : 'FAILED'
  return yield* settle(lease, by, status, [...writes, ...more], now, edition)
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
  edition?: Edition,
): Procedure<AttemptReply> {
  let current = lease
  for (let round = 0; round < mostChanges; round++) {
    const outcome = yield* commit(order(current, writes, now, edition))
    switch (outcome.kind) {
      case 'done':
        return { kind: 'done', status, duplicate: false }
      case 'overloaded':
        return outcome
      case 'refused': {
        if (isPolicyGuard(outcome.guard)) return { kind: 'policyChanged' }
        if (current.asks === undefined || !isProposalGuard(outcome.guard)) {
          return yield* explainEnd(lease.place, lease.agent, lease.task.tenant, by, now)
        }
        const fields = yield* readOne(lease.place.shard, taskKey(lease.task.id))
        current = { ...lease, asks: { ...current.asks, known: fields ? taskOf(fields).proposals : undefined } }
        break
      }
      case 'invalid':
        throw new Error(`end of an attempt: ${outcome.why}`)
    }
  }
  throw new Error(`end of an attempt: what task ${lease.task.id} asks changed ${mostChanges} times meanwhile`)
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
          ...auditWrites(tenant, { at: now, kind: 'staleResult', by: agent, task: place.task, turn: place.turn }),
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
  const asked = endProposals(desk.cards, task, now)
  return {
    shard: place.shard,
    tenant: task.tenant,
    drains: true,
    transaction: {
      guards: [
        { kind: 'holds', lane: place.lane, entry: place.entry, holder },
        { kind: 'equals', record: taskKey(task.id), field: 'turn', value: place.turn },
        ...asked.guards,
      ],
      writes: [
        { kind: 'settle', lane: place.lane, entry: place.entry },
        ...asked.writes,
        ...(task.status === 'RUNNING'
          ? failWrites(desk, task, place.turn, { by: 'other', error, retry: true }, now)
          : moveWrites(task, { to: 'EXPIRED', final: true, fields: { entry: null, expiresAt: null } }, now)),
      ],
    },
  }
}
