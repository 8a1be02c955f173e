/**
 * A review card: what the gate held, why, and what became of it. It lies in its task's shard.
 *
 * ```
 * PENDING → APPROVED | REJECTED | EXPIRED | WITHDRAWN
 * ```
 * What was held never changes; only `standing` does, and `version` grows with each change of it.
 */
import type { Fields } from '../ledger/port.js'
import type { HeldWord } from '../tasks/desk.js'
import { reviewId } from '../tasks/keys.js'
import { queueOf } from '../tasks/task.js'
import type { Finding, Reason, Severity } from '../tasks/verdict.js'
import { mask, maskingOf } from './secretMask.js'
import { follows, numberIn, type Resolution, type Standing, standingFields, standingOf, textIn } from './standing.js'

export type { Edit, Pending, Resolution, Standing } from './standing.js'

export type Card = {
  readonly id: string
  readonly version: number
  readonly tenant: string
  readonly task: string
  /** The task's turn in which it was said. */
  readonly turn: number
  readonly queue: string
  readonly step: number
  readonly attempt: number
  readonly agent: string
  readonly kind: 'result' | 'text' | 'action'
  readonly reason: Reason
  readonly severity: Severity
  readonly details: string
  readonly findings: readonly Finding[]
  readonly confidence: number
  /** MessagePack of what was said. */
  readonly output: Uint8Array
  /** What the agent says its action is for; secrets in it are masked. */
  readonly summary?: string
  /** A decision is bound to it. */
  readonly outputHash: string
  readonly policyVersion: string
  /** As the policy said when it was held. */
  readonly approvalsRequired: number
  readonly createdAt: number
  /** When its time is up; missing: never. */
  readonly deadline?: number
  /** When a person first did something with it; missing: nobody has, before it was decided. */
  readonly firstLookAt?: number
  readonly standing: Standing
}

/** The card with its end, or null where it has one already. */
export const resolveCard = (card: Card, standing: Resolution): Card | null =>
  follows[card.standing.status].includes(standing.status) ? { ...card, version: card.version + 1, standing } : null

/** The card of what the gate just held. */
export const newCard = (
  { task, agent, kind, value, hash, confidence, verdict, summary }: HeldWord,
  now: number,
  deadline?: number,
): Card => ({
  id: reviewId(task.id, kind === 'action' ? (task.asked ?? 0) + 1 : task.turn, kind),
  version: 1,
  tenant: task.tenant,
  task: task.id,
  turn: task.turn,
  queue: queueOf(task),
  step: task.step,
  attempt: task.attempts + 1,
  agent,
  kind,
  reason: verdict.reason,
  severity: verdict.severity,
  details: verdict.details,
  findings: verdict.findings,
  confidence,
  output: value,
  ...(summary === undefined ? {} : { summary: masked(summary) }),
  outputHash: hash,
  policyVersion: verdict.policyVersion,
  approvalsRequired: verdict.approvalsRequired ?? 1,
  createdAt: now,
  ...(deadline === undefined ? {} : { deadline }),
  standing: { status: 'PENDING' },
})

const masked = ({ text, findings }: NonNullable<HeldWord['summary']>): string => {
  const shown = maskingOf(() => text, findings)?.(text) ?? text
  return typeof shown === 'string' ? shown : mask
}

/** The card as the fields of its record. */
export const fieldsOf = ({ findings, standing, approvalsRequired, ...plain }: Card): Fields => ({
  ...plain,
  ...(approvalsRequired === 1 ? {} : { approvalsRequired }),
  findings: JSON.stringify(findings),
  ...standingFields(standing),
})

const bytes = (fields: Fields, name: string): Uint8Array => {
  const value = fields[name]
  if (!(value instanceof Uint8Array)) throw new Error(`card record: ${name} is no bytes`)
  return value
}

/** Reads a card's record. Throws where the record is none: the ledger holds something we did not write. */
export const cardOf = (fields: Fields): Card => ({
  id: textIn(fields, 'id'),
  version: numberIn(fields, 'version'),
  tenant: textIn(fields, 'tenant'),
  task: textIn(fields, 'task'),
  turn: numberIn(fields, 'turn'),
  queue: textIn(fields, 'queue'),
  step: numberIn(fields, 'step'),
  attempt: numberIn(fields, 'attempt'),
  agent: textIn(fields, 'agent'),
  kind: textIn(fields, 'kind') as Card['kind'],
  reason: textIn(fields, 'reason') as Reason,
  severity: textIn(fields, 'severity') as Severity,
  details: textIn(fields, 'details'),
  findings: JSON.parse(textIn(fields, 'findings')) as readonly Finding[],
  confidence: numberIn(fields, 'confidence'),
  output: bytes(fields, 'output'),
  ...(typeof fields.summary === 'string' ? { summary: fields.summary } : {}),
  outputHash: textIn(fields, 'outputHash'),
  policyVersion: textIn(fields, 'policyVersion'),
  approvalsRequired: typeof fields.approvalsRequired === 'number' ? fields.approvalsRequired : 1,
  createdAt: numberIn(fields, 'createdAt'),
  ...(typeof fields.deadline === 'number' ? { deadline: fields.deadline } : {}),
  ...(typeof fields.firstLookAt === 'number' ? { firstLookAt: fields.firstLookAt } : {}),
  standing: standingOf(fields),
})
