/**
 * An operator's live view of cards: the whole list, then each change; the list anew after each reconnect.
 *
 * Changes that come while the list is read page by page are told after it, so that the listener needs to know nothing
 * of pages. A card in both may come twice; its `version` says which is newer.
 */
import type { Ack } from '../protocol/nodeFrames.js'
import type { CardFilter } from '../protocol/operatorFrames.js'
import type { ReviewCard } from '../protocol/records.js'
import type { CallOptions } from './call.js'
import { ChimeraError } from './chimeraError.js'
import type { Frame } from './connection.js'

export type CardChange =
  /** All that match, in the node's order. `total` says how many there are, where `limit` cut the list. */
  | { readonly kind: 'list'; readonly cards: readonly ReviewCard[]; readonly total: number }
  /** It changed, and matches or just stopped to match. */
  | { readonly kind: 'card'; readonly card: ReviewCard }

export type CardListener = (change: CardChange) => void

export type Call = (frame: Frame, options?: CallOptions) => Promise<Ack>

const pageSize = 200
/** What a timer can count to: as long as the connection lasts. */
const longestMs = 2 ** 31 - 1

export class Subscription {
  /** Resolves when the first list was told; rejects where the node refuses it, or the subscription is ended before. */
  readonly listed: Promise<void>
  readonly #filter: CardFilter
  readonly #limit: number
  readonly #listener: CardListener
  readonly #call: Call
  /** Changes that came before the list was whole; undefined once it is. */
  #early: ReviewCard[] | undefined = []
  #reading = new AbortController()
  #settle: { readonly listed: () => void; readonly failed: (error: unknown) => void } | undefined

  constructor(filter: CardFilter, limit: number, listener: CardListener, call: Call) {
    this.#filter = filter
    this.#limit = limit
    this.#listener = listener
    this.#call = call
    this.listed = new Promise((listed, failed) => {
      this.#settle = { listed, failed }
    })
  }

  /** Reads the list anew, instead of whatever is being read: after each welcome. */
  read(): void {
    this.#reading.abort()
    const reading = new AbortController()
    const { signal } = reading
    this.#reading = reading
    this.#early = []
    this.#list(signal).then(
      (list) => signal.aborted || this.#tell(list),
      (error: unknown) => signal.aborted || this.#failed(error),
    )
  }

  changed(card: ReviewCard): void {
    if (this.#early === undefined) this.#listener({ kind: 'card', card })
    else this.#early.push(card)
  }

  stop(because = new ChimeraError('CLOSED', 'the subscription was ended')): void {
    this.#reading.abort()
    this.#failed(because)
  }

  #tell(list: CardChange): void {
    const early = this.#early ?? []
    this.#early = undefined
    this.#listener(list)
    for (const card of early) this.#listener({ kind: 'card', card })
    this.#settle?.listed()
    this.#settle = undefined
  }

  /** Only the first list has somebody who waits for it; the others are read again with the next welcome. */
  #failed(error: unknown): void {
    this.#settle?.failed(error)
    this.#settle = undefined
  }

  async #list(signal: AbortSignal): Promise<CardChange> {
    const options = { signal, timeoutMs: longestMs }
    const about = { filter: this.#filter, limit: Math.min(pageSize, this.#limit) }
    let page = await this.#call({ type: 'subscribe', ...about }, options)
    const cards = [...cardsOf(page)]
    const total = typeof page.total === 'number' ? page.total : cards.length
    while (typeof page.cursor === 'string' && cards.length < this.#limit) {
      page = await this.#call({ type: 'cards', ...about, cursor: page.cursor }, options)
      cards.push(...cardsOf(page))
    }
    return { kind: 'list', cards: cards.slice(0, this.#limit), total }
  }
}

export const cardsOf = ({ cards }: Ack): readonly ReviewCard[] => (Array.isArray(cards) ? cards : [])
