/** What those who lead the review ask: its numbers, and how well confidence is calibrated. */
import { reviewQueueAddress } from '../../actors/addresses.js'
import { ask } from '../../tasks/procedure.js'
import { ack, overloaded } from '../../tasks/reply.js'
import type { Counted, NotYet } from '../reviewQueueState.js'
import type { OperatorRequests } from '../reviewRequests.js'
import { calibrationOf } from './calibration.js'
import { readDecided } from './decidedCards.js'
import { decidedNumbers, quickCharsPerSecond } from './reviewNumbers.js'

const dayMs = 86_400_000
const defaultDays = 7
/** Each is read whole. */
const cardsMost = 5_000
const askMs = 10_000

export const leadRequests = (shards: number): Pick<OperatorRequests, 'numbers' | 'calibration'> => ({
  *numbers({ tenant }, { days = defaultDays }, now) {
    const reply = yield* ask<Counted | NotYet>(reviewQueueAddress(tenant), { kind: 'count' }, askMs)
    if (reply.kind === 'notYet') return overloaded(reply.retryAfterMs)
    const since = now - days * dayMs
    const { cards, isBounded } = yield* readDecided(shards, tenant, { since, most: cardsMost })
    const window = { since, until: now, days, cards: cards.length, cardsMost, isBounded }
    return ack({ numbers: { window, waiting: reply.counts, ...decidedNumbers(cards), quickCharsPerSecond } })
  },

  *calibration({ tenant }, { days = defaultDays, queue, agent }, now) {
    const since = now - days * dayMs
    const { cards, isBounded } = yield* readDecided(shards, tenant, { since, most: cardsMost })
    const window = { since, until: now, days, cards: cards.length, cardsMost, isBounded }
    const chosen = cards.filter(
      (card) => (queue === undefined || card.queue === queue) && (agent === undefined || card.agent === agent),
    )
    return ack({ calibration: { window, ...calibrationOf(chosen) } })
  },
})
