/**
 * A card's side of a transaction: how it comes into being, and how it ends. Each has its audit entry with it (G6), which
 * names rules and hashes and never what was said.
 */
import type { Guard, Write } from '../ledger/port.js'
import { type AuditEntry, auditWrite } from '../tasks/entries.js'
import { cardHint, cardKey, cardSet } from '../tasks/keys.js'
import { type Card, fieldsOf, type Resolution, standingFields } from './card.js'
import { decidedWrite, waitingWrites } from './cardTally.js'

export const openWrites = (card: Card): readonly Write[] => [
  { kind: 'put', record: cardKey(card.id), fields: fieldsOf(card) },
  { kind: 'index', set: cardSet(card.tenant, 'PENDING'), member: card.id, score: card.createdAt },
  ...waitingWrites(card.tenant, card.id, 1),
  auditWrite(card.tenant, {
    at: card.createdAt,
    kind: 'held',
    by: 'node',
    task: card.task,
    review: card.id,
    agent: card.agent,
    reason: card.reason,
    rules: [...new Set(card.findings.map(({ rule }) => rule))],
    hash: card.outputHash,
    policyVersion: card.policyVersion,
  }),
  { kind: 'hint', hint: cardHint(card.tenant, card.id) },
]

/** True while the card waits, unchanged since it was read. */
export const unresolved = (card: Card): readonly Guard[] => [
  { kind: 'equals', record: cardKey(card.id), field: 'status', value: 'PENDING' },
  { kind: 'equals', record: cardKey(card.id), field: 'version', value: card.version },
  { kind: 'equals', record: cardKey(card.id), field: 'outputHash', value: card.outputHash },
]

/** An operator decided it; `audit` says what else belongs on record. */
export const decidedWrites = (
  card: Card,
  standing: Extract<Resolution, { operator: string }>,
  audit: Pick<AuditEntry, string>,
): readonly Write[] => [
  ...endWrites(card, standing),
  decidedWrite(card.tenant, standing.status, standing.resolvedAt),
  auditWrite(card.tenant, {
    at: standing.resolvedAt,
    kind: 'decided',
    by: standing.operator,
    task: card.task,
    review: card.id,
    status: standing.status,
    version: card.version,
    hash: card.outputHash,
    ...audit,
  }),
]

/** Its task ended before anybody decided. */
export const withdrawnWrites = (card: Pick<Card, 'id' | 'tenant' | 'task'>, now: number): readonly Write[] => [
  ...endWrites(card, { status: 'WITHDRAWN', resolvedAt: now }),
  auditWrite(card.tenant, { at: now, kind: 'withdrawn', by: 'node', task: card.task, review: card.id }),
]

const endWrites = ({ id, tenant }: Pick<Card, 'id' | 'tenant'>, standing: Resolution): readonly Write[] => [
  { kind: 'put', record: cardKey(id), fields: standingFields(standing) },
  { kind: 'add', record: cardKey(id), field: 'version', n: 1 },
  { kind: 'unindex', set: cardSet(tenant, 'PENDING'), member: id },
  { kind: 'index', set: cardSet(tenant, standing.status), member: id, score: standing.resolvedAt },
  ...waitingWrites(tenant, id, -1),
  { kind: 'hint', hint: cardHint(tenant, id) },
]
