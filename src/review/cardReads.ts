/** Cards read from the ledger, each with its task's record: what is shown is always what stands there. */
import type { Fields } from '../ledger/port.js'
import { cardKey, taskKey, taskOfReview } from '../tasks/keys.js'
import { type Procedure, read } from '../tasks/procedure.js'
import { shardOf } from '../tasks/shardOf.js'
import { type Card, cardOf } from './card.js'

/** A card, and its task's record while there is one. */
export type CardAndTask = { readonly card: Card; readonly task: Fields | null }

/** A card lies where its task does, and its id tells which that is. */
export const shardOfReview = (review: string, shards: number): number => shardOf(taskOfReview(review), shards)

/** Null where there is none of this id, or it is another tenant's. */
export function* readCard(shards: number, tenant: string, review: string): Procedure<CardAndTask | null> {
  const found = yield* readCards(shards, tenant, [review])
  return found.get(review) ?? null
}

/** By id; what isn't there, or another tenant's, is missing. */
export function* readCards(
  shards: number,
  tenant: string,
  reviews: readonly string[],
): Procedure<ReadonlyMap<string, CardAndTask>> {
  const byShard = new Map<number, string[]>()
  for (const review of reviews) {
    const shard = shardOfReview(review, shards)
    byShard.set(shard, [...(byShard.get(shard) ?? []), review])
  }
  const found = new Map<string, CardAndTask>()
  for (const [shard, ids] of byShard) {
    const records = yield* read(
      shard,
      ids.flatMap((review) => [cardKey(review), taskKey(taskOfReview(review))]),
    )
    for (const [at, review] of ids.entries()) {
      const card = records[2 * at]
      if (card === null || card === undefined || card.tenant !== tenant) continue
      found.set(review, { card: cardOf(card), task: records[2 * at + 1] ?? null })
    }
  }
  return found
}
