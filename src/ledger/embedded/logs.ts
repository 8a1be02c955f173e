/** The logs of a shard: entries under ids that grow, and how many there are. */
import type { EntryId, LogPage } from '../port.js'
import { byteString } from './names.js'
import { Recent } from './recent.js'
import type { Store } from './store.js'
import { listPrefix, rowKey } from './storeKeys.js'

type Log = {
  readonly prefix: string
  readonly sizeKey: string
  size: number
  /** Nothing is left up to and with this id: what was removed there needn't be passed again. */
  trimmed: EntryId
}

const logsInMemory = 4_096

export class Logs {
  readonly #store: Store
  readonly #shard: number
  readonly #logs = new Recent<Log>(logsInMemory)

  constructor(store: Store, shard: number) {
    this.#store = store
    this.#shard = shard
  }

  append(name: string, id: EntryId, entry: Uint8Array): void {
    const log = this.#log(name)
    this.#store.putItem(log.prefix, id, Buffer.from(entry), true)
    this.#resize(log, 1)
  }

  trim(name: string, upTo: EntryId): void {
    const log = this.#log(name)
    const ids: EntryId[] = []
    for (const [id] of this.#store.range(log.prefix, { from: log.trimmed, to: `${upTo}\0` })) ids.push(id)
    if (ids.length === 0) return
    for (const id of ids) this.#store.dropItem(log.prefix, id)
    log.trimmed = ids.at(-1) ?? log.trimmed
    this.#resize(log, -ids.length)
  }

  read(name: string, after: EntryId | undefined, limit: number): LogPage {
    const log = this.#log(name)
    const entries: { id: EntryId; entry: Uint8Array }[] = []
    const from = after === undefined || after < log.trimmed ? log.trimmed : `${after}\0`
    for (const [id, entry] of limit > 0 ? this.#store.range(log.prefix, { from }) : []) {
      if (entry instanceof Uint8Array) entries.push({ id, entry })
      if (entries.length >= limit) break
    }
    return { entries, size: log.size }
  }

  #resize(log: Log, by: number): void {
    log.size += by
    if (log.size === 0) this.#store.drop(log.sizeKey)
    else this.#store.put(log.sizeKey, log.size)
  }

  #log(name: string): Log {
    const known = this.#logs.get(name)
    if (known !== undefined) return known
    const bytes = byteString(name)
    const sizeKey = rowKey(this.#shard, 'g', bytes)
    const size = this.#store.get(sizeKey)
    const log = {
      prefix: listPrefix(this.#shard, 'L', bytes),
      sizeKey,
      size: typeof size === 'number' ? size : 0,
      trimmed: '',
    }
    this.#logs.set(name, log)
    return log
  }
}
