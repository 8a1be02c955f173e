/**
 * Frames from agents to the node.
 *
 * `confidence` has no schema: whatever isn't a number from 0 to 1 counts as 0, and is no reason to refuse a frame.
 */
import Type, { type Static } from 'typebox'
import { flag, free, id, integer, lease, listOf, name, optionalFree, requestId, text, textUpTo } from './fields.js'
import { formats, limits } from './formats.js'

const credits = integer(0, limits.capacity)

/** Opens the session. Answered by `welcome`. */
export const AgentHello = Type.Object({
  type: Type.Literal('hello'),
  id: requestId,
  queues: listOf(name, 1, limits.queues, 'queue names'),
  /** Tasks at once. */
  capacity: integer(1, limits.capacity),
  instance: Type.Optional(name),
  /** From an earlier `welcome`. */
  session: Type.Optional(text(formats.session)),
  holding: Type.Optional(listOf(Type.Object({ task: id, lease }), 0, limits.holding, 'of {task, lease}')),
  meta: Type.Optional(optionalFree),
})
export type AgentHello = Static<typeof AgentHello>

/** Asks for more tasks. Answered by `ack` with those that are ready; the others follow as `task`. */
export const Pull = Type.Object({ type: Type.Literal('pull'), id: requestId, credits })
export type Pull = Static<typeof Pull>

/** Says how far a task is. Answered by an empty `ack`, if it has an `id`. */
export const Progress = Type.Object({
  type: Type.Literal('progress'),
  id: Type.Optional(requestId),
  task: id,
  lease,
  percent: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: 'a number from 0 to 100' })),
  note: Type.Optional(textUpTo(limits.noteBytes)),
})
export type Progress = Static<typeof Progress>

/** The work is done. Answered by `ack` with the task's `status`. */
export const Result = Type.Object({
  type: Type.Literal('result'),
  id: requestId,
  task: id,
  lease,
  /** Missing: nil. */
  output: Type.Optional(free),
  confidence: Type.Optional(Type.Unknown()),
  meta: Type.Optional(optionalFree),
  credits: Type.Optional(credits),
})
export type Result = Static<typeof Result>

/** The attempt failed. Answered by `ack` with the task's `status`. */
export const Fail = Type.Object({
  type: Type.Literal('fail'),
  id: requestId,
  task: id,
  lease,
  error: Type.Object(
    { code: text(formats.key), message: textUpTo(limits.errorMessageBytes) },
    { description: 'a map {code, message}' },
  ),
  /** Missing: true. */
  retry: Type.Optional(flag),
  credits: Type.Optional(credits),
})
export type Fail = Static<typeof Fail>

/** Gives a task back unworked. Answered by `ack`. */
export const Release = Type.Object({ type: Type.Literal('release'), id: requestId, task: id, lease })
export type Release = Static<typeof Release>

/** Asks before it acts. Answered by `ack` with `APPROVED`, or `NEEDS_REVIEW` and later `decision`. */
export const Propose = Type.Object({
  type: Type.Literal('propose'),
  id: requestId,
  task: id,
  lease,
  /** Unique in the attempt. */
  key: text(formats.key),
  action: free,
  confidence: Type.Optional(Type.Unknown()),
  summary: Type.Optional(textUpTo(limits.noteBytes)),
})
export type Propose = Static<typeof Propose>

/** The decision has arrived. Answered by an empty `ack`, if it has an `id`. */
export const Decided = Type.Object({
  type: Type.Literal('decided'),
  id: Type.Optional(requestId),
  task: id,
  lease,
  key: text(formats.key),
})
export type Decided = Static<typeof Decided>
