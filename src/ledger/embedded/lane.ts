/** The entries that wait in one lane, and how many. The first ones are in memory, the rest is read when it is needed. */
import type { EntryId } from '../port.js'
import { byteString } from './names.js'
import type { Store } from './store.js'
import { listTable, rowTable, type Table } from './tables.js'
import { freshId } from './writeHints.js'

export type Waiting = { readonly entry: EntryId; readonly record: string }

const chunkEntries = 256

export class Lane {
  readonly name: string
  readonly bytes: string
  /** Entries that somebody holds. */
  pending = 0
  readonly #store: Store
  readonly #list: Table
  readonly #counts: Table
  #waiting: number
  /** The first entries that wait, from `#at` on. */
  #chunk: Waiting[] = []
  #at = 0
  /** Nothing that waits comes after the chunk. */
  #isWhole: boolean
  /** Nothing waits up to and with this id. */
  #passed: EntryId = ''

  constructor(store: Store, shard: number, name: string, waiting: number) {
    this.name = name
    this.bytes = byteString(name)
    this.#store = store
    this.#list = listTable(shard, 'W', this.bytes)
    this.#counts = rowTable(shard, 'n')
    this.#waiting = waiting
    this.#isWhole = waiting === 0
  }

  get waiting(): number {
    return this.#waiting
  }

  push(entry: EntryId, record: string): void {
    this.#store.put(this.#list, entry, record, freshId)
    this.#waiting += 1
    if (this.#isWhole && this.#chunk.length - this.#at < chunkEntries) this.#chunk.push({ entry, record })
    else this.#isWhole = false
  }

  first(): Waiting | undefined {
    if (this.#at === this.#chunk.length && !this.#isWhole) this.#read()
    return this.#chunk[this.#at]
  }

  shift(): void {
    const first = this.first()
    if (first === undefined) return
    this.#at += 1
    this.#passed = first.entry
    if (this.#at === this.#chunk.length) this.#empty()
    this.#store.drop(this.#list, first.entry)
    this.#waiting -= 1
  }

  has(entry: EntryId): boolean {
    return this.#store.get(this.#list, entry) !== undefined
  }

  remove(entry: EntryId): void {
    if (!this.has(entry)) return
    this.#store.drop(this.#list, entry)
    this.#waiting -= 1
    this.#chunk = this.#chunk.slice(this.#at).filter((one) => one.entry !== entry)
    this.#at = 0
  }

  /** Keeps how many wait. */
  saveCount(): void {
    if (this.#waiting === 0) this.#store.drop(this.#counts, this.bytes)
    else this.#store.put(this.#counts, this.bytes, [this.name, this.#waiting])
  }

  #read(): void {
    this.#empty()
    for (const [entry, record] of this.#store.range(this.#list, { from: `${this.#passed}\0` })) {
      if (typeof record === 'string') this.#chunk.push({ entry, record })
      if (this.#chunk.length === chunkEntries) break
    }
    this.#isWhole = this.#chunk.length === this.#waiting
  }

  #empty(): void {
    this.#chunk = []
    this.#at = 0
  }
}
