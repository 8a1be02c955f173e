/**
 * Tasks come in: each is a transaction of its own, guarded by the absence of its record, so a key makes it idempotent.
 */
import { hash } from 'node:crypto'
import type { Fields, Scalar, Transaction, Write } from '../ledger/port.js'
import type { Desk } from './desk.js'
import { counterKey, dueSet, lane, type Priority, taskKey, taskSet, tenantSet } from './keys.js'
import { enqueueWrites } from './move.js'
import { commitAll, type Order, type Outcome, type Procedure, read } from './procedure.js'
import { shardOf } from './shardOf.js'

/** A task as a producer asks for it, checked. */
export type Submission = {
  readonly steps: readonly string[]
  /** MessagePack bytes. */
  readonly payload: Uint8Array
  readonly key?: string | undefined
  readonly priority?: Priority | undefined
  readonly delayMs?: number | undefined
  readonly ttlMs?: number | undefined
  readonly timeoutMs?: number | undefined
  readonly maxAttempts?: number | undefined
  readonly trace?: string | undefined
}

export type Submitter = { readonly tenant: string; readonly sub: string; readonly subscriber?: string }

export type SubmissionReply =
  | { readonly kind: 'accepted'; readonly id: string; readonly existing: boolean }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'overloaded'; readonly retryAfterMs: number }

export const defaultTimeoutMs = 10 * 60_000
export const defaultMaxAttempts = 3

/** How long a submission to a full lane should wait before it is sent again. */
const fullLaneRetryMs = 1_000

/** Same tenant, submitter and key: same id, on any node, at any time. */
export const taskIdOfKey = (tenant: string, sub: string, key: string): string =>
  hash('sha256', `${tenant}\n${sub}\n${key}`, 'hex').slice(0, 32)

/** Whether the record was submitted with the same steps and payload. */
const isSameContent = (there: Fields, { steps, payload }: NewTask): boolean =>
  there.steps === steps.join(' ') &&
  there.payload instanceof Uint8Array &&
  payload !== undefined &&
  Buffer.compare(there.payload, payload) === 0

/** A task that doesn't exist yet. */
export type NewTask = {
  readonly id: string
  readonly tenant: string
  readonly sub: string
  readonly subscriber: string | undefined
  readonly steps: readonly string[]
  readonly priority: Priority
  readonly maxAttempts: number
  readonly timeoutMs: number
  readonly ttlMs: number | undefined
  readonly payload: Uint8Array | undefined
  readonly trace: string | undefined
  /** Before this it isn't given to any agent; undefined: at once. */
  readonly dueAt: number | undefined
  readonly createdAt: number
}

const newTask = (desk: Desk, by: Submitter, asked: Submission, now: number): NewTask => ({
  id: asked.key === undefined ? desk.newId() : taskIdOfKey(by.tenant, by.sub, asked.key),
  tenant: by.tenant,
  sub: by.sub,
  subscriber: by.subscriber,
  steps: asked.steps,
  priority: asked.priority ?? 'normal',
  maxAttempts: asked.maxAttempts ?? defaultMaxAttempts,
  timeoutMs: asked.timeoutMs ?? defaultTimeoutMs,
  ttlMs: asked.ttlMs,
  payload: asked.payload,
  trace: asked.trace,
  dueAt: asked.delayMs ? now + asked.delayMs : undefined,
  createdAt: now,
})

/** The record that a task begins with. Field by field: a spread for each that may be missing costs more than the rest. */
const firstFields = (task: NewTask, expiresAt: number | undefined): Record<string, Scalar> => {
  const fields: Record<string, Scalar> = {
    id: task.id,
    tenant: task.tenant,
    sub: task.sub,
    status: task.dueAt === undefined ? 'QUEUED' : 'SCHEDULED',
    steps: task.steps.join(' '),
    step: 1,
    priority: task.priority,
    turn: 1,
    attempts: 0,
    maxAttempts: task.maxAttempts,
    timeoutMs: task.timeoutMs,
    createdAt: task.createdAt,
    updatedAt: task.createdAt,
  }
  if (task.subscriber !== undefined) fields.subscriber = task.subscriber
  if (task.ttlMs !== undefined) fields.ttlMs = task.ttlMs
  if (expiresAt !== undefined) fields.expiresAt = expiresAt
  if (task.dueAt !== undefined) fields.dueAt = task.dueAt
  if (task.payload !== undefined) fields.payload = task.payload
  if (task.trace !== undefined) fields.trace = task.trace
  return fields
}

/** Makes the record and lets it wait. `more` goes into the record and the transaction of a replay. */
export const createTransaction = (
  desk: Desk,
  task: NewTask,
  more: { readonly fields?: Fields; readonly writes?: readonly Write[] } = {},
): Transaction => {
  const { id, tenant, dueAt, ttlMs, createdAt } = task
  const queue = task.steps[0] ?? ''
  const name = lane(tenant, queue, task.priority)
  const record = taskKey(id)
  const expiresAt = ttlMs === undefined ? undefined : (dueAt ?? createdAt) + ttlMs
  const counter = counterKey(tenant)
  const writes: Write[] = [
    { kind: 'put', record, fields: Object.assign(firstFields(task, expiresAt), more.fields) },
    { kind: 'index', set: taskSet(tenant, 'open'), member: id, score: createdAt },
    { kind: 'index', set: tenantSet, member: tenant, score: 0 },
    { kind: 'add', record: counter, field: 'open', n: 1 },
  ]
  if (dueAt === undefined) writes.push(...enqueueWrites(task, queue, expiresAt))
  else {
    writes.push(
      { kind: 'add', record: counter, field: 'SCHEDULED', n: 1 },
      { kind: 'index', set: dueSet, member: id, score: dueAt },
    )
  }
  if (more.writes !== undefined) writes.push(...more.writes)
  return {
    guards: [
      { kind: 'absent', record },
      { kind: 'atMost', lane: name, n: desk.limits.laneEntries - 1 },
    ],
    writes,
  }
}

/** Submits all of them; replies stand in the order of `asked`. */
export function* submitTasks(
  desk: Desk,
  by: Submitter,
  asked: readonly Submission[],
  now: number,
): Procedure<readonly SubmissionReply[]> {
  const tasks = asked.map((one) => newTask(desk, by, one, now))
  const orders = tasks.map(
    (task): Order => ({
      shard: shardOf(task.id, desk.shards),
      tenant: by.tenant,
      transaction: createTransaction(desk, task),
      drains: false,
    }),
  )
  const outcomes = yield* commitAll(orders)
  const replies: SubmissionReply[] = []
  for (let at = 0; at < tasks.length; at++) {
    const task = tasks[at]
    const outcome = outcomes[at]
    if (task === undefined || outcome === undefined) throw new Error('a submission without an answer')
    const isNew = outcome.kind === 'done'
    replies.push(isNew ? { kind: 'accepted', id: task.id, existing: false } : yield* refusal(desk, task, outcome))
  }
  return replies
}

function* refusal(desk: Desk, task: NewTask, outcome: Exclude<Outcome, { kind: 'done' }>): Procedure<SubmissionReply> {
  switch (outcome.kind) {
    case 'overloaded':
      return outcome
    case 'invalid':
      throw new Error(`submission: ${outcome.why}`)
    case 'refused': {
      if (outcome.guard.kind === 'atMost') return { kind: 'overloaded', retryAfterMs: fullLaneRetryMs }
      const [there] = yield* read(shardOf(task.id, desk.shards), [taskKey(task.id)])
      return there && isSameContent(there, task)
        ? { kind: 'accepted', id: task.id, existing: true }
        : { kind: 'conflict' }
    }
  }
}
