/** What a shard keeps, in memory and in the store. */
import type { EntryId } from '../port.js'
import { Holders } from './holders.js'
import { Lanes } from './lanes.js'
import { Logs } from './logs.js'
import { Records } from './records.js'
import { Sets } from './sets.js'
import type { Store } from './store.js'
import { rowTable, type Table } from './tables.js'

/** Digits of an id, in base 36: as many as a number can count. */
const idDigits = 11

export class ShardState {
  readonly records: Records
  readonly lanes: Lanes
  readonly sets: Sets
  readonly logs: Logs
  readonly holders: Holders
  readonly #store: Store
  readonly #table: Table
  #epoch: number
  #lastId: number
  #now: number

  constructor(store: Store, shard: number, recordsInMemory: number) {
    this.#store = store
    this.#table = rowTable(shard, 'x')
    const [epoch, lastId, now] = (store.get(this.#table, '') ?? [0, 0, 0]) as [number, number, number]
    this.#epoch = epoch
    this.#lastId = lastId
    this.#now = now
    this.records = new Records(store, shard, recordsInMemory)
    this.lanes = new Lanes(store, shard)
    this.sets = new Sets(store, shard, recordsInMemory)
    this.logs = new Logs(store, shard)
    this.holders = new Holders(store, shard)
  }

  get epoch(): number {
    return this.#epoch
  }

  /** When something last happened here. */
  get now(): number {
    return this.#now
  }

  raise(epoch: number): void {
    this.#epoch = epoch
  }

  /** One id for lanes and logs alike, each greater than the one before. */
  nextId(): EntryId {
    this.#lastId += 1
    return this.#lastId.toString(36).padStart(idDigits, '0')
  }

  /** Ends a call that wrote something: keeps what changed of the shard itself. */
  save(now: number): void {
    this.#now = now
    this.lanes.saveCounts()
    this.logs.saveSizes()
    for (const one of [this.records, this.sets, this.logs]) one.forget()
    this.#store.put(this.#table, '', [this.#epoch, this.#lastId, now])
  }
}
