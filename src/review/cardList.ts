/**
 * Pages of cards. Those that wait come in the order of work, from the review queue's view; those that were decided come
 * latest first, from the ledger's sets. Either way what is shown is read from the ledger.
 */
import { reviewQueueAddress } from '../actors/addresses.js'
import type { Member } from '../ledger/port.js'
import type { ReviewCard } from '../protocol/records.js'
import { cardSet } from '../tasks/keys.js'
import { ask, type Procedure, range } from '../tasks/procedure.js'
import type { Severity } from '../tasks/verdict.js'
import { type CardAndTask, readCards } from './cardReads.js'
import { matches, type Place, type StatedFilter, summaryOf } from './cardSummary.js'
import { decodeCursor, encodeCursor } from './cursor.js'
import type { Listed, ListQuestion, NotYet, Totalled, TotalQuestion } from './reviewQueueState.js'
import { ShardMerge } from './shardMerge.js'
import { shownCard, sizeOf } from './shownCard.js'

export type ListRequest = {
  readonly tenant: string
  readonly filter: StatedFilter
  readonly cursor?: string
  readonly limit: number
}

export type CardList =
  | { readonly kind: 'cards'; readonly cards: readonly ReviewCard[]; readonly total: number; readonly cursor?: string }
  | { readonly kind: 'badCursor' }
  | NotYet

/** A message towards a client has 8 MiB; a page ends before that. */
const pageBytes = 4 * 1_048_576
/** Cards are read so many at a time: each may come with a megabyte. */
const groupCards = 16
/** Most cards that one page of decided ones looks at: with a filter that seldom matches it may have few, and a cursor. */
const maxLooked = 1_024
const askMs = 10_000

export function* listCards(shards: number, request: ListRequest): Procedure<CardList> {
  return request.filter.status === 'PENDING' ? yield* listWaiting(shards, request) : yield* listDecided(shards, request)
}

function* listWaiting(shards: number, { tenant, filter, cursor, limit }: ListRequest): Procedure<CardList> {
  const after = cursor === undefined ? undefined : placeOf(cursor)
  if (after === null) return { kind: 'badCursor' }
  const total = yield* totalWaiting(tenant, filter)
  if (typeof total !== 'number') return total
  // One more than the page has, to know whether there is another.
  const waiting = yield* findWaiting(tenant, filter, after, limit + 1)
  if ('kind' in waiting) return waiting
  const page = new Page(limit)
  let last: Place | undefined
  for (let at = 0; at < waiting.length; at += groupCards) {
    const reviews = waiting.slice(at, at + groupCards)
    const found = yield* readCards(shards, tenant, reviews)
    for (const review of reviews) {
      const one = found.get(review)
      // Decided since the view was asked: it isn't waiting any more.
      if (one === undefined || one.card.standing.status !== 'PENDING') continue
      if (page.isFull) return page.list(total, last && cursorOf(last))
      page.add(one)
      last = one.card
    }
  }
  return page.list(total, waiting.length > limit ? last && cursorOf(last) : undefined)
}

/** Ids of the first `limit` cards that match. */
function* findWaiting(tenant: string, filter: StatedFilter, after: Place | undefined, limit: number) {
  const reviews: string[] = []
  let from = after
  do {
    const question: ListQuestion = { kind: 'list', filter, limit: limit - reviews.length, ...(from && { after: from }) }
    const listed = yield* ask<Listed | NotYet>(reviewQueueAddress(tenant), question, askMs)
    if (listed.kind === 'notYet') return listed
    reviews.push(...listed.reviews)
    from = listed.next
  } while (from !== undefined && reviews.length < limit)
  return reviews
}

function* totalWaiting(tenant: string, filter: StatedFilter) {
  let total = 0
  let from: Place | undefined
  do {
    const question: TotalQuestion = { kind: 'total', filter, ...(from && { after: from }) }
    const totalled = yield* ask<Totalled | NotYet>(reviewQueueAddress(tenant), question, askMs)
    if (totalled.kind === 'notYet') return totalled
    total += totalled.cards
    from = totalled.next
  } while (from !== undefined)
  return total
}

const cursorOf = ({ severity, createdAt, id }: Place): string => encodeCursor('waiting', [severity, createdAt, id])

const severities: readonly Severity[] = ['low', 'normal', 'high']

const placeOf = (cursor: string): Place | null => {
  const [word, createdAt, id] = decodeCursor('waiting', cursor) ?? []
  const severity = severities.find((one) => one === word)
  if (severity === undefined || typeof createdAt !== 'number' || typeof id !== 'string') return null
  return { severity, createdAt, id }
}

/** `total` is that of the status: what else the filter asks is seen only where the cards are read. */
function* listDecided(shards: number, { tenant, filter, cursor, limit }: ListRequest): Procedure<CardList> {
  const before = cursor === undefined ? undefined : memberOf(cursor)
  if (before === null) return { kind: 'badCursor' }
  const set = cardSet(tenant, filter.status)
  const merge = new ShardMerge<Member>(shards, (shard, after) => readLatest(shard, set, before, after), isLater)
  const total = yield* countMembers(shards, set)
  const page = new Page(limit)
  let last: Member | undefined
  for (let looked = 0; looked < maxLooked; looked += groupCards) {
    const group = yield* takeGroup(merge)
    const found = yield* readCards(
      shards,
      tenant,
      group.map(({ member }) => member),
    )
    for (const at of group) {
      if (page.isFull) return page.list(total, last && cursorBehind(last))
      last = at
      const one = found.get(at.member)
      if (one !== undefined && matches(filter, summaryOf(one.card))) page.add(one)
    }
    if (group.length < groupCards) return page.list(total, undefined)
  }
  return page.list(total, last && cursorBehind(last))
}

const isLater = (a: Member, b: Member): boolean => a.score > b.score || (a.score === b.score && a.member > b.member)

function* takeGroup(merge: ShardMerge<Member>): Procedure<readonly Member[]> {
  const group: Member[] = []
  while (group.length < groupCards) {
    const next = yield* merge.take()
    if (next === null) break
    group.push(next.item)
  }
  return group
}

function* readLatest(shard: number, set: string, before: Member | undefined, after: string | undefined) {
  const { members, cursor } = yield* range({
    shard,
    set,
    descending: true,
    limit: 64,
    ...(before === undefined ? {} : { upTo: before.score }),
    ...(after === undefined ? {} : { after }),
  })
  const items = before === undefined ? members : members.filter((one) => isLater(before, one))
  return { items, ...(cursor === undefined ? {} : { next: cursor }) }
}

const cursorBehind = ({ score, member }: Member): string => encodeCursor('decided', [score, member])

const memberOf = (cursor: string): Member | null => {
  const [score, member] = decodeCursor('decided', cursor) ?? []
  return typeof score === 'number' && typeof member === 'string' ? { score, member } : null
}

/** Counting goes on to here. */
const maxCounted = 10_000

function* countMembers(shards: number, set: string): Procedure<number> {
  let counted = 0
  for (let shard = 0; shard < shards; shard++) {
    let after: string | undefined
    do {
      const page = yield* range({ shard, set, limit: 1_000, ...(after === undefined ? {} : { after }) })
      counted += page.members.length
      after = page.cursor
    } while (after !== undefined && counted < maxCounted)
  }
  return Math.min(counted, maxCounted)
}

/** The cards of a page, as many as one message holds. */
class Page {
  readonly #limit: number
  readonly #cards: ReviewCard[] = []
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get isFull(): boolean {
    return this.#cards.length >= this.#limit || this.#bytes >= pageBytes
  }

  add({ card, task }: CardAndTask): void {
    const shown = shownCard(card, task, { whole: false })
    this.#bytes += sizeOf(shown)
    this.#cards.push(shown)
  }

  list(total: number, cursor: string | undefined): CardList {
    return { kind: 'cards', cards: this.#cards, total, ...(cursor === undefined ? {} : { cursor }) }
  }
}
