/**
 * A card's side of a transaction: how it comes into being, and how it ends. Each has its audit entry with it (G6), which
 * names rules and hashes and never what was said.
 */
import type { Guard, Write } from '../ledger/port.js'
import { type AuditEntry, auditWrites } from '../tasks/entries.js'
import { cardDueSet, cardHint, cardKey, cardSet } from '../tasks/keys.js'
import type { Lift } from '../tasks/verdict.js'
import { type Card, fieldsOf } from './card.js'
import { decidedTally, waitingWrites } from './cardTally.js'
import { dueOf, firstDueAt } from './deadlines.js'
import { type Pending, pendingPatch, type Resolution, standingFields } from './standing.js'

/** `lifts`: what was found as well, and an allowance let be. */
export const openWrites = (card: Card, lifts?: readonly Lift[]): readonly Write[] => [
  { kind: 'put', record: cardKey(card.id), fields: fieldsOf(card) },
  { kind: 'index', set: cardSet(card.tenant, 'PENDING'), member: card.id, score: card.createdAt },
  ...(card.deadline === undefined
    ? []
    : ([{ kind: 'index', set: cardDueSet, member: card.id, score: firstDueAt(card) }] as const)),
  ...waitingWrites(card.tenant, card.id, 1),
  ...auditWrites(card.tenant, {
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
    ...(lifts === undefined ? {} : { lifts }),
  }),
  { kind: 'hint', hint: cardHint(card.tenant, card.id) },
]

/** True while the card waits, unchanged since it was read. */
export const unresolved = (card: Card): readonly Guard[] => [
  { kind: 'equals', record: cardKey(card.id), field: 'status', value: 'PENDING' },
  { kind: 'equals', record: cardKey(card.id), field: 'version', value: card.version },
  { kind: 'equals', record: cardKey(card.id), field: 'outputHash', value: card.outputHash },
]

/** A card that goes on waiting, changed: `next` is one version on. `audit` null: nothing that belongs on record. */
export const changedWrites = (
  card: Card,
  next: Card & { readonly standing: Pending },
  audit: (Pick<AuditEntry, 'at' | 'by' | 'kind'> & Pick<AuditEntry, string>) | null,
): readonly Write[] => [
  {
    kind: 'put',
    record: cardKey(card.id),
    fields: { ...pendingPatch(next.standing), version: next.version, ...lookFields(card, audit) },
  },
  ...(audit === null
    ? []
    : auditWrites(card.tenant, { task: card.task, review: card.id, version: card.version, ...audit })),
  { kind: 'hint', hint: cardHint(card.tenant, card.id) },
]

/** When somebody first took it up, and who did last: for those who lead the review. */
const lookFields = (
  { firstLookAt }: Card,
  audit: Pick<AuditEntry, 'at' | 'by' | 'kind'> | null,
): { readonly firstLookAt?: number; readonly takenAt?: number; readonly takenBy?: string } => {
  if (audit === null || audit.by === 'node') return {}
  return {
    ...(firstLookAt === undefined ? { firstLookAt: audit.at } : {}),
    ...(audit.kind === 'claimed' ? { takenAt: audit.at, takenBy: audit.by } : {}),
  }
}

/** Its shard's owner looks again when something is due, or not at all. */
export const dueWrites = (card: Card, now: number): readonly Write[] => {
  const due = dueOf(card, now)
  const at = due.kind === 'nothing' ? due.at : now
  return at === undefined
    ? [{ kind: 'unindex', set: cardDueSet, member: card.id }]
    : [{ kind: 'index', set: cardDueSet, member: card.id, score: at }]
}

/** Decided, by an operator or by time, which is on record as the node's; `audit` says what else belongs there. */
export const decidedWrites = (
  card: Card,
  standing: Extract<Resolution, { status: 'APPROVED' | 'REJECTED' | 'EXPIRED' }>,
  audit: Pick<AuditEntry, string>,
): readonly Write[] => [
  ...endWrites(card, standing),
  ...decidedTally(card.tenant, standing.status, standing.resolvedAt),
  ...auditWrites(card.tenant, {
    at: standing.resolvedAt,
    kind: 'decided',
    by: standing.status === 'EXPIRED' ? 'node' : standing.operator,
    task: card.task,
    review: card.id,
    status: standing.status,
    version: card.version,
    hash: card.outputHash,
    policyVersion: card.policyVersion,
    ...audit,
  }),
]

/** Its task ended before anybody decided. */
export const withdrawnWrites = (card: Pick<Card, 'id' | 'tenant' | 'task'>, now: number): readonly Write[] => [
  ...endWrites(card, { status: 'WITHDRAWN', resolvedAt: now }),
  ...auditWrites(card.tenant, { at: now, kind: 'withdrawn', by: 'node', task: card.task, review: card.id }),
]

const endWrites = ({ id, tenant }: Pick<Card, 'id' | 'tenant'>, standing: Resolution): readonly Write[] => [
  { kind: 'put', record: cardKey(id), fields: standingFields(standing) },
  { kind: 'add', record: cardKey(id), field: 'version', n: 1 },
  { kind: 'unindex', set: cardSet(tenant, 'PENDING'), member: id },
  { kind: 'unindex', set: cardDueSet, member: id },
  { kind: 'index', set: cardSet(tenant, standing.status), member: id, score: standing.resolvedAt },
  ...waitingWrites(tenant, id, -1),
  { kind: 'hint', hint: cardHint(tenant, id) },
]
