/**
 * A person decides on a card: one transaction for the card, its task, the outcome and the audit entry.
 *
 * Its guards bind it to the card as it was read: still waiting, this version, this hash, and the task still waiting for
 * it. Of two who decide at once one is refused; it reads again and is answered by what stands (G5).
 */
import type { Raw } from '../protocol/raw.js'
import { commit, type Order, type Procedure } from '../tasks/procedure.js'
import type { Said, Verdict } from '../tasks/verdict.js'
import { type Card, type Edit, resolveCard } from './card.js'
import { type CardAndTask, readCard, shardOfReview } from './cardReads.js'
import { decidedWrites, unresolved } from './cardWrites.js'
import { type Decided, errorOf, releaseWrites } from './release.js'

/** Who decides. */
export type Decider = { readonly tenant: string; readonly sub: string }

export type Decision = {
  readonly review: string
  /** Of the card that the operator saw. */
  readonly version?: number
  readonly status: 'APPROVED' | 'REJECTED'
  readonly edited?: Raw
  readonly reason?: string
  readonly reasonCode?: string
}

/** The gate's word on what an operator wrote, and its hash. The word goes on record; a person's approval stands. */
export type Judge = (said: Said) => { readonly verdict: Verdict; readonly hash: string }

export type DecisionReply =
  | ({ readonly kind: 'decided' | 'alreadyDecided' | 'claimed' | 'changed' } & CardAndTask)
  | { readonly kind: 'notFound' }
  | { readonly kind: 'invalid'; readonly why: string }
  | { readonly kind: 'overloaded'; readonly retryAfterMs: number }

/** Each refusal means that the card or its task changed in between; a card changes a few times in its life. */
const tries = 8

export function* decideCard(
  shards: number,
  by: Decider,
  decision: Decision,
  judge: Judge,
  now: number,
): Procedure<DecisionReply> {
  let hash: string | undefined
  for (let round = 0; round < tries; round++) {
    const found = yield* readCard(shards, by.tenant, decision.review)
    if (found === null) return { kind: 'notFound' }
    hash ??= found.card.outputHash
    if (found.card.outputHash !== hash) return { ...found, kind: 'changed' }
    const plan = planOf(found, by, decision, judge, now)
    if (plan.kind !== 'commit') return plan
    if (plan.order === null) continue
    const outcome = yield* commit({ ...plan.order, shard: shardOfReview(found.card.id, shards) })
    if (outcome.kind === 'done') return { kind: 'decided', card: plan.card, task: found.task }
    if (outcome.kind === 'overloaded') return outcome
    if (outcome.kind === 'invalid') throw new Error(`decision: ${outcome.why}`)
  }
  throw new Error(`decision: card ${decision.review} and its task changed ${tries} times, or disagree`)
}

type Plan =
  | DecisionReply
  /** `order` null: card and task were read on two sides of a change. */
  | { readonly kind: 'commit'; readonly card: Card; readonly order: Omit<Order, 'shard'> | null }

/** What the decision comes to with the card as it stands. */
const planOf = (found: CardAndTask, by: Decider, decision: Decision, judge: Judge, now: number): Plan => {
  const { card, task } = found
  const why = whyInvalid(card, decision)
  if (why !== null) return { kind: 'invalid', why }
  const { edited } = decision
  const judged = edited && judge({ tenant: card.tenant, queue: card.queue, kind: 'text', value: edited.value() })
  const edit = edited && judged && { value: edited.bytes, hash: judged.hash }
  const { standing } = card
  if (standing.status !== 'PENDING') {
    return { ...found, kind: isSame(card, by, decision, edit) ? 'decided' : 'alreadyDecided' }
  }
  const { claim } = standing
  if (claim !== undefined && claim.by !== by.sub && claim.until > now) return { ...found, kind: 'claimed' }
  if (decision.version !== undefined && decision.version !== card.version) return { ...found, kind: 'changed' }

  const decided = standingOf(by, decision, edit, now)
  const next = resolveCard(card, decided)
  if (next === null) return { ...found, kind: 'alreadyDecided' }
  const release = releaseWrites(card, decided, task)
  if (release === null) return { kind: 'commit', card: next, order: null }
  const audit = {
    edited: edit !== undefined,
    ...(decision.reason === undefined ? {} : { reason: decision.reason }),
    ...(decision.reasonCode === undefined ? {} : { reasonCode: decision.reasonCode }),
    ...(edit === undefined ? {} : { editedHash: edit.hash }),
    ...(judged?.verdict.kind === 'hold' ? { editedHolds: judged.verdict.reason } : {}),
  }
  const transaction = {
    guards: [...unresolved(card), ...release.guards],
    writes: [...decidedWrites(card, decided, audit), ...release.writes],
  }
  return { kind: 'commit', card: next, order: { tenant: card.tenant, drains: true, transaction } }
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

const standingOf = (by: Decider, decision: Decision, edit: Edit | undefined, now: number): Decided => {
  const { status, reason = '', reasonCode } = decision
  const who = { operator: by.sub, resolvedAt: now }
  if (status === 'REJECTED') {
    return { status, ...who, reason, ...(reasonCode === undefined ? {} : { reasonCode }) }
  }
  return { status, ...who, ...(reason === '' ? {} : { reason }), ...(edit === undefined ? {} : { edit }) }
}

/** Whether this decision is the one that was taken, sent once more. */
const isSame = ({ standing }: Card, by: Decider, { status }: Decision, edit: Edit | undefined): boolean => {
  if (standing.status !== status || standing.operator !== by.sub) return false
  return standing.status === 'REJECTED' || standing.edit?.hash === edit?.hash
}
