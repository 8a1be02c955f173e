/** What a tenant's review queue knows, and what it is asked and answers. */
import type { RanMessage } from '../actors/effects.js'
import type { Address } from '../actors/runtime/actor.js'
import type { From, Woke } from '../actors/runtime/effect.js'
import type { CardFrame } from '../protocol/nodeFrames.js'
import type { Place, StatedFilter } from './cardSummary.js'
import type { CardCounts, CardPage, CardTotal, CardView } from './cardView.js'

export type ReviewQueueArgs = { readonly tenant: string; readonly shards: number }

export type ReviewQueueMessage =
  /** A card of this tenant has changed, or is new. */
  | { readonly kind: 'hinted'; readonly review: string }
  | Question
  /** From now on the subscriber is told of changes. Comes again every `renewMs`; the last filter counts. */
  | { readonly kind: 'subscribe'; readonly subscriber: Address; readonly filter: StatedFilter }
  | { readonly kind: 'unsubscribe'; readonly subscriber: Address }
  | RanMessage
  | Woke

export type ListQuestion = {
  readonly kind: 'list'
  readonly filter: StatedFilter
  readonly after?: Place
  readonly limit: number
}

export type TotalQuestion = { readonly kind: 'total'; readonly filter: StatedFilter; readonly after?: Place }

/** Answered by `listed`, `totalled` and `counted`, or by `notYet`. One look may not be enough: see `next`. */
export type Question = (ListQuestion | TotalQuestion | { readonly kind: 'count' }) & { readonly from: From }

export type Listed = CardPage & { readonly kind: 'listed' }
export type Totalled = CardTotal & { readonly kind: 'totalled' }
export type Counted = { readonly kind: 'counted'; readonly counts: CardCounts }
/** The view isn't whole, and too many wait for it. */
export type NotYet = { readonly kind: 'notYet'; readonly retryAfterMs: number }

/** To a subscriber: a card that matches, or has just stopped matching. One frame for all who get it. */
export type CardChanged = { readonly kind: 'cardChanged'; readonly frame: CardFrame }

/** How often a subscriber renews. One that missed two is gone without having said so. */
export const renewMs = 30_000

export type Subscription = { readonly filter: StatedFilter; readonly until: number }

/** A shard that is being read: how far, and the cards seen so far. */
export type Scan = { readonly shard: number; readonly after?: string; readonly seen: Set<string> }

/** A shard whose tally isn't the view's: how, and whether reading it again was tried. */
export type Rift = { readonly how: string; readonly wasScanned: boolean }

/** What is being read; `pause`: the ledger was away. */
export type Reading =
  | { readonly kind: 'nothing' | 'page' | 'tallies' | 'pause' }
  | { readonly kind: 'cards'; readonly reviews: readonly string[] }

/** The view, the maps and the sets change in place: they are this actor's alone, and may be large. */
export type ReviewQueueState = {
  readonly tenant: string
  readonly shards: number
  readonly view: CardView
  readonly subscriptions: Map<Address, Subscription>
  /** Cards to look at. */
  readonly changed: Set<string>
  readonly rifts: Map<number, Rift>
  /** Shards to be read whole. */
  readonly toScan: readonly number[]
  readonly scan: Scan | null
  /** Cards were read last: it is the turn of a page. */
  readonly isPageNext: boolean
  /** Every shard has been read once. */
  readonly isWhole: boolean
  readonly isCheckDue: boolean
  /** Those that came before the view was whole. */
  readonly questions: readonly Question[]
  readonly reading: Reading
  /** Of the last read: an answer to an earlier one, from before a restart, is none. */
  readonly tag: number
}
