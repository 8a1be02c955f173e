/**
 * Frames from operators to the node: reviewing, and looking at the fleet.
 */
import Type, { type Static } from 'typebox'
import { flag, id, integer, name, oneOf, optionalFree, paging, requestId, text, textUpTo } from './fields.js'
import { formats, limits } from './formats.js'
import { cardReasons, cardSeverities, cardStatuses } from './records.js'

/** Opens the session. Answered by `welcome`. */
export const OperatorHello = Type.Object({ type: Type.Literal('hello'), id: requestId })
export type OperatorHello = Static<typeof OperatorHello>

const filter = Type.Object(
  {
    status: Type.Optional(oneOf(...cardStatuses)),
    reason: Type.Optional(oneOf(...cardReasons)),
    severity: Type.Optional(oneOf(...cardSeverities)),
    queue: Type.Optional(name),
    /** Found in what the card says. */
    text: Type.Optional(textUpTo(limits.reasonBytes)),
  },
  { description: 'a map of status, reason, severity, queue, text' },
)
export type CardFilter = Static<typeof filter>

/** Wants to be told of cards. Answered by `ack` with `cards`, `total`; then `card` for each change. Replaces the last. */
export const Subscribe = Type.Object({
  type: Type.Literal('subscribe'),
  id: requestId,
  filter: Type.Optional(filter),
  ...paging,
})
export type Subscribe = Static<typeof Subscribe>

/** Lists cards, once. Answered by `ack` with `cards`, `total` and maybe `cursor`. */
export const ListCards = Type.Object({
  type: Type.Literal('cards'),
  id: requestId,
  filter: Type.Optional(filter),
  ...paging,
})
export type ListCards = Static<typeof ListCards>

/** Answered by `ack` with the whole `card`. */
export const GetCard = Type.Object({ type: Type.Literal('get'), id: requestId, review: id })
export type GetCard = Static<typeof GetCard>

/** Takes or releases a card for a while. Answered by `ack` with `card`. */
export const ClaimCard = Type.Object({
  type: Type.Literal('claim'),
  id: requestId,
  review: id,
  release: Type.Optional(flag),
  /** Admin alone: although another has it. */
  force: Type.Optional(flag),
})
export type ClaimCard = Static<typeof ClaimCard>

/** Hands a card to an operator, or to all (`to` nil or missing). Answered by `ack` with `card`. */
export const AssignCard = Type.Object({
  type: Type.Literal('assign'),
  id: requestId,
  review: id,
  to: Type.Optional(text(formats.sub)),
  note: Type.Optional(textUpTo(limits.noteBytes)),
})
export type AssignCard = Static<typeof AssignCard>

/** Approves or rejects. Answered by `ack` with `card`, or an error with the card as it stands. */
export const Decide = Type.Object({
  type: Type.Literal('decide'),
  id: requestId,
  review: id,
  /** Of the card that the operator saw. */
  version: Type.Optional(integer(0, Number.MAX_SAFE_INTEGER)),
  status: oneOf('APPROVED', 'REJECTED'),
  /** Replaces the output; approval only. */
  edited: Type.Optional(optionalFree),
  /** Required to reject. */
  reason: Type.Optional(textUpTo(limits.reasonBytes)),
  reasonCode: Type.Optional(text(formats.key)),
})
export type Decide = Static<typeof Decide>

/** Asks for what is masked; on record. Answered by `ack` with `output` and `payload`. */
export const Reveal = Type.Object({ type: Type.Literal('reveal'), id: requestId, review: id })
export type Reveal = Static<typeof Reveal>

/** Answered by `ack` with counts of cards, agents and tasks. */
export const Stats = Type.Object({ type: Type.Literal('stats'), id: requestId })
export type Stats = Static<typeof Stats>

/** Lists agents. Answered by `ack` with `agents` and maybe `cursor`. */
export const ListAgents = Type.Object({ type: Type.Literal('agents'), id: requestId, ...paging })
export type ListAgents = Static<typeof ListAgents>

/** Answered by `ack` with the `fleet`: what is paused, banned, halted. */
export const GetFleet = Type.Object({ type: Type.Literal('fleet'), id: requestId })
export type GetFleet = Static<typeof GetFleet>

/**
 * Holds up work, or lets it go on: of a queue, an agent, or (without either) the tenant. `ban` and `unban` are about an
 * agent, `halt` (admin) about the tenant. Answered by `ack` with `changed` and the `fleet`; `halt` with `cancelled`, too.
 */
export const ControlFleet = Type.Object({
  type: Type.Literal('control'),
  id: requestId,
  act: oneOf('pause', 'resume', 'ban', 'unban', 'halt'),
  queue: Type.Optional(name),
  agent: Type.Optional(text(formats.agent)),
  /** On record. */
  reason: Type.Optional(textUpTo(limits.reasonBytes)),
})
export type ControlFleet = Static<typeof ControlFleet>

/** Admin: looks at nodes and shards. Answered by `ack` with the `cluster`. */
export const GetCluster = Type.Object({ type: Type.Literal('cluster'), id: requestId })
export type GetCluster = Static<typeof GetCluster>

/** Admin: reads the audit log. Answered by `ack` with `entries` and maybe `cursor`. */
export const ListAudit = Type.Object({ type: Type.Literal('audit'), id: requestId, ...paging })
export type ListAudit = Static<typeof ListAudit>
