/**
 * Tasks come in: each is a transaction of its own, guarded by the absence of its record, so a key makes it idempotent.
 */
import { hash } from 'node:crypto'
import type { Fields, Guard, Transaction, Write } from '../ledger/port.js'
import type { Desk } from './desk.js'
import { counterKey, dueSet, lane, type Priority, taskKey, taskSet, tenantSet } from './keys.js'
import { enqueueWrites } from './move.js'
import { commitAll, type Order, type Outcome, type Procedure, read } from './procedure.js'
import { shardOf } from './shardOf.js'
import type { Task } from './task.js'

/** A task as a producer asks for it, checked. */
export type Submission = {
  readonly steps: readonly string[]
  /** MessagePack bytes. */
  readonly payload: Uint8Array
  readonly key?: string
  readonly priority?: Priority
  readonly delayMs?: number
  readonly ttlMs?: number
  readonly timeoutMs?: number
  readonly maxAttempts?: number
  readonly trace?: string
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
  hash('sha256', `${tenant}\n${sub}\n${key}`, 'base64url').slice(0, 27)

const contentOf = ({ steps, payload, key }: Submission): string => {
  if (key === undefined) return ''
  const head = Buffer.from(`${steps.join(' ')}\n`)
  return hash('sha256', Buffer.concat([head, payload]), 'base64url').slice(0, 27)
}

/** The task as it stands at first, at `now`. */
const firstTask = (desk: Desk, by: Submitter, asked: Submission, now: number): Task => {
  const dueAt = asked.delayMs ? now + asked.delayMs : undefined
  const expiresAt = asked.ttlMs === undefined ? undefined : (dueAt ?? now) + asked.ttlMs
  return {
    id: asked.key === undefined ? desk.newId() : taskIdOfKey(by.tenant, by.sub, asked.key),
    tenant: by.tenant,
    sub: by.sub,
    ...(by.subscriber === undefined ? {} : { subscriber: by.subscriber }),
    status: dueAt === undefined ? 'QUEUED' : 'SCHEDULED',
    steps: asked.steps,
    step: 1,
    priority: asked.priority ?? 'normal',
    turn: 1,
    attempts: 0,
    maxAttempts: asked.maxAttempts ?? defaultMaxAttempts,
    timeoutMs: asked.timeoutMs ?? defaultTimeoutMs,
    ...(asked.ttlMs === undefined ? {} : { ttlMs: asked.ttlMs }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(dueAt === undefined ? {} : { dueAt }),
    createdAt: now,
    updatedAt: now,
    content: contentOf(asked),
    payload: asked.payload,
    ...(asked.trace === undefined ? {} : { trace: asked.trace }),
    ends: [],
  }
}

/** A new task as the fields of its record: nothing has been said or decided about it yet. */
const fieldsOf = ({
  steps,
  ends: _,
  approval: __,
  rejection: ___,
  error: ____,
  replayRejection: _____,
  ...plain
}: Task): Fields => ({
  ...plain,
  steps: steps.join(' '),
})

/** Makes the record and lets it wait. `more` goes into the record and the transaction of a replay. */
export const createTransaction = (
  desk: Desk,
  task: Task,
  more: { readonly fields?: Fields; readonly guards?: readonly Guard[]; readonly writes?: readonly Write[] } = {},
): Transaction => {
  const queue = task.steps[0] ?? ''
  const record = taskKey(task.id)
  const counters = task.status === 'SCHEDULED' ? ['open', 'SCHEDULED'] : ['open']
  const waiting: readonly Write[] =
    task.dueAt === undefined
      ? enqueueWrites(task, queue, task.expiresAt)
      : [{ kind: 'index', set: dueSet, member: task.id, score: task.dueAt }]
  return {
    guards: [
      { kind: 'absent', record },
      { kind: 'atMost', lane: lane(task.tenant, queue, task.priority), n: desk.limits.laneEntries - 1 },
      ...(more.guards ?? []),
    ],
    writes: [
      { kind: 'put', record, fields: { ...fieldsOf(task), ...more.fields } },
      { kind: 'index', set: taskSet(task.tenant, 'open'), member: task.id, score: task.createdAt },
      { kind: 'index', set: tenantSet, member: task.tenant, score: 0 },
      ...counters.map((field): Write => ({ kind: 'add', record: counterKey(task.tenant), field, n: 1 })),
      ...waiting,
      ...(more.writes ?? []),
    ],
  }
}

/** Submits all of them; replies stand in the order of `asked`. */
export function* submitTasks(
  desk: Desk,
  by: Submitter,
  asked: readonly Submission[],
  now: number,
): Procedure<readonly SubmissionReply[]> {
  const tasks = asked.map((one) => firstTask(desk, by, one, now))
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
  for (const [at, task] of tasks.entries()) replies.push(yield* replyOf(desk, task, outcomes[at]))
  return replies
}

function* replyOf(desk: Desk, task: Task, outcome: Outcome | undefined): Procedure<SubmissionReply> {
  if (outcome === undefined) throw new Error('a submission without an answer')
  switch (outcome.kind) {
    case 'done':
      return { kind: 'accepted', id: task.id, existing: false }
    case 'overloaded':
      return outcome
    case 'invalid':
      throw new Error(`submission: ${outcome.why}`)
    case 'refused': {
      if (outcome.guard.kind === 'atMost') return { kind: 'overloaded', retryAfterMs: fullLaneRetryMs }
      const [there] = yield* read(shardOf(task.id, desk.shards), [taskKey(task.id)])
      const isSame = there?.content === task.content
      return isSame ? { kind: 'accepted', id: task.id, existing: true } : { kind: 'conflict' }
    }
  }
}
