/**
 * What the review queue reads of the ledger, one at a time: cards that changed, pages of the cards that wait, and the
 * tallies by which it sees that it has missed something.
 */
import { cardKey, cardSet } from '../tasks/keys.js'
import { type Procedure, range, read, readOne } from '../tasks/procedure.js'
import { cardOf } from './card.js'
import { type CardAndTask, readCards } from './cardReads.js'
import { type CardSummary, summaryOf } from './cardSummary.js'
import { type Tally, tallyKey, tallyOf } from './cardTally.js'

export type QueueRead =
  /** A card that isn't in `found` is gone. */
  | { readonly kind: 'cards'; readonly reviews: readonly string[]; readonly found: ReadonlyMap<string, CardAndTask> }
  | { readonly kind: 'page'; readonly shard: number; readonly cards: readonly CardSummary[]; readonly cursor?: string }
  | { readonly kind: 'tallies'; readonly tallies: readonly Tally[] }

export function* readChanged(shards: number, tenant: string, reviews: readonly string[]): Procedure<QueueRead> {
  return { kind: 'cards', reviews, found: yield* readCards(shards, tenant, reviews) }
}

const pageCards = 128
/** Read at a time, as cards come with their outputs. */
const groupCards = 16

export function* readWaiting(tenant: string, shard: number, after: string | undefined): Procedure<QueueRead> {
  const { members, cursor } = yield* range({
    shard,
    set: cardSet(tenant, 'PENDING'),
    limit: pageCards,
    ...(after === undefined ? {} : { after }),
  })
  const cards: CardSummary[] = []
  for (let at = 0; at < members.length; at += groupCards) {
    const keys = members.slice(at, at + groupCards).map(({ member }) => cardKey(member))
    for (const fields of yield* read(shard, keys))
      if (fields?.status === 'PENDING') cards.push(summaryOf(cardOf(fields)))
  }
  return { kind: 'page', shard, cards, ...(cursor === undefined ? {} : { cursor }) }
}

export function* readTallies(shards: number, tenant: string): Procedure<QueueRead> {
  const tallies: Tally[] = []
  for (let shard = 0; shard < shards; shard++) tallies.push(tallyOf(yield* readOne(shard, tallyKey(tenant))))
  return { kind: 'tallies', tallies }
}
