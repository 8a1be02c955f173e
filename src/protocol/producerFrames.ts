/**
 * Frames from producers to the node. Some of them operators send too, for any task of their tenant.
 */
import Type, { type Static } from 'typebox'
import { free, id, integer, listOf, name, oneOf, paging, requestId, text, textUpTo } from './fields.js'
import { formats, limits } from './formats.js'
import { taskStatuses } from './records.js'

/** Opens the session. Answered by `welcome`; then come the outcomes kept for the subscriber. */
export const ProducerHello = Type.Object({
  type: Type.Literal('hello'),
  id: requestId,
  subscriber: Type.Optional(name),
})
export type ProducerHello = Static<typeof ProducerHello>

/** One task of a `submit`. Has either `queue` or `steps`. */
export const TaskSpec = Type.Object(
  {
    queue: Type.Optional(name),
    /** Queues worked one after the other. */
    steps: Type.Optional(listOf(name, 1, limits.steps, 'queue names')),
    payload: free,
    /** Makes the submission idempotent. */
    key: Type.Optional(text(formats.key)),
    priority: Type.Optional(oneOf('high', 'normal', 'low')),
    delayMs: Type.Optional(integer(0, limits.delayMs)),
    /** Limits each wait for an agent. */
    ttlMs: Type.Optional(integer(1, limits.ttlMs)),
    /** Per attempt. */
    timeoutMs: Type.Optional(integer(1, limits.timeoutMs)),
    /** In each step. */
    maxAttempts: Type.Optional(integer(1, limits.maxAttempts)),
    trace: Type.Optional(textUpTo(limits.traceBytes)),
  },
  { description: 'a map' },
)
export type TaskSpec = Static<typeof TaskSpec>

/** Hands in tasks. Answered by `ack` with one answer per item, which is why items are checked one by one. */
export const Submit = Type.Object({
  type: Type.Literal('submit'),
  id: requestId,
  tasks: listOf(Type.Unknown(), 1, limits.tasksPerSubmit, 'tasks'),
})
export type Submit = Static<typeof Submit>

const taskRequest = { id: requestId, task: id }

/** Answered by `ack` with the task's record as `task`. */
export const GetTask = Type.Object({ type: Type.Literal('get'), ...taskRequest })
export type GetTask = Static<typeof GetTask>

const cancelFields = { ...taskRequest, reason: Type.Optional(textUpTo(limits.reasonBytes)) }

/** Answered by `ack` with `status`. */
export const CancelTask = Type.Object({ type: Type.Literal('cancel'), ...cancelFields })
export type CancelTask = Static<typeof CancelTask>

/** An operator's `get` of a task: `get` there means a card. */
export const OperatorGetTask = Type.Object({ type: Type.Literal('getTask'), ...taskRequest })
export type OperatorGetTask = Static<typeof OperatorGetTask>

/** An operator's `cancel`. */
export const OperatorCancelTask = Type.Object({ type: Type.Literal('cancelTask'), ...cancelFields })
export type OperatorCancelTask = Static<typeof OperatorCancelTask>

/** Outcomes of this connection up to `seq` need not be sent again. Answered by an empty `ack`, if it has an `id`. */
export const Seen = Type.Object({
  type: Type.Literal('seen'),
  id: Type.Optional(requestId),
  seq: integer(0, Number.MAX_SAFE_INTEGER),
})
export type Seen = Static<typeof Seen>

/** Producers (their own) and operators list tasks. Answered by `ack` with `tasks` and maybe `cursor`. */
export const ListTasks = Type.Object({
  type: Type.Literal('tasks'),
  id: requestId,
  status: Type.Optional(oneOf(...taskStatuses)),
  queue: Type.Optional(name),
  ...paging,
})
export type ListTasks = Static<typeof ListTasks>

/** Producers and operators start a failed, expired or rejected task anew. Answered by `ack` with the new id as `task`. */
export const Replay = Type.Object({ type: Type.Literal('replay'), ...taskRequest })
export type Replay = Static<typeof Replay>
