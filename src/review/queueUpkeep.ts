/**
 * How the review queue keeps up with the ledger: one read at a time, and what each read leads to.
 *
 * Cards that changed and pages of a shard take turns, so that neither holds up the other.
 */
import { type NodeEffect, tell } from '../actors/effects.js'
import type { Step } from '../actors/runtime/actor.js'
import type { CardFrame } from '../protocol/nodeFrames.js'
import type { Procedure } from '../tasks/procedure.js'
import { type CardAndTask, shardOfReview } from './cardReads.js'
import { type CardSummary, matches, summaryOf } from './cardSummary.js'
import type { Tally } from './cardTally.js'
import { type QueueRead, readChanged, readTallies, readWaiting } from './queueReads.js'
import type { CardChanged, Reading, ReviewQueueState } from './reviewQueueState.js'
import { shownCard } from './shownCard.js'

export type QueueStep = Step<ReviewQueueState, NodeEffect>

export const checkMs = 1_000
const changedPerRead = 64
/** With more hints than this unread, their shards are read whole instead. */
const maxChanged = 4_096

/** Starts the next read, unless one is under way or nothing is to be read. */
export const readNext = (queue: ReviewQueueState): QueueStep => {
  const { reading, changed, toScan, scan, tenant, shards } = queue
  if (reading.kind !== 'nothing') return [queue]
  const [shard] = scan === null ? toScan : [scan.shard]
  if (changed.size > 0 && (shard === undefined || !queue.isPageNext)) {
    const reviews = [...changed].slice(0, changedPerRead)
    for (const review of reviews) changed.delete(review)
    return run({ ...queue, isPageNext: true }, { kind: 'cards', reviews }, readChanged(shards, tenant, reviews))
  }
  if (shard !== undefined) {
    const at = scan ?? { shard, seen: new Set() }
    const rest = scan === null ? toScan.slice(1) : toScan
    const next = { ...queue, scan: at, toScan: rest, isPageNext: false }
    return run(next, { kind: 'page' }, readWaiting(tenant, shard, at.after))
  }
  if (!queue.isCheckDue) return [queue]
  return run({ ...queue, isCheckDue: false }, { kind: 'tallies' }, readTallies(shards, tenant))
}

const run = (queue: ReviewQueueState, reading: Reading, procedure: Procedure<QueueRead>): QueueStep => {
  const tag = queue.tag + 1
  return [
    { ...queue, tag, reading },
    { kind: 'run', tag, procedure },
  ]
}

/** The read that is under way couldn't be carried out: what it was to look at is to be looked at still. */
export const readAgain = (queue: ReviewQueueState): ReviewQueueState => {
  if (queue.reading.kind === 'cards') for (const review of queue.reading.reviews) queue.changed.add(review)
  const isCheckDue = queue.isCheckDue || queue.reading.kind === 'tallies'
  return { ...queue, isCheckDue, reading: { kind: 'pause' } }
}

/** A card is to be looked at. */
export const expectChange = (queue: ReviewQueueState, review: string): ReviewQueueState => {
  if (queue.changed.size < maxChanged) {
    queue.changed.add(review)
    return queue
  }
  return scanAgain(queue, shardOfReview(review, queue.shards))
}

/** A scan that has begun may have passed what is to be seen: there is another one behind it. */
const scanAgain = (queue: ReviewQueueState, shard: number): ReviewQueueState =>
  queue.toScan.includes(shard) ? queue : { ...queue, toScan: [...queue.toScan, shard] }

/** Brings the view up to date with these cards, and tells those who watch them. */
export const takeCards = (
  queue: ReviewQueueState,
  { reviews, found }: Extract<QueueRead, { kind: 'cards' }>,
  now: number,
): readonly NodeEffect[] => {
  const { view, scan } = queue
  const effects: NodeEffect[] = []
  for (const review of reviews) {
    const before = view.get(review)
    const card = found.get(review)
    if (card?.card.standing.status === 'PENDING') {
      view.add(summaryOf(card.card))
      // A scan that is past its place must not take it for gone.
      scan?.seen.add(review)
    } else {
      view.remove(review)
    }
    if (card !== undefined) effects.push(...tellOf(queue, card, before, now))
  }
  return effects
}

const tellOf = (
  { subscriptions }: ReviewQueueState,
  { card, task }: CardAndTask,
  before: CardSummary | undefined,
  now: number,
): readonly NodeEffect[] => {
  const effects: NodeEffect[] = []
  const after = summaryOf(card)
  let frame: CardFrame | undefined
  for (const [subscriber, { filter, until }] of subscriptions) {
    if (until < now) subscriptions.delete(subscriber)
    else if (matches(filter, after) || (before !== undefined && matches(filter, before))) {
      frame ??= { type: 'card', card: shownCard(card, task, { whole: false }) }
      effects.push(tell<CardChanged>(subscriber, { kind: 'cardChanged', frame }))
    }
  }
  return effects
}

/** A page of the shard that is being read. At its end, what the view has and the shard hasn't is looked at. */
export const takePage = (
  queue: ReviewQueueState,
  { cards, cursor }: Extract<QueueRead, { kind: 'page' }>,
): ReviewQueueState => {
  const { view, scan, changed } = queue
  if (scan === null) return queue
  // Those who watch are to be told of what they missed, which takes the whole card.
  const isTold = queue.isWhole && queue.subscriptions.size > 0
  for (const card of cards) {
    scan.seen.add(card.id)
    if (!isTold) view.add(card)
    else if (view.get(card.id) === undefined) changed.add(card.id)
  }
  if (cursor !== undefined) return { ...queue, scan: { ...scan, after: cursor } }
  if (queue.isWhole) for (const review of view.missingIn(scan.shard, scan.seen)) changed.add(review)
  return { ...queue, scan: null, isWhole: queue.isWhole || queue.toScan.length === 0 }
}

/**
 * Holds the view against the ledger's tallies. Hints that are on their way part them for a moment; where they are apart
 * in the same way twice, one was lost. What reading the shard again doesn't mend is left as it is.
 */
export const takeTallies = (queue: ReviewQueueState, tallies: readonly Tally[]): ReviewQueueState => {
  if (queue.changed.size > 0 || queue.toScan.length > 0 || queue.scan !== null) return queue
  let next = queue
  for (const [shard, { cards, fingerprint }] of tallies.entries()) {
    const view = queue.view.tally(shard)
    const how = `${cards - view.cards} ${fingerprint - view.fingerprint}`
    const rift = queue.rifts.get(shard)
    const isSame = rift?.how === how
    if (how === '0 0') queue.rifts.delete(shard)
    else queue.rifts.set(shard, { how, wasScanned: isSame })
    if (isSame && !rift.wasScanned) next = scanAgain(next, shard)
  }
  return next
}
