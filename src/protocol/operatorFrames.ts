/**
 * Frames from operators to the node: reviewing, and looking at the fleet.
 */
import Type, { type Static } from 'typebox'
import { flag, id, integer, listOf, name, oneOf, optionalFree, paging, requestId, text, textUpTo } from './fields.js'
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

/**
 * Decides on each card of a list, as it was seen; none of severity high, and nothing is edited. Answered by `ack` with
 * `decisions`, one for each card in the same order: `review`, and `status` and `version`, or an `error`.
 */
export const DecideMany = Type.Object({
  type: Type.Literal('decideMany'),
  id: requestId,
  cards: listOf(
    Type.Object(
      { review: id, version: integer(0, Number.MAX_SAFE_INTEGER) },
      { description: 'a map of review and version' },
    ),
    1,
    limits.decisions,
    'cards',
  ),
  status: oneOf('APPROVED', 'REJECTED'),
  reason: Type.Optional(textUpTo(limits.reasonBytes)),
  reasonCode: Type.Optional(text(formats.key)),
})
export type DecideMany = Static<typeof DecideMany>

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

const policyText = textUpTo(limits.policyBytes)

/** Asks for the gate's policy. Answered by `ack` with its `version` and the `policy` itself. */
export const GetPolicy = Type.Object({ type: Type.Literal('policy'), id: requestId })
export type GetPolicy = Static<typeof GetPolicy>

/** Admin: puts a policy into force. Answered by `ack` with `version` and `changed`, once it is in force everywhere. */
export const SetPolicy = Type.Object({
  type: Type.Literal('setPolicy'),
  id: requestId,
  /** JSON. */
  policy: policyText,
  /** Of the policy that it was made from: another one in force is `CHANGED`. */
  version: Type.Optional(text(formats.key)),
})
export type SetPolicy = Static<typeof SetPolicy>

/** Admin: has a policy judge what went by. Answered by `ack` with the `backtest`. */
export const BacktestPolicy = Type.Object({
  type: Type.Literal('backtest'),
  id: requestId,
  policy: policyText,
  limit: Type.Optional(integer(1, limits.uint32)),
})
export type BacktestPolicy = Static<typeof BacktestPolicy>

/** Admin: looks at nodes and shards. Answered by `ack` with the `cluster`. */
export const GetCluster = Type.Object({ type: Type.Literal('cluster'), id: requestId })
export type GetCluster = Static<typeof GetCluster>

/** Admin: reads the audit log. Answered by `ack` with `entries` and maybe `cursor`. */
export const ListAudit = Type.Object({ type: Type.Literal('audit'), id: requestId, ...paging })
export type ListAudit = Static<typeof ListAudit>

/** Admin: asks how far the record goes, signed. Answered by `ack` with `checkpoint`, a line. */
export const AuditCheckpoint = Type.Object({ type: Type.Literal('auditCheckpoint'), id: requestId })
export type AuditCheckpoint = Static<typeof AuditCheckpoint>

/** Admin: reads a shard's chain. Answered by `ack` with `lines`, and `after` where there are more up to `upTo`. */
export const AuditLines = Type.Object({
  type: Type.Literal('auditLines'),
  id: requestId,
  shard: integer(0, limits.uint32),
  upTo: integer(0, Number.MAX_SAFE_INTEGER),
  after: Type.Optional(textUpTo(limits.cursorBytes)),
})
export type AuditLines = Static<typeof AuditLines>

/** Asks for the key that the record is signed by. Answered by `ack` with `key` (PEM) and `fingerprint`. */
export const AuditKey = Type.Object({ type: Type.Literal('auditKey'), id: requestId })
export type AuditKey = Static<typeof AuditKey>

/** Admin: erases what was written in an entry; on record. Answered by `ack` with `changed`. */
export const EraseAudit = Type.Object({
  type: Type.Literal('eraseAudit'),
  id: requestId,
  /** Its shard and number, such as `3/17`. */
  entry: text(formats.auditEntry),
  reason: Type.Optional(textUpTo(limits.reasonBytes)),
})
export type EraseAudit = Static<typeof EraseAudit>

/** Admin: lists webhooks. Answered by `ack` with `webhooks`, without their secrets. */
export const ListWebhooks = Type.Object({ type: Type.Literal('webhooks'), id: requestId })
export type ListWebhooks = Static<typeof ListWebhooks>

const hookSource = Type.Object(
  { sub: text(formats.sub), subscriber: name },
  { description: 'a map of sub and subscriber' },
)

/**
 * Admin: makes a webhook, or changes what is said of it. Answered by `ack` with `webhook`, `changed` and, where one was
 * made, its `secret`.
 */
export const SetWebhook = Type.Object({
  type: Type.Literal('setWebhook'),
  id: requestId,
  name,
  url: Type.Optional(text(formats.url)),
  /** Whether it is told of cards. */
  cards: Type.Optional(flag),
  /** Whose outcomes it is told. */
  outcomes: Type.Optional(listOf(hookSource, 0, limits.webhookOutcomes, 'maps of sub and subscriber')),
  /** Makes another secret; for a day both sign. */
  rotate: Type.Optional(flag),
})
export type SetWebhook = Static<typeof SetWebhook>

/** Admin. Answered by `ack` with `removed`. */
export const RemoveWebhook = Type.Object({ type: Type.Literal('removeWebhook'), id: requestId, name })
export type RemoveWebhook = Static<typeof RemoveWebhook>

/** Admin: sends a `ping` at once. Answered by `ack` with `delivered`, `tookMs`, and `status` or `error`. */
export const TestWebhook = Type.Object({ type: Type.Literal('testWebhook'), id: requestId, name })
export type TestWebhook = Static<typeof TestWebhook>

/** Admin: lists what was given up. Answered by `ack` with `dead` and maybe `cursor`. */
export const DeadDeliveries = Type.Object({ type: Type.Literal('deadDeliveries'), id: requestId, name, ...paging })
export type DeadDeliveries = Static<typeof DeadDeliveries>

/** Admin: has one of them, or all, sent again. Answered by `ack` with `resent`. */
export const Resend = Type.Object({
  type: Type.Literal('resend'),
  id: requestId,
  name,
  event: Type.Optional(text(formats.id)),
})
export type Resend = Static<typeof Resend>

/** How the review goes. Answered by `ack` with `numbers`. */
export const ReviewNumbers = Type.Object({
  type: Type.Literal('numbers'),
  id: requestId,
  days: Type.Optional(integer(1, limits.numbersDays)),
})
export type ReviewNumbers = Static<typeof ReviewNumbers>

/** How often people approved, by what agents said of their confidence. Answered by `ack` with `calibration`. */
export const Calibration = Type.Object({
  type: Type.Literal('calibration'),
  id: requestId,
  days: Type.Optional(integer(1, limits.numbersDays)),
  queue: Type.Optional(name),
  agent: Type.Optional(text(formats.agent)),
})
export type Calibration = Static<typeof Calibration>
