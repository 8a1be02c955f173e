/**
 * What operators ask of the review, each a procedure that ends in its reply: the same for WebSocket sessions and HTTP.
 */
import { reviewQueueAddress } from '../actors/addresses.js'
import type { Identity } from '../actors/effects.js'
import { limits } from '../protocol/formats.js'
import type { OperatorFrame } from '../protocol/frames.js'
import { ask, type Procedure, readOne } from '../tasks/procedure.js'
import { ack, overloaded, type Reply, refuse } from '../tasks/reply.js'
import { readAudit } from './auditTrail.js'
import { listCards } from './cardList.js'
import { type CardAndTask, readCard } from './cardReads.js'
import { stated } from './cardSummary.js'
import { countOf, dayOf, decidedKey } from './cardTally.js'
import { decideCard, type Judge } from './decision.js'
import type { Counted, NotYet } from './reviewQueueState.js'
import { shownCard } from './shownCard.js'

/** Frames of an operator that a procedure answers. */
export type OperatorRequest =
  | 'cards'
  | 'get'
  | 'decide'
  | 'stats'
  | 'audit'
  | 'agents'
  | 'fleet'
  | 'cluster'
  | 'control'
  | 'tasks'
  | 'replay'
  | 'getTask'
  | 'cancelTask'

export type Perform<Type extends OperatorFrame['type']> = (
  by: Identity,
  frame: Extract<OperatorFrame, { type: Type }>,
  now: number,
) => Procedure<Reply>

export type OperatorRequests = { readonly [Type in OperatorRequest]: Perform<Type> }

export type ReviewRequests = Pick<OperatorRequests, 'cards' | 'get' | 'decide' | 'stats' | 'audit'>

type Counts = Readonly<Record<string, number>>

export type ReviewOffice = {
  readonly shards: number
  readonly judge: Judge
  /** A tenant's agents and tasks by status: `stats` tells them too. */
  readonly countFleet: (tenant: string) => Procedure<{ readonly agents: Counts; readonly tasks: Counts }>
}

const defaultLimit = 50
const askMs = 10_000

const notFound = refuse('NOT_FOUND', 'review: there is no card of this id')
const badCursor = refuse('INVALID', 'cursor: expected the cursor of an answer before, for the same status')
const adminOnly = refuse('FORBIDDEN', 'The audit log is for the role admin.')

export const reviewRequests = ({ shards, judge, countFleet }: ReviewOffice): ReviewRequests => ({
  *cards({ tenant }, { filter, cursor, limit }) {
    const list = yield* listCards(shards, {
      tenant,
      filter: stated(filter),
      limit: pageSize(limit),
      ...(cursor === undefined ? {} : { cursor }),
    })
    if (list.kind === 'badCursor') return badCursor
    if (list.kind === 'notYet') return overloaded(list.retryAfterMs)
    const { kind: _, ...fields } = list
    return ack(fields)
  },

  *get({ tenant }, { review }) {
    const found = yield* readCard(shards, tenant, review)
    return found === null ? notFound : ack({ card: shown(found) })
  },

  *decide(by, { type: _, id: __, ...decision }, now) {
    const reply = yield* decideCard(shards, by, decision, judge, now)
    switch (reply.kind) {
      case 'decided':
        return ack({ card: shown(reply) })
      case 'alreadyDecided':
        return refuseWith('ALREADY_DECIDED', `The card is ${reply.card.standing.status}.`, reply)
      case 'claimed':
        return refuseWith('CLAIMED', 'Another operator is at work on the card.', reply)
      case 'changed':
        return refuseWith('CHANGED', `version: the card is at ${reply.card.version} now`, reply)
      case 'notFound':
        return notFound
      case 'invalid':
        return refuse('INVALID', reply.why)
      case 'overloaded':
        return overloaded(reply.retryAfterMs)
    }
  },

  *stats({ tenant }, _frame, now) {
    const reply = yield* ask<Counted | NotYet>(reviewQueueAddress(tenant), { kind: 'count' }, askMs)
    if (reply.kind === 'notYet') return overloaded(reply.retryAfterMs)
    const decidedToday = yield* countDecided(shards, tenant, now)
    return ack({ cards: { ...reply.counts, decidedToday }, ...(yield* countFleet(tenant)) })
  },

  *audit({ tenant, roles }, { cursor, limit }) {
    if (!roles.includes('admin')) return adminOnly
    const page = yield* readAudit(shards, tenant, cursor, pageSize(limit))
    return page === null ? badCursor : ack(page)
  },
})

const pageSize = (limit = defaultLimit): number => Math.min(limit, limits.pageSize)

const shown = ({ card, task }: CardAndTask) => shownCard(card, task, { whole: true })

const refuseWith = (code: 'ALREADY_DECIDED' | 'CLAIMED' | 'CHANGED', message: string, found: CardAndTask): Reply =>
  refuse(code, message, { fields: { card: shown(found) } })

function* countDecided(shards: number, tenant: string, now: number) {
  const decided = { APPROVED: 0, REJECTED: 0 }
  for (let shard = 0; shard < shards; shard++) {
    const fields = yield* readOne(shard, decidedKey(tenant, dayOf(now)))
    decided.APPROVED += countOf(fields, 'APPROVED')
    decided.REJECTED += countOf(fields, 'REJECTED')
  }
  return decided
}
