/** What those who hold results and end tasks need of cards: the review's side of their transactions. */
import type { CardDesk } from '../tasks/desk.js'
import { cardKey } from '../tasks/keys.js'
import { newCard } from './card.js'
import { openWrites, withdrawnWrites } from './cardWrites.js'

export const cardDesk = (): CardDesk => ({
  open: (word, now) => {
    const card = newCard(word, now)
    return { review: card.id, writes: openWrites(card) }
  },

  withdraw: (task, review, now) => ({
    guards: [{ kind: 'equals', record: cardKey(review), field: 'status', value: 'PENDING' }],
    writes: withdrawnWrites({ id: review, tenant: task.tenant, task: task.id }, now),
  }),
})
