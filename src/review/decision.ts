/**
 * A person decides on a card: one transaction for the card, its task, the outcome and the audit entry.
 *
 * Its guards bind it to the card as it was read: still waiting, this version, this hash, and the task still waiting for
 * it. Of two who decide at once one is refused; it reads again and is answered by what stands (G5).
 */
import type { Raw } from '../protocol/raw.js'
import type { Procedure } from '../tasks/procedure.js'
import type { Said, Verdict } from '../tasks/verdict.js'
import { approve, hasApproved, isOwn } from './approving.js'
import { type Card, resolveCard } from './card.js'
import type { CardAndTask } from './cardReads.js'
import { changedWrites, decidedWrites, unresolved } from './cardWrites.js'
import { changeCard, type NotChanged, type Person, type Plan } from './changeCard.js'
import { type Decided, errorOf, releaseWrites } from './release.js'
import { type Edit, heldBy, type Pending, type Standing } from './standing.js'

export type Decision = {
  readonly review: string
  /** Of the card that the operator saw. */
  readonly version?: number
  readonly status: 'APPROVED' | 'REJECTED'
  readonly edited?: Raw
  readonly reason?: string
  readonly reasonCode?: string
  /** From a list, decided in one go. */
  readonly isOneOfMany?: true
}

export type Judge = {
  /** The gate's word on what an operator wrote. It goes on record; a person's approval stands. */
  readonly judge: (said: Said) => Verdict
  /** What a decision is bound to. */
  readonly hashOf: (value: unknown) => string
}

export type DecisionReply =
  /** Where several have to approve it, it may wait still. */
  | ({ readonly kind: 'decided' | 'alreadyDecided' | 'claimed' | 'changed' } & CardAndTask)
  | { readonly kind: 'forbidden' | 'invalid'; readonly why: string }
  | NotChanged

export function* decideCard(
  shards: number,
  by: Person,
  decision: Decision,
  judge: Judge,
  now: number,
): Procedure<DecisionReply> {
  let hash: string | undefined
  return yield* changeCard<DecisionReply>(shards, by, decision.review, true, (found) => {
    hash ??= found.card.outputHash
    if (found.card.outputHash !== hash) return { kind: 'reply', reply: { ...found, kind: 'changed' } }
    return planOf(found, by, decision, judge, now)
  })
}

const answer = (reply: DecisionReply): Plan<DecisionReply> => ({ kind: 'reply', reply })

/** What the decision comes to with the card as it stands. */
const planOf = (found: CardAndTask, by: Person, decision: Decision, judge: Judge, now: number): Plan<DecisionReply> => {
  const { card, task } = found
  const why = whyInvalid(card, decision)
  if (why !== null) return answer({ kind: 'invalid', why })
  const edit = decision.edited && judgedEdit(card, decision.edited, judge)
  const { standing } = card
  if (isSame(card, by, decision, edit)) return answer({ ...found, kind: 'decided' })
  if (standing.status !== 'PENDING') return answer({ ...found, kind: 'alreadyDecided' })
  const forbidden = whyForbidden(found, by, decision)
  if (forbidden !== null) return answer({ kind: 'forbidden', why: forbidden })
  if (heldBy(standing, by.sub, now) !== null) return answer({ ...found, kind: 'claimed' })
  if (isOfAnother(card, standing, decision)) return answer({ ...found, kind: 'changed' })

  const decided = decide(card, standing, by, decision, edit, now)
  const audit = { ...approvalsOf(card, decided), ...auditOf(decision, edit) }
  if (decided.status === 'PENDING') {
    const next = { ...card, version: card.version + 1, standing: decided }
    const entry = { ...audit, at: now, by: by.sub, kind: 'approved', hash: card.outputHash } as const
    const transaction = { guards: unresolved(card), writes: changedWrites(card, next, entry) }
    return { kind: 'commit', card: next, transaction, reply: done }
  }
  const next = resolveCard(card, decided)
  if (next === null) return answer({ ...found, kind: 'alreadyDecided' })
  const release = releaseWrites(card, decided, task, judge.hashOf)
  const transaction = release && {
    guards: [...unresolved(card), ...release.guards],
    writes: [...decidedWrites(card, decided, audit), ...release.writes],
  }
  return { kind: 'commit', card: next, transaction, reply: done }
}

const done = (changed: CardAndTask): DecisionReply => ({ ...changed, kind: 'decided' })

/** An edit, with what the gate finds in it. */
const judgedEdit = (card: Card, edited: Raw, { judge, hashOf }: Judge): JudgedEdit => {
  const value = edited.value()
  const kind = card.kind === 'result' ? 'edit' : 'text'
  const verdict = judge({ tenant: card.tenant, queue: card.queue, kind, value })
  const edit = { value: edited.bytes, hash: hashOf(value), policyVersion: verdict.policyVersion }
  if (verdict.kind === 'pass') return edit
  const { reason, severity, details, findings } = verdict
  return { ...edit, held: { reason, severity, details, findings } }
}

type JudgedEdit = Edit & { readonly policyVersion: string }

/** Version, and what there is to approve: whoever approves somebody's edit has to say that they saw it. */
const isOfAnother = (card: Card, { edit, basis = 1 }: Pending, { version, status, edited }: Decision): boolean => {
  if (version !== undefined) return version < basis || version > card.version
  return status === 'APPROVED' && edit !== undefined && edited === undefined
}

const decide = (
  card: Card,
  standing: Pending,
  { sub }: Person,
  { status, reason = '', reasonCode }: Decision,
  judged: JudgedEdit | undefined,
  now: number,
): Pending | Exclude<Decided, { status: 'EXPIRED' }> => {
  if (status === 'REJECTED') {
    const { approvals, note } = standing
    const kept = { ...(approvals === undefined ? {} : { approvals }), ...(note === undefined ? {} : { note }) }
    const code = reasonCode === undefined ? {} : { reasonCode }
    return { status, ...kept, operator: sub, resolvedAt: now, reason, ...code }
  }
  const { policyVersion: _, ...edit } = judged ?? { policyVersion: '' }
  const approver = { by: sub, at: now, ...(reason === '' ? {} : { reason }) }
  return approve(card, standing, 'hash' in edit ? { ...approver, edit } : approver)
}

const approvalsOf = ({ approvalsRequired }: Card, { approvals = [] }: Standing) =>
  approvalsRequired === 1 ? {} : { approvals: approvals.length, approvalsRequired }

const auditOf = ({ reason, reasonCode }: Decision, edit: JudgedEdit | undefined) => ({
  edited: edit !== undefined,
  ...(reason === undefined ? {} : { reason }),
  ...(reasonCode === undefined ? {} : { reasonCode }),
  ...(edit === undefined ? {} : { editedHash: edit.hash, editedPolicyVersion: edit.policyVersion }),
  ...(edit?.held === undefined ? {} : { editedHolds: edit.held.reason }),
})

/** Null: this person may. */
const whyForbidden = ({ card, task }: CardAndTask, { sub }: Person, { isOneOfMany }: Decision): string | null => {
  const edit = card.standing.status === 'PENDING' ? card.standing.edit : undefined
  if (isOneOfMany && (card.severity === 'high' || edit?.held?.severity === 'high')) {
    return 'A card of severity high is decided on its own.'
  }
  return isOwn(card, task?.sub, sub) ? 'Several have to approve it, and it is your own: others decide.' : null
}

/** Names the field and what was expected; null where nothing is wrong. */
const whyInvalid = (card: Card, { status, edited, reason }: Decision): string | null => {
  if (status === 'REJECTED') {
    if (edited !== undefined) return 'edited: expected only with an approval'
    return reason === undefined || reason.trim() === '' ? 'reason: missing, expected a text with a rejection' : null
  }
  if (card.kind === 'text' && edited !== undefined && errorOf(edited.bytes) === null) {
    return 'edited: expected a text, or a map of code and message, as the held text is an error'
  }
  return null
}

/** Whether this decision is the one that was taken, sent once more. */
const isSame = ({ standing }: Card, { sub }: Person, { status }: Decision, edit: Edit | undefined): boolean => {
  if (status === 'APPROVED') {
    const isApproved = standing.status === 'APPROVED' || standing.status === 'PENDING'
    return isApproved && hasApproved(standing, sub, edit)
  }
  return standing.status === 'REJECTED' && standing.operator === sub
}
