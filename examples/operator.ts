/** An operator: lets no secret out, and shows the rest to a person. In a project of yours: `chimera/client`. */
import { Operator, type ReviewCard } from '../src/client/index.js'

const { CHIMERA_URL: url = 'ws://127.0.0.1:7700', CHIMERA_TOKEN: token = '' } = process.env

export const operator = new Operator({ url, token })
await operator.subscribe({ status: 'PENDING' }, (change) => {
  for (const card of change.kind === 'list' ? change.cards : [change.card]) if (card.status === 'PENDING') review(card)
})

async function review({ reviewId, version, reason, details }: ReviewCard): Promise<void> {
  if (reason === 'SECRET') await operator.decide(reviewId, { version, status: 'REJECTED', reason: 'Holds a secret.' })
  else console.log(reviewId, reason, details)
}
