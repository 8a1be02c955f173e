/** Two people decide the same cards on two nodes in the same instant, one so, one so. */
import type { ReviewCard } from '../../client/index.js'
import { type Fault, unharmed } from '../fault.js'

const cards = 40

export const twoDecisions: Fault = {
  name: 'two-decisions',
  about: 'Two operators on two nodes decide the same cards at once: one does, the other is told who did.',
  runsOnEmbedded: true,
  shape: {},
  expected: unharmed,
  commit: async ({ world, submitter, pause, complain }) => {
    const [first, second = first] = world.nodes
    if (first === undefined || second === undefined) return
    const ann = await world.reviewer('ann', first.url, { verdict: 'APPROVED' })
    const bob = await world.reviewer('bob', second.url, { verdict: 'REJECTED' })
    for (let n = 0; n < cards; n++) submitter.handIn('undecided')
    const waiting = async (): Promise<readonly ReviewCard[]> =>
      (await ann.operator.cards({ status: 'PENDING', limit: 1_000 })).cards.filter(isUndecided)
    let found = await waiting()
    while (found.length < cards) {
      await pause(50)
      found = await waiting()
    }
    await Promise.all(found.flatMap((card) => [ann.decide(card), bob.decide(card)]))
    const decided = world.history.decided.filter(({ operator }) => operator === 'ann' || operator === 'bob')
    const count = decided.filter(({ answer }) => answer === 'decided').length
    const refused = decided.filter(({ answer }) => answer === 'ALREADY_DECIDED').length
    if (count !== cards || refused !== cards)
      complain(`G5 of ${cards} cards, each decided by two, ${count} were decided and ${refused} refused`)
  },
}

const isUndecided = ({ payload }: ReviewCard): boolean => (payload as { readonly kind?: unknown }).kind === 'undecided'
