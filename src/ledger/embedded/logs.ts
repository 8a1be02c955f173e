/** The logs of a shard: entries under ids that grow, and how many there are. */
import type { EntryId, LogPage } from '../port.js'
import type { Slot } from './layer.js'
import { byteString } from './names.js'
import { Recent } from './recent.js'
import type { Store } from './store.js'
import { listTable, rowTable, type Table } from './tables.js'
import { freshId } from './writeHints.js'

type Log = {
  readonly list: Table
  /** The byte string of its name. */
  readonly bytes: string
  size: number
  /** Nothing is left up to and with this id: what was removed there needn't be passed again. */
  trimmed: EntryId
  /** What was last written of it; undefined: that isn't known. */
  last: Slot | undefined
}

const logsInMemory = 4_096

export class Logs {
  readonly #store: Store
  readonly #shard: number
  readonly #sizes: Table
  readonly #logs = new Recent<Log>(logsInMemory)
  readonly #resized = new Set<Log>()

  constructor(store: Store, shard: number) {
    this.#store = store
    this.#shard = shard
    this.#sizes = rowTable(shard, 'g')
  }

  append(name: string, id: EntryId, entry: Uint8Array): void {
    const log = this.#log(name)
    log.last = this.#store.put(log.list, id, Buffer.from(entry), freshId)
    this.#resize(log, 1)
  }

  trim(name: string, upTo: EntryId): void {
    const log = this.#log(name)
    const ids: EntryId[] = []
    for (const [id] of this.#store.range(log.list, { from: log.trimmed, to: `${upTo}\0` })) ids.push(id)
    if (ids.length === 0) return
    for (const id of ids) log.last = this.#store.drop(log.list, id)
    log.trimmed = ids.at(-1) ?? log.trimmed
    this.#resize(log, -ids.length)
  }

  read(name: string, after: EntryId | undefined, limit: number): LogPage {
    this.forget()
    const log = this.#log(name)
    const entries: { id: EntryId; entry: Uint8Array }[] = []
    const from = after === undefined || after < log.trimmed ? log.trimmed : `${after}\0`
    for (const [id, entry] of limit > 0 ? this.#store.range(log.list, { from }) : []) {
      if (entry instanceof Uint8Array) entries.push({ id, entry })
      if (entries.length >= limit) break
    }
    return { entries, size: log.size }
  }

  /** Keeps how much they have: once a call. */
  saveSizes(): void {
    for (const { bytes, size } of this.#resized) {
      if (size === 0) this.#store.drop(this.#sizes, bytes)
      else this.#store.put(this.#sizes, bytes, size)
    }
    this.#resized.clear()
  }

  /** Between calls: no more than so many stay in memory. */
  forget(): void {
    this.#logs.forget()
  }

  /** Whether all that was written of it so far is durable. */
  isDurable(name: string): boolean {
    return this.#log(name).last?.group?.isDurable === true
  }

  #resize(log: Log, by: number): void {
    log.size += by
    this.#resized.add(log)
  }

  #log(name: string): Log {
    const known = this.#logs.get(name)
    if (known !== undefined) return known
    const bytes = byteString(name)
    const size = this.#store.get(this.#sizes, bytes)
    const log = {
      list: listTable(this.#shard, 'L', bytes),
      bytes,
      size: typeof size === 'number' ? size : 0,
      trimmed: '',
      last: undefined,
    }
    this.#logs.set(name, log)
    return log
  }
}
