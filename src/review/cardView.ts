/** The waiting cards of a tenant, in the order of work, counted by what they are. It changes in place. */
import type { Reason, Severity } from '../tasks/verdict.js'
import { type CardSummary, comparePlaces, matches, type Place, type StatedFilter } from './cardSummary.js'
import { fingerprintOf, type Tally } from './cardTally.js'
import { SortedList } from './sortedList.js'

/** `next`: it looked at so many cards and stopped there; missing: it came to the end, or has enough. */
export type CardPage = { readonly reviews: readonly string[]; readonly next?: Place }
export type CardTotal = { readonly cards: number; readonly next?: Place }

/** Waiting cards by severity, by reason, and by how long they have waited. */
export type CardCounts = {
  readonly waiting: number
  readonly bySeverity: Readonly<Record<string, number>>
  readonly byReason: Readonly<Record<string, number>>
  /** Keys name the upper end: `1m` has those that waited for less than a minute. */
  readonly byAge: Readonly<Record<string, number>>
  /** When the oldest of them was made. */
  readonly oldestAt?: number
}

/** Cards that are counted together. */
type Facet = { readonly severity: Severity; readonly reason: Reason; readonly queue: string; cards: number }

/** Looking at so many takes a few milliseconds, in which nobody else is served. */
const maxLooked = 4_096

const minute = 60_000
const ages = [
  ['1m', minute],
  ['5m', 5 * minute],
  ['15m', 15 * minute],
  ['1h', 60 * minute],
  ['4h', 240 * minute],
  ['1d', 1_440 * minute],
] as const

const severities: readonly Severity[] = ['high', 'normal', 'low']

export class CardView {
  readonly #byId = new Map<string, CardSummary>()
  readonly #inOrder = new SortedList<CardSummary, Place>(comparePlaces)
  readonly #facets = new Map<string, Facet>()
  readonly #tallies: { cards: number; fingerprint: number }[]
  readonly #shardOf: (review: string) => number

  constructor(shards: number, shardOf: (review: string) => number) {
    this.#tallies = Array.from({ length: shards }, () => ({ cards: 0, fingerprint: 0 }))
    this.#shardOf = shardOf
  }

  get size(): number {
    return this.#byId.size
  }

  get(review: string): CardSummary | undefined {
    return this.#byId.get(review)
  }

  /** What never changes in a card is taken from the first time. */
  add(card: CardSummary): void {
    if (this.#byId.has(card.id)) return
    this.#byId.set(card.id, card)
    this.#inOrder.add(card)
    this.#count(card, 1)
  }

  remove(review: string): void {
    const card = this.#byId.get(review)
    if (card === undefined) return
    this.#byId.delete(review)
    this.#inOrder.remove(card)
    this.#count(card, -1)
  }

  /** Cards that match, behind a place. */
  page(filter: StatedFilter, after: Place | undefined, limit: number): CardPage {
    const reviews: string[] = []
    const next = this.#look(filter, after, ({ id }) => reviews.push(id) === limit)
    return { reviews, ...(next === undefined ? {} : { next }) }
  }

  /** How many match; of a search by text, how many of those behind a place. */
  total(filter: StatedFilter, after: Place | undefined): CardTotal {
    if (filter.text === undefined) return { cards: this.#counted(filter) }
    let cards = 0
    const next = this.#look(filter, after, () => {
      cards++
      return false
    })
    return { cards, ...(next === undefined ? {} : { next }) }
  }

  counts(now: number): CardCounts {
    const bySeverity: Record<string, number> = {}
    const byReason: Record<string, number> = {}
    for (const { severity, reason, cards } of this.#facets.values()) {
      bySeverity[severity] = (bySeverity[severity] ?? 0) + cards
      byReason[reason] = (byReason[reason] ?? 0) + cards
    }
    const byAge: Record<string, number> = {}
    let younger = 0
    for (const [age, ms] of ages) {
      const upTo = this.#youngerThan(now - ms)
      byAge[age] = upTo - younger
      younger = upTo
    }
    const oldestAt = Math.min(...severities.map((severity) => this.#oldestOf(severity)))
    return {
      waiting: this.size,
      bySeverity,
      byReason,
      byAge: { ...byAge, older: this.size - younger },
      ...(Number.isFinite(oldestAt) ? { oldestAt } : {}),
    }
  }

  tally(shard: number): Tally {
    return this.#tallies[shard] ?? { cards: 0, fingerprint: 0 }
  }

  /** Ids of a shard's cards that aren't among these. */
  *missingIn(shard: number, reviews: ReadonlySet<string>): Generator<string, void, undefined> {
    for (const id of this.#byId.keys()) if (this.#shardOf(id) === shard && !reviews.has(id)) yield id
  }

  /** Cards made after `at`: each severity is in order of age. */
  #youngerThan(at: number): number {
    const rankOf = (severity: Severity, createdAt: number) => this.#inOrder.rank({ severity, createdAt, id: '' })
    return severities.reduce(
      (sum, severity) => sum + rankOf(severity, Number.POSITIVE_INFINITY) - rankOf(severity, at + 1),
      0,
    )
  }

  #oldestOf(severity: Severity): number {
    const first = this.#inOrder.after({ severity, createdAt: Number.NEGATIVE_INFINITY, id: '' }).next().value
    return first?.severity === severity ? first.createdAt : Number.POSITIVE_INFINITY
  }

  /** Gives the cards that match until one is enough. Returns where it stopped, where it looked at too many. */
  #look(filter: StatedFilter, after: Place | undefined, isEnough: (card: CardSummary) => boolean): Place | undefined {
    let looked = 0
    for (const card of this.#inOrder.after(after)) {
      if (matches(filter, card) && isEnough(card)) return undefined
      if (++looked === maxLooked) return card
    }
    return undefined
  }

  #counted(filter: StatedFilter): number {
    let total = 0
    for (const { severity, reason, queue, cards } of this.#facets.values()) {
      const isCounted =
        filter.status === 'PENDING' &&
        (filter.severity === undefined || filter.severity === severity) &&
        (filter.reason === undefined || filter.reason === reason) &&
        (filter.queue === undefined || filter.queue === queue)
      if (isCounted) total += cards
    }
    return total
  }

  #count({ id, severity, reason, queue }: CardSummary, n: 1 | -1): void {
    const key = `${severity} ${reason} ${queue}`
    const facet = this.#facets.get(key) ?? { severity, reason, queue, cards: 0 }
    facet.cards += n
    if (facet.cards === 0) this.#facets.delete(key)
    else this.#facets.set(key, facet)
    const tally = this.#tallies[this.#shardOf(id)]
    if (tally === undefined) return
    tally.cards += n
    tally.fingerprint += n * fingerprintOf(id)
  }
}
