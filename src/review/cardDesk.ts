/** What those who hold results and end tasks need of cards: the review's side of their transactions. */
import type { CardDesk } from '../tasks/desk.js'
import { cardKey } from '../tasks/keys.js'
import { answerOf } from './answer.js'
import { cardOf, newCard } from './card.js'
import { settleCards } from './cardDue.js'
import { openWrites, withdrawnWrites } from './cardWrites.js'
import type { ReviewSpans } from './deadlines.js'

/** `spans`: how long a card may wait where the policy doesn't say; missing: for ever. */
export const cardDesk = (spans?: ReviewSpans): CardDesk => ({
  open: (word, now) => {
    const { severity, reviewMs = spans?.[severity] } = word.verdict
    const card = newCard(word, now, reviewMs === undefined ? undefined : now + reviewMs)
    return { review: card.id, writes: openWrites(card, word.verdict.lifts) }
  },

  withdraw: (task, review, now) => ({
    guards: [{ kind: 'equals', record: cardKey(review), field: 'status', value: 'PENDING' }],
    writes: withdrawnWrites({ id: review, tenant: task.tenant, task: task.id }, now),
  }),

  answerOf: (fields) => answerOf(cardOf(fields)),

  settleDue: settleCards,
})
