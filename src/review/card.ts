/**
 * A review card: what the gate held, why, and what became of it. It lies in its task's shard.
 *
 * ```
 * PENDING → APPROVED | REJECTED | EXPIRED | WITHDRAWN
 * ```
 * What was held never changes; only `standing` does, once, and `version` grows with it.
 */
import type { Fields } from '../ledger/port.js'
import type { CardStatus } from '../protocol/records.js'
import type { HeldWord } from '../tasks/desk.js'
import { reviewId } from '../tasks/keys.js'
import { queueOf } from '../tasks/task.js'
import type { Finding, Reason, Severity } from '../tasks/verdict.js'

/** What an operator put in the place of what was held. */
export type Edit = { readonly value: Uint8Array; readonly hash: string }

export type Standing =
  /** `claim`: an operator is at work on it until then. */
  | { readonly status: 'PENDING'; readonly claim?: { readonly by: string; readonly until: number } }
  | {
      readonly status: 'APPROVED'
      readonly operator: string
      readonly resolvedAt: number
      readonly reason?: string
      readonly edit?: Edit
    }
  | {
      readonly status: 'REJECTED'
      readonly operator: string
      readonly resolvedAt: number
      readonly reason: string
      readonly reasonCode?: string
    }
  | { readonly status: 'EXPIRED' | 'WITHDRAWN'; readonly resolvedAt: number }

export type Resolution = Exclude<Standing, { status: 'PENDING' }>

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
  readonly kind: 'result' | 'text'
  readonly reason: Reason
  readonly severity: Severity
  readonly details: string
  readonly findings: readonly Finding[]
  readonly confidence: number
  /** MessagePack of what was said. */
  readonly output: Uint8Array
  /** A decision is bound to it. */
  readonly outputHash: string
  readonly policyVersion: string
  readonly createdAt: number
  readonly standing: Standing
}

/** What may follow: a decision is taken once, and stands. */
export const follows: Readonly<Record<CardStatus, readonly CardStatus[]>> = {
  PENDING: ['APPROVED', 'REJECTED', 'EXPIRED', 'WITHDRAWN'],
  APPROVED: [],
  REJECTED: [],
  EXPIRED: [],
  WITHDRAWN: [],
}

/** The card with its end, or null where it has one already. */
export const resolveCard = (card: Card, standing: Resolution): Card | null =>
  follows[card.standing.status].includes(standing.status) ? { ...card, version: card.version + 1, standing } : null

/** The card of what the gate just held. */
export const newCard = ({ task, agent, kind, value, hash, confidence, verdict }: HeldWord, now: number): Card => ({
  id: reviewId(task.id, task.turn, kind),
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
  outputHash: hash,
  policyVersion: verdict.policyVersion,
  createdAt: now,
  standing: { status: 'PENDING' },
})

/** The card as the fields of its record. */
export const fieldsOf = ({ findings, standing, ...plain }: Card): Fields => ({
  ...plain,
  findings: JSON.stringify(findings),
  ...standingFields(standing),
})

/** The fields that change with the standing. */
export const standingFields = (standing: Standing): Fields => {
  switch (standing.status) {
    case 'PENDING':
      return { status: 'PENDING' }
    case 'APPROVED': {
      const { edit, reason, ...plain } = standing
      const kept = edit === undefined ? {} : { edited: edit.value, editedHash: edit.hash }
      return { ...plain, ...kept, ...(reason === undefined ? {} : { decisionReason: reason }) }
    }
    case 'REJECTED': {
      const { reason, ...plain } = standing
      return { ...plain, decisionReason: reason }
    }
    case 'EXPIRED':
    case 'WITHDRAWN':
      return standing
  }
}

const text = (fields: Fields, name: string): string => {
  const value = fields[name]
  if (typeof value !== 'string') throw new Error(`card record: ${name} is no text`)
  return value
}

const number = (fields: Fields, name: string): number => {
  const value = fields[name]
  if (typeof value !== 'number') throw new Error(`card record: ${name} is no number`)
  return value
}

const bytes = (fields: Fields, name: string): Uint8Array => {
  const value = fields[name]
  if (!(value instanceof Uint8Array)) throw new Error(`card record: ${name} is no bytes`)
  return value
}

/** Reads a card's record. Throws where the record is none: the ledger holds something we did not write. */
export const cardOf = (fields: Fields): Card => ({
  id: text(fields, 'id'),
  version: number(fields, 'version'),
  tenant: text(fields, 'tenant'),
  task: text(fields, 'task'),
  turn: number(fields, 'turn'),
  queue: text(fields, 'queue'),
  step: number(fields, 'step'),
  attempt: number(fields, 'attempt'),
  agent: text(fields, 'agent'),
  kind: text(fields, 'kind') as Card['kind'],
  reason: text(fields, 'reason') as Reason,
  severity: text(fields, 'severity') as Severity,
  details: text(fields, 'details'),
  findings: JSON.parse(text(fields, 'findings')) as readonly Finding[],
  confidence: number(fields, 'confidence'),
  output: bytes(fields, 'output'),
  outputHash: text(fields, 'outputHash'),
  policyVersion: text(fields, 'policyVersion'),
  createdAt: number(fields, 'createdAt'),
  standing: standingOf(fields),
})

const standingOf = (fields: Fields): Standing => {
  const status = text(fields, 'status') as CardStatus
  const { claimedBy, claimedUntil, decisionReason, reasonCode, edited } = fields
  switch (status) {
    case 'PENDING':
      if (typeof claimedBy !== 'string' || typeof claimedUntil !== 'number') return { status }
      return { status, claim: { by: claimedBy, until: claimedUntil } }
    case 'APPROVED':
      return {
        status,
        operator: text(fields, 'operator'),
        resolvedAt: number(fields, 'resolvedAt'),
        ...(typeof decisionReason === 'string' ? { reason: decisionReason } : {}),
        ...(edited instanceof Uint8Array ? { edit: { value: edited, hash: text(fields, 'editedHash') } } : {}),
      }
    case 'REJECTED':
      return {
        status,
        operator: text(fields, 'operator'),
        resolvedAt: number(fields, 'resolvedAt'),
        reason: text(fields, 'decisionReason'),
        ...(typeof reasonCode === 'string' ? { reasonCode } : {}),
      }
    case 'EXPIRED':
    case 'WITHDRAWN':
      return { status, resolvedAt: number(fields, 'resolvedAt') }
  }
}
