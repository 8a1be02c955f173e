/** The port over the shards of a folder that is open. */
import {
  type ClaimRequest,
  type Durability,
  type EntryId,
  type HintListener,
  type Holder,
  type Ledger,
  LedgerFault,
  type Transaction,
} from '../port.js'
import { EmbeddedShard } from './embeddedShard.js'
import { readSecret } from './folder.js'
import type { FolderLock } from './folderLock.js'
import { InvalidWrite } from './names.js'
import type { Room } from './room.js'
import type { SetRange } from './sets.js'
import type { Store } from './store.js'

export type OpenFolder = {
  readonly folder: string
  readonly generation: string
  readonly store: Store
  readonly lock: FolderLock
  readonly room: Room
  readonly clock: () => number
  readonly shards: number
  readonly recordsInMemory: number
}

export class EmbeddedLedger implements Ledger {
  readonly shards: number
  readonly durability: Durability
  readonly #open: OpenFolder
  readonly #shards: readonly EmbeddedShard[]
  readonly #listeners = new Map<symbol, HintListener>()
  readonly #secrets = new Map<string, Promise<Uint8Array>>()
  #now = 0
  #closed: Promise<void> | undefined

  constructor(open: OpenFolder) {
    this.#open = open
    this.shards = open.shards
    this.durability = { generation: open.generation, durability: 'fsync', windowMs: 0 }
    this.#shards = Array.from({ length: open.shards }, (_, shard) => {
      return new EmbeddedShard(open.store, shard, {
        recordsInMemory: open.recordsInMemory,
        now: () => this.now(),
        hint: (hint) => this.#tell(shard, hint),
        isScarce: () => open.room.isScarce(),
      })
    })
    this.#now = Math.max(...this.#shards.map(({ now }) => now))
  }

  async secret(name: string): Promise<Uint8Array> {
    this.#checkOpen()
    const known = this.#secrets.get(name) ?? readSecret(this.#open.folder, name)
    this.#secrets.set(name, known)
    return (await known).slice()
  }

  now(): number {
    this.#now = Math.max(this.#now, Math.floor(this.#open.clock()))
    return this.#now
  }

  commit(shard: number, holder: Holder, seq: number, transactions: readonly Transaction[]) {
    return this.#ask(shard, (one) => one.commit(holder, seq, transactions))
  }

  claim(shard: number, holder: Holder, claimSeq: number, request: ClaimRequest) {
    return this.#ask(shard, (one) => one.claim(holder, claimSeq, request))
  }

  held(shard: number, holder: Holder) {
    return this.#ask(shard, (one) => one.held(holder))
  }

  holders(shard: number) {
    return this.#ask(shard, (one) => one.holders())
  }

  read(shard: number, records: readonly string[]) {
    return this.#ask(shard, (one) => one.read(records))
  }

  range(shard: number, set: string, options: SetRange) {
    return this.#ask(shard, (one) => one.range(set, options))
  }

  log(shard: number, log: string, options: { readonly after?: EntryId; readonly limit: number }) {
    return this.#ask(shard, (one) => one.log(log, options))
  }

  ready(shard: number, prefix: string) {
    return this.#ask(shard, (one) => one.ready(prefix))
  }

  onHint(listener: HintListener): () => void {
    const key = Symbol('listener')
    this.#listeners.set(key, listener)
    return () => this.#listeners.delete(key)
  }

  /** Nobody else has this ledger. */
  passHint(): void {}

  close(): Promise<void> {
    this.#closed ??= this.#end()
    return this.#closed
  }

  async #end(): Promise<void> {
    await this.#open.store.close()
    this.#listeners.clear()
    await this.#open.lock.release()
  }

  async #ask<T>(shard: number, question: (shard: EmbeddedShard) => Promise<T>): Promise<T> {
    this.#checkOpen()
    const asked = this.#shards[shard]
    if (asked === undefined) throw new RangeError(`shard: expected 0 to ${this.shards - 1}, got ${shard}`)
    try {
      return await question(asked)
    } catch (error) {
      throw error instanceof InvalidWrite ? new RangeError(error.message, { cause: error }) : error
    }
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw new LedgerFault('the ledger is closed')
  }

  // One who fails to listen is no reason to keep it from the others.
  #tell(shard: number, hint: string): void {
    for (const listener of this.#listeners.values()) {
      try {
        listener(shard, hint, false)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
