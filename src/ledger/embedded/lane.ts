/** The entries that wait in one lane, and how many. The first ones are in memory, the rest is read when it is needed. */
import type { EntryId } from '../port.js'
import { byteString } from './names.js'
import type { Store } from './store.js'
import { listPrefix, rowKey } from './storeKeys.js'

export type Waiting = { readonly entry: EntryId; readonly record: string }

const chunkEntries = 256

export class Lane {
  readonly name: string
  readonly bytes: string
  /** Entries that somebody holds. */
  pending = 0
  readonly #store: Store
  readonly #prefix: string
  readonly #countKey: string
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
    this.#prefix = listPrefix(shard, 'W', this.bytes)
    this.#countKey = rowKey(shard, 'n', this.bytes)
    this.#waiting = waiting
    this.#isWhole = waiting === 0
  }

  get waiting(): number {
    return this.#waiting
  }

  push(entry: EntryId, record: string): void {
    this.#store.putItem(this.#prefix, entry, record, true)
    this.#count(1)
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
    this.#store.dropItem(this.#prefix, first.entry)
    this.#count(-1)
  }

  has(entry: EntryId): boolean {
    return this.#store.getItem(this.#prefix, entry) !== undefined
  }

  remove(entry: EntryId): void {
    if (!this.has(entry)) return
    this.#store.dropItem(this.#prefix, entry)
    this.#count(-1)
    this.#chunk = this.#chunk.slice(this.#at).filter((one) => one.entry !== entry)
    this.#at = 0
  }

  #read(): void {
    this.#empty()
    for (const [entry, record] of this.#store.range(this.#prefix, { from: `${this.#passed}\0` })) {
      if (typeof record === 'string') this.#chunk.push({ entry, record })
      if (this.#chunk.length === chunkEntries) break
    }
    this.#isWhole = this.#chunk.length === this.#waiting
  }

  #empty(): void {
    this.#chunk = []
    this.#at = 0
  }

  #count(by: number): void {
    this.#waiting += by
    if (this.#waiting === 0) this.#store.drop(this.#countKey)
    else this.#store.put(this.#countKey, [this.name, this.#waiting])
  }
}
