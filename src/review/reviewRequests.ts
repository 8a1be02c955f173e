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
import { readCard } from './cardReads.js'
import { type CardOffice, type CardRequests, cardRequests, notFound, shown } from './cardRequests.js'
import { stated } from './cardSummary.js'
import { countOf, dayOf, decidedKey } from './cardTally.js'
import type { Counted, NotYet } from './reviewQueueState.js'

/** Frames of an operator that a procedure answers. */
export type OperatorRequest =
  | 'cards'
  | 'get'
  | keyof CardRequests
  | 'stats'
  | 'audit'
  | 'auditCheckpoint'
  | 'auditLines'
  | 'auditKey'
  | 'eraseAudit'
  | 'agents'
  | 'fleet'
  | 'cluster'
  | 'control'
  | 'policy'
  | 'setPolicy'
  | 'backtest'
  | 'webhooks'
  | 'setWebhook'
  | 'removeWebhook'
  | 'testWebhook'
  | 'deadDeliveries'
  | 'resend'
  | 'numbers'
  | 'calibration'
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

export type ReviewRequests = CardRequests & Pick<OperatorRequests, 'cards' | 'get' | 'stats' | 'audit'>

type Counts = Readonly<Record<string, number>>

export type ReviewOffice = CardOffice & {
  /** A tenant's agents and tasks by status: `stats` tells them too. */
  readonly countFleet: (tenant: string) => Procedure<{ readonly agents: Counts; readonly tasks: Counts }>
}

const defaultLimit = 50
const askMs = 10_000

const badCursor = refuse('INVALID', 'cursor: expected the cursor of an answer before, for the same status')
const adminOnly = refuse('FORBIDDEN', 'The audit log is for the role admin.')

export const reviewRequests = ({ countFleet, ...office }: ReviewOffice): ReviewRequests => ({
  ...cardRequests(office),

  *cards({ tenant }, { filter, cursor, limit }) {
    const list = yield* listCards(office.shards, {
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
    const found = yield* readCard(office.shards, tenant, review)
    return found === null ? notFound : ack({ card: shown(found) })
  },

  *stats({ tenant }, _frame, now) {
    const reply = yield* ask<Counted | NotYet>(reviewQueueAddress(tenant), { kind: 'count' }, askMs)
    if (reply.kind === 'notYet') return overloaded(reply.retryAfterMs)
    const decidedToday = yield* countDecided(office.shards, tenant, now)
    return ack({ cards: { ...reply.counts, decidedToday }, ...(yield* countFleet(tenant)) })
  },

  *audit({ tenant, roles }, { cursor, limit }) {
    if (!roles.includes('admin')) return adminOnly
    const page = yield* readAudit(office.shards, tenant, cursor, pageSize(limit))
    return page === null ? badCursor : ack(page)
  },
})

const pageSize = (limit = defaultLimit): number => Math.min(limit, limits.pageSize)

function* countDecided(shards: number, tenant: string, now: number) {
  const decided = { APPROVED: 0, REJECTED: 0, EXPIRED: 0 }
  for (let shard = 0; shard < shards; shard++) {
    const fields = yield* readOne(shard, decidedKey(tenant, dayOf(now)))
    decided.APPROVED += countOf(fields, 'APPROVED')
    decided.REJECTED += countOf(fields, 'REJECTED')
    decided.EXPIRED += countOf(fields, 'EXPIRED')
  }
  return decided
}
