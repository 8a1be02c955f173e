/**
 * The list of cards that match a filter: read page by page as the reader comes to its end, and live from then on.
 *
 * Pages and changes may overtake each other; the version says which is newer. A card that stops to match stays where it
 * is, marked, until the reader moves on: nothing slips away under the eyes, or under a finger.
 */
import { signal } from '@preact/signals'
import { ChimeraError } from '../../../src/client/chimeraError.js'
import type { Frame } from '../../../src/client/connection.js'
import { cardsOf } from '../../../src/client/subscription.js'
import type { Ack } from '../../../src/protocol/nodeFrames.js'
import type { CardFilter } from '../../../src/protocol/operatorFrames.js'
import type { ReviewCard } from '../../../src/protocol/records.js'
import type { Station } from '../session/station.js'
import { compareRows, matches, type Row, rowOf } from './row.js'

const pageSize = 200
const largestPage = 1_000
const pageLimit = (wanted: number): number => Math.min(largestPage, Math.max(pageSize, wanted))
const recountMs = 1_000
/** Between two changes of the list. */
const flushMs = 50

export class Feed {
  readonly filter = signal<CardFilter>({ status: 'PENDING' })
  readonly rows = signal<readonly Row[]>([])
  readonly total = signal(0)
  /** Undefined: the list is as it is at the node. */
  readonly trouble = signal<string | undefined>(undefined)
  readonly isReading = signal(false)
  /** A card that wasn't there before, and waits. */
  onArrival: (row: Row) => void = () => {}
  readonly #station: Station
  #cursor: string | undefined
  /** Of the list that is shown; answers of the one before count for nothing. */
  #reading = 0
  #changed = new Map<string, Row>()
  #isFlushing = false
  #flushedAt = 0
  #recount: ReturnType<typeof setTimeout> | undefined

  constructor(station: Station) {
    this.#station = station
  }

  open(filter: CardFilter): Promise<void> {
    this.filter.value = filter
    this.rows.value = []
    return this.read()
  }

  /** From the beginning: after each welcome, and for another filter. What is shown stays until as much is read again. */
  async read(): Promise<void> {
    const shown = this.rows.value.length
    await this.#reads(++this.#reading, async () => {
      const first = await this.#ask({ type: 'subscribe', limit: pageLimit(shown) })
      const rows = cardsOf(first).map(rowOf)
      let last = first
      while (rows.length < shown && typeof last.cursor === 'string') {
        last = await this.#ask({ type: 'cards', cursor: last.cursor, limit: pageLimit(shown - rows.length) })
        rows.push(...cardsOf(last).map(rowOf))
      }
      return { rows, last }
    })
  }

  async more(): Promise<void> {
    if (this.isReading.value || this.#cursor === undefined) return
    await this.#reads(this.#reading, async () => {
      const last = await this.#ask({ type: 'cards', cursor: this.#cursor, limit: pageSize })
      return { rows: [...this.rows.value, ...cardsOf(last).map(rowOf)], last }
    })
  }

  get isWhole(): boolean {
    return this.#cursor === undefined
  }

  changed(card: ReviewCard): void {
    const row = rowOf(card)
    const before = this.#changed.get(row.reviewId)
    if (before !== undefined && before.version > row.version) return
    this.#changed.set(row.reviewId, row)
    if (this.#isFlushing) return
    this.#isFlushing = true
    // Many changes, one list; but what comes after a while of quiet is shown at once.
    setTimeout(() => this.#flush(), Math.max(0, this.#flushedAt + flushMs - performance.now()))
  }

  /** The reader moved on: what has left may go, but for the card that is open. */
  sweep(open: string | undefined): void {
    if (this.rows.value.some(({ hasLeft, reviewId }) => hasLeft === true && reviewId !== open))
      this.rows.value = this.rows.value.filter(({ hasLeft, reviewId }) => hasLeft !== true || reviewId === open)
  }

  forget(): void {
    this.#reading++
    this.isReading.value = false
    this.#changed.clear()
    this.#cursor = undefined
    this.rows.value = []
    this.total.value = 0
    this.filter.value = { status: 'PENDING' }
  }

  #ask(frame: Frame): Promise<Ack> {
    return this.#station.ask({ ...frame, filter: this.filter.value })
  }

  /** Changes that come meanwhile wait for its end: they may be newer than what is read. */
  async #reads(reading: number, read: () => Promise<{ readonly rows: readonly Row[]; readonly last: Ack }>) {
    this.isReading.value = true
    let trouble: string | undefined
    try {
      const { rows, last } = await read()
      if (reading !== this.#reading) return
      this.#cursor = typeof last.cursor === 'string' ? last.cursor : undefined
      this.total.value = Number(last.total)
      this.rows.value = this.#merged([], rows, true)
    } catch (error) {
      trouble = error instanceof ChimeraError ? error.message : String(error)
    }
    if (reading !== this.#reading) return
    this.trouble.value = trouble
    this.isReading.value = false
    this.#flush()
  }

  #flush(): void {
    this.#isFlushing = false
    if (this.isReading.value) return
    const changed = [...this.#changed.values()]
    this.#changed.clear()
    if (changed.length === 0) return
    this.#flushedAt = performance.now()
    const known = new Set(this.rows.value.map(({ reviewId }) => reviewId))
    this.rows.value = this.#merged(this.rows.value, changed)
    for (const row of changed)
      if (!known.has(row.reviewId) && row.status === 'PENDING' && row.version === 1) this.onArrival(row)
    this.#recount ??= setTimeout(() => void this.#count(), recountMs)
  }

  /** What comes behind the last that was read comes with its page. */
  #merged(before: readonly Row[], news: readonly Row[], isPage = false): readonly Row[] {
    const filter = this.filter.value
    const compare = compareRows(filter.status ?? 'PENDING')
    const last = this.isWhole || isPage ? undefined : before.at(-1)
    const byId = new Map(before.map((row) => [row.reviewId, row]))
    for (const row of news) {
      const old = byId.get(row.reviewId)
      if (old !== undefined && old.version > row.version) continue
      if (matches(filter, row) || row.hasLeft === true) {
        if (old !== undefined || last === undefined || compare(row, last) <= 0) byId.set(row.reviewId, row)
      } else if (old !== undefined) byId.set(row.reviewId, { ...row, hasLeft: true })
    }
    return [...byId.values()].sort(compare)
  }

  async #count(): Promise<void> {
    this.#recount = undefined
    const reading = this.#reading
    const ack = await this.#station.ask({ type: 'cards', filter: this.filter.value, limit: 1 }).catch(() => undefined)
    if (ack !== undefined && reading === this.#reading) this.total.value = Number(ack.total)
  }
}
