/**
 * What operators do to cards, each a procedure that ends in its reply: the same for WebSocket sessions and HTTP.
 */
import type { OperatorFrame } from '../protocol/frames.js'
import type { Procedure } from '../tasks/procedure.js'
import { ack, overloaded, type Reply, refuse } from '../tasks/reply.js'
import type { CardAndTask } from './cardReads.js'
import type { Person } from './changeCard.js'
import { assignCard, type ClaimReply, claimCard } from './claim.js'
import { type DecisionReply, decideCard, type Judge } from './decision.js'
import { type RevealPolicy, revealCard } from './reveal.js'
import { shownCard } from './shownCard.js'

type CardRequest = 'decide' | 'decideMany' | 'claim' | 'assign' | 'reveal'

export type CardRequests = {
  readonly [Type in CardRequest]: (
    by: Person,
    frame: Extract<OperatorFrame, { type: Type }>,
    now: number,
  ) => Procedure<Reply>
}

export type CardOffice = {
  readonly shards: number
  readonly judge: Judge
  /** How long a claim holds without another one. */
  readonly claimMs: number
  readonly revealPolicy: RevealPolicy
}

export const cardRequests = ({ shards, judge, claimMs, revealPolicy }: CardOffice): CardRequests => ({
  *decide(by, { type: _, id: __, ...decision }, now) {
    return replyOf(yield* decideCard(shards, by, decision, judge, now))
  },

  // One after the other: whole cards are read for it, of which each may have a megabyte.
  *decideMany(by, { cards, status, reason, reasonCode }, now) {
    const why = { ...(reason === undefined ? {} : { reason }), ...(reasonCode === undefined ? {} : { reasonCode }) }
    const decisions = []
    for (const { review, version } of cards) {
      const decision = { review, version, status, ...why, isOneOfMany: true } as const
      decisions.push({ review, ...briefly(yield* decideCard(shards, by, decision, judge, now)) })
    }
    return ack({ decisions })
  },

  *claim(by, { type: _, id: __, ...request }, now) {
    return replyOf(yield* claimCard(shards, by, request, claimMs, now))
  },

  *assign(by, { type: _, id: __, ...request }, now) {
    return replyOf(yield* assignCard(shards, by, request, now))
  },

  *reveal(by, { review }, now) {
    const reply = yield* revealCard(shards, by, review, revealPolicy, now)
    if (reply.kind !== 'revealed') return replyOf(reply)
    const { kind: _, ...values } = reply
    return ack(values)
  },
})

export const notFound = refuse('NOT_FOUND', 'review: there is no card of this id')

export const shown = ({ card, task }: CardAndTask) => shownCard(card, task, { whole: true })

const replyOf = (reply: DecisionReply | ClaimReply): Reply => {
  switch (reply.kind) {
    case 'done':
    case 'decided':
      return ack({ card: shown(reply) })
    case 'alreadyDecided':
      return refuseWith('ALREADY_DECIDED', `The card is ${reply.card.standing.status}.`, reply)
    case 'claimed':
      return refuseWith('CLAIMED', 'Another operator has the card.', reply)
    case 'changed':
      return refuseWith('CHANGED', `version: the card is at ${reply.card.version} now`, reply)
    case 'notFound':
      return notFound
    case 'forbidden':
      return refuse('FORBIDDEN', reply.why)
    case 'invalid':
      return refuse('INVALID', reply.why)
    case 'overloaded':
      return overloaded(reply.retryAfterMs)
  }
}

const refuseWith = (code: 'ALREADY_DECIDED' | 'CLAIMED' | 'CHANGED', message: string, found: CardAndTask): Reply =>
  refuse(code, message, { fields: { card: shown(found) } })

/** Without the card: a hundred of them may be more than a message holds. */
const briefly = (reply: DecisionReply) => {
  const said = replyOf(reply)
  if (said.kind === 'error') return { error: { code: said.code, message: said.message } }
  return 'card' in reply ? { status: reply.card.standing.status, version: reply.card.version } : {}
}
