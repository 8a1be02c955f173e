/**
 * Requests about tasks and agents, each as a procedure that ends in its reply: the same for WebSocket sessions and HTTP.
 */
import { checkTaskSpec, type ValueLimits } from '../protocol/check.js'
import { limits } from '../protocol/formats.js'
import type { FrameOf } from '../protocol/frames.js'
import { cancelTask } from '../tasks/cancellation.js'
import type { Desk } from '../tasks/desk.js'
import { getTask, listTasks, type Viewer } from '../tasks/listing.js'
import type { Procedure } from '../tasks/procedure.js'
import { replayTask } from '../tasks/replay.js'
import { ack, overloaded, type Reply, refuse } from '../tasks/reply.js'
import { type Submission, type SubmissionReply, submitTasks } from '../tasks/submission.js'
import type { Identity } from './effects.js'

type ProducerFrame = FrameOf<'producer'>
type OperatorFrame = FrameOf<'operator'>

/** What a producer asks for beside its session's own affairs. */
export type ProducerRequest = Extract<ProducerFrame, { type: 'submit' | 'get' | 'cancel' | 'tasks' | 'replay' }>
/** What an operator asks about tasks. */
export type TaskRequest = Extract<OperatorFrame, { type: 'getTask' | 'cancelTask' | 'tasks' | 'replay' }>

export type ProducerRequests = (
  identity: Identity,
  subscriber: string | undefined,
  frame: ProducerRequest,
  now: number,
) => Procedure<Reply>

export type TaskRequests = (identity: Identity, frame: TaskRequest) => Procedure<Reply>

const defaultPage = 50

const notFound = (task: string): Reply => refuse('NOT_FOUND', `task: there is no task ${task} that you may see`)

export const producerRequests =
  (desk: Desk, within: ValueLimits): ProducerRequests =>
  (identity, subscriber, frame, now) => {
    const viewer = { tenant: identity.tenant, sub: identity.sub, ownOnly: true }
    switch (frame.type) {
      case 'submit':
        return submit(desk, within, identity, subscriber, frame, now)
      case 'get':
        return get(desk, viewer, frame.task)
      case 'cancel':
        return cancel(desk, viewer, frame.task, frame.reason)
      case 'tasks':
        return list(desk, viewer, frame)
      case 'replay':
        return replay(desk, viewer, frame.task)
    }
  }

export const taskRequests =
  (desk: Desk): TaskRequests =>
  (identity, frame) => {
    const viewer = { tenant: identity.tenant, sub: identity.sub, ownOnly: false }
    switch (frame.type) {
      case 'getTask':
        return get(desk, viewer, frame.task)
      case 'cancelTask':
        return cancel(desk, viewer, frame.task, frame.reason)
      case 'tasks':
        return list(desk, viewer, frame)
      case 'replay':
        return replay(desk, viewer, frame.task)
    }
  }

function* submit(
  desk: Desk,
  within: ValueLimits,
  { tenant, sub }: Identity,
  subscriber: string | undefined,
  frame: Extract<ProducerFrame, { type: 'submit' }>,
  now: number,
): Procedure<Reply> {
  const items = frame.tasks.map((item) => checkTaskSpec(item, within))
  const good: Submission[] = []
  for (const item of items) if (item.kind === 'ok') good.push(submissionOf(item.spec))
  const by = { tenant, sub, ...(subscriber === undefined ? {} : { subscriber }) }
  const replies = yield* submitTasks(desk, by, good, now)
  let next = 0
  const tasks = items.map((item) => {
    if (item.kind === 'invalid') return { error: { code: item.code, message: item.message } }
    return shownReply(replies[next++])
  })
  return ack({ tasks })
}

/** Field by field: what takes some out of an object and keeps the rest costs more than all of this. */
const submissionOf = (spec: Extract<ReturnType<typeof checkTaskSpec>, { kind: 'ok' }>['spec']): Submission => ({
  steps: spec.steps ?? [spec.queue ?? ''],
  payload: spec.payload.bytes,
  key: spec.key,
  priority: spec.priority,
  delayMs: spec.delayMs,
  ttlMs: spec.ttlMs,
  timeoutMs: spec.timeoutMs,
  maxAttempts: spec.maxAttempts,
  trace: spec.trace,
})

const shownReply = (reply: SubmissionReply | undefined) => {
  switch (reply?.kind) {
    case 'accepted':
      return reply.existing ? { id: reply.id, existing: true } : { id: reply.id }
    case 'conflict':
      return { error: { code: 'CONFLICT', message: 'key: it is known with other steps or another payload' } }
    default: {
      const retryAfterMs = reply?.retryAfterMs ?? 0
      return { error: { code: 'OVERLOADED', message: 'There is no room for this task just now.', retryAfterMs } }
    }
  }
}

function* get(desk: Desk, viewer: Viewer, id: string): Procedure<Reply> {
  const task = yield* getTask(desk, viewer, id)
  return task === null ? notFound(id) : ack({ task })
}

function* cancel(desk: Desk, viewer: Viewer, id: string, reason: string | undefined): Procedure<Reply> {
  const reply = yield* cancelTask(desk, viewer, id, reason)
  if (reply.kind === 'notFound') return notFound(id)
  return reply.kind === 'overloaded' ? overloaded(reply.retryAfterMs) : ack({ status: reply.status })
}

function* list(
  desk: Desk,
  viewer: Viewer,
  { status, queue, limit, cursor }: Extract<ProducerFrame, { type: 'tasks' }>,
): Procedure<Reply> {
  const page = yield* listTasks(desk, viewer, {
    ...(status === undefined ? {} : { status }),
    ...(queue === undefined ? {} : { queue }),
    ...(cursor === undefined ? {} : { cursor }),
    limit: Math.min(limit ?? defaultPage, limits.pageSize),
  })
  if (page === null) return refuse('INVALID', 'cursor: expected the cursor of an answer before')
  return ack(page)
}

function* replay(desk: Desk, viewer: Viewer, id: string): Procedure<Reply> {
  const reply = yield* replayTask(desk, viewer, id)
  switch (reply.kind) {
    case 'notFound':
      return notFound(id)
    case 'overloaded':
      return overloaded(reply.retryAfterMs)
    case 'notEnded':
      return refuse('INVALID', `task: expected one that FAILED, EXPIRED or was REJECTED; it is ${reply.status}`)
    case 'replayed':
      return ack({ task: reply.id, ...(reply.existing ? { existing: true } : {}) })
  }
}
