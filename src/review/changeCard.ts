/**
 * One change of a card by a person: read, decided on, and committed under guards; whoever is refused reads again.
 */
import type { Transaction } from '../ledger/port.js'
import { commit, type Procedure } from '../tasks/procedure.js'
import type { Card } from './card.js'
import { type CardAndTask, readCard, shardOfReview } from './cardReads.js'

/** Who does it. */
export type Person = { readonly tenant: string; readonly sub: string; readonly roles?: readonly string[] }

export type Plan<Reply> =
  | { readonly kind: 'reply'; readonly reply: Reply }
  /** Then the reply, with the card as it is now. `transaction` null: card and task were read on two sides of a change. */
  | {
      readonly kind: 'commit'
      readonly transaction: Transaction | null
      readonly card: Card
      readonly reply: (changed: CardAndTask) => Reply
    }

export type NotChanged = { readonly kind: 'notFound' } | { readonly kind: 'overloaded'; readonly retryAfterMs: number }

/** Each refusal means that the card or its task changed in between: a crowd is told to come one after the other. */
const tries = 8
const crowdedRetryMs = 100

/** `drains`: it goes on where the ledger is full. `learn`: before it looks again, for what a plan rests on beside the card. */
export function* changeCard<Reply>(
  shards: number,
  { tenant }: Person,
  review: string,
  drains: boolean,
  planOf: (found: CardAndTask) => Plan<Reply>,
  learn?: () => Procedure<void>,
): Procedure<Reply | NotChanged> {
  const shard = shardOfReview(review, shards)
  const versions = new Set<number>()
  for (let round = 0; round < tries; round++) {
    if (round > 0 && learn !== undefined) yield* learn()
    const found = yield* readCard(shards, tenant, review)
    if (found === null) return { kind: 'notFound' }
    versions.add(found.card.version)
    const plan = planOf(found)
    if (plan.kind === 'reply') return plan.reply
    if (plan.transaction === null) continue
    const outcome = yield* commit({ shard, tenant, drains, transaction: plan.transaction })
    if (outcome.kind === 'done') return plan.reply({ card: plan.card, task: found.task })
    if (outcome.kind === 'overloaded') return outcome
    if (outcome.kind === 'invalid') throw new Error(`card ${review}: ${outcome.why}`)
  }
  // What a plan rests on beside the card may have changed each time, too.
  if (versions.size > 1 || learn !== undefined) return { kind: 'overloaded', retryAfterMs: crowdedRetryMs }
  throw new Error(`card ${review} and its task disagree, or its task changed ${tries} times`)
}
