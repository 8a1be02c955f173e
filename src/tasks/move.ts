/**
 * A task moves from one state to the next: the writes that go with it, whoever moves it.
 *
 * The record, the set it stands in, the tenant's counters and the outcome for its subscriber change together, in one
 * transaction. RUNNING and QUEUED are not counted: a claim doesn't pass here, and both follow from lanes and `open`.
 */
import type { Guard, Patch, Write } from '../ledger/port.js'
import { type OutcomeEntry, outcomeWrites } from './entries.js'
import { cardDueSet, counterKey, dueSet, lane, laneHint, reviewId, taskKey, taskSet } from './keys.js'
import { isFinal, queueOf, type Task, type TaskStatus } from './task.js'

/** The set of tasks that a task stands in. */
const groupOf = (status: TaskStatus, final: boolean): string => (final ? status : 'open')

/** The counters that a task counts in. */
const countersOf = (status: TaskStatus, final: boolean): readonly string[] => {
  if (final) return [status]
  return status === 'SCHEDULED' || status === 'NEEDS_REVIEW' ? ['open', status] : justOpen
}

const justOpen: readonly string[] = ['open']

const isReported = (status: TaskStatus): boolean =>
  status !== 'SCHEDULED' && status !== 'QUEUED' && status !== 'RUNNING'

export type Move = {
  readonly to: TaskStatus
  readonly final: boolean
  /** Fields that change beside `status` and `updatedAt`. */
  readonly fields: Patch
  /** What the subscriber is told beside status, step and time. */
  readonly told?: Pick<OutcomeEntry, 'approval' | 'rejection' | 'error'>
}

/** The writes of a move, without those that put it into a lane or take it out. */
export const moveWrites = (task: Task, { to, final, fields, told }: Move, now: number): Write[] => {
  // No spread: one that adds fields costs V8 more than all the rest here.
  const changed = Object.assign({ status: to, updatedAt: now }, fields)
  const writes: Write[] = [{ kind: 'put', record: taskKey(task.id), fields: changed }]
  const from = isFinal(task)
  const group = groupOf(to, final)
  if (group !== groupOf(task.status, from)) {
    writes.push(
      { kind: 'unindex', set: taskSet(task.tenant, groupOf(task.status, from)), member: task.id },
      { kind: 'index', set: taskSet(task.tenant, group), member: task.id, score: final ? now : task.createdAt },
    )
  }
  if (final && task.ends.length > 0) writes.push(...lookAtTexts(task, now))
  const before = countersOf(task.status, from)
  const after = countersOf(to, final)
  const record = counterKey(task.tenant)
  for (const field of before) if (!after.includes(field)) writes.push({ kind: 'add', record, field, n: -1 })
  for (const field of after) if (!before.includes(field)) writes.push({ kind: 'add', record, field, n: 1 })
  if (isReported(to)) {
    const entry: OutcomeEntry = { task: task.id, status: to, final, step: task.step, at: now, ...told }
    const { output } = fields
    writes.push(...outcomeWrites(task, entry, final && output instanceof Uint8Array ? output : undefined))
  }
  return writes
}

/** Its attempts may have left cards of error texts, which wait for nothing any more: the shard's owner looks. */
const lookAtTexts = ({ id, ends }: Task, now: number): readonly Write[] =>
  ends
    .filter(({ by }) => by === 'fail')
    .map(({ turn }) => ({ kind: 'index', set: cardDueSet, member: reviewId(id, turn, 'text'), score: now }))

/** Puts a task into its lane for a new turn. Goes behind the move, whose fields hold what `waitFields` gives. */
export const enqueueWrites = (
  task: Pick<Task, 'id' | 'tenant' | 'priority'>,
  queue: string,
  expiresAt: number | undefined,
): readonly Write[] => {
  const name = lane(task.tenant, queue, task.priority)
  const writes: Write[] = [
    { kind: 'enqueue', lane: name, record: taskKey(task.id), idInto: 'entry' },
    { kind: 'hint', hint: laneHint(name) },
  ]
  if (expiresAt !== undefined) writes.push({ kind: 'index', set: dueSet, member: task.id, score: expiresAt })
  return writes
}

/** Fields of a task that begins to wait for an agent at `from`: a new turn, nobody's, with a new end of its wait. */
export const waitFields = (task: Task, from: number): Patch & { readonly expiresAt: number | null } => ({
  turn: task.turn + 1,
  entry: null,
  agent: null,
  agentConnection: null,
  claimedAt: null,
  dueAt: null,
  expiresAt: task.ttlMs === undefined ? null : from + task.ttlMs,
})

/** The lane that the task waits or runs in. */
export const laneOf = (task: Task): string => lane(task.tenant, queueOf(task), task.priority)

/** True while nobody has moved the task since it was read. */
export const unmoved = (task: Task): readonly Guard[] => [
  { kind: 'equals', record: taskKey(task.id), field: 'turn', value: task.turn },
  { kind: 'equals', record: taskKey(task.id), field: 'status', value: task.status },
]
