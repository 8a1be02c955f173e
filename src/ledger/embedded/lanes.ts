/**
 * The lanes of a shard: who waits, in order, and what is pending for whom.
 *
 * Entries are taken from the front only, so the next ones of a lane are read in chunks and the rest stays on disk.
 * What is pending is all in memory: an agent holds each of them, and costs far more than its entry.
 */
import type { EntryId, HeldEntry, Holder } from '../port.js'
import { Lane, type Waiting } from './lane.js'
import type { Slot } from './layer.js'
import { byteString } from './names.js'
import { SortedMap } from './sortedMap.js'
import type { Store } from './store.js'
import { rowTable, type Table } from './tables.js'
import { freshId } from './writeHints.js'

export type Pending = {
  readonly lane: string
  readonly entry: EntryId
  readonly record: string
  holder: Holder
  slot: Slot | undefined
}

export class Lanes {
  readonly #store: Store
  readonly #shard: number
  readonly #entries: Table
  readonly #lanes = new Map<string, Lane>()
  /** Those with somebody waiting, by the byte string of their name. */
  readonly #ready = new SortedMap<Lane>()
  readonly #pending = new Map<EntryId, Pending>()
  readonly #heldCounts = new Map<Holder, number>()
  /** Those of which another number waits than is stored. */
  readonly #changed = new Set<Lane>()

  constructor(store: Store, shard: number) {
    this.#store = store
    this.#shard = shard
    this.#entries = rowTable(shard, 'p')
    for (const [, stored] of store.rows(rowTable(shard, 'n'))) {
      const [name, waiting] = stored as [string, number]
      this.#noteReady(this.#lane(name, waiting))
    }
    for (const [entry, stored] of store.rows(this.#entries)) {
      const [lane, record, holder] = stored as [string, string, Holder]
      this.#hold({ lane, entry, record, holder, slot: undefined })
    }
  }

  enqueue(name: string, entry: EntryId, record: string): void {
    const lane = this.#lane(name, 0)
    lane.push(entry, record)
    this.#changed.add(lane)
    if (lane.waiting === 1) this.#noteReady(lane)
  }

  /** Who is next in a lane. */
  first(name: string): Waiting | undefined {
    return this.#lanes.get(name)?.first()
  }

  /** The next one of a lane becomes pending. */
  take(name: string, { entry, record }: Waiting, holder: Holder): void {
    this.dropFirst(name)
    const slot = this.#store.put(this.#entries, entry, [name, record, holder], freshId)
    this.#hold({ lane: name, entry, record, holder, slot })
  }

  /** The next one of a lane is gone. */
  dropFirst(name: string): void {
    const lane = this.#lanes.get(name)
    lane?.shift()
    this.#noteWaiting(lane)
  }

  pending(lane: string, entry: EntryId): Pending | undefined {
    const pending = this.#pending.get(entry)
    return pending?.lane === lane ? pending : undefined
  }

  isWaiting(name: string, entry: EntryId): boolean {
    return this.#lanes.get(name)?.has(entry) ?? false
  }

  settle(entry: EntryId): void {
    const pending = this.#pending.get(entry)
    if (pending === undefined) return
    this.#pending.delete(entry)
    this.#countHeld(pending.holder, -1)
    this.#store.drop(this.#entries, entry, pending.slot)
    const lane = this.#lanes.get(pending.lane)
    if (lane !== undefined) lane.pending -= 1
    this.#forgetEmpty(lane)
  }

  /** Removes one that waits. */
  remove(name: string, entry: EntryId): void {
    const lane = this.#lanes.get(name)
    lane?.remove(entry)
    this.#noteWaiting(lane)
  }

  adopt(entry: EntryId, holder: Holder): void {
    const pending = this.#pending.get(entry)
    if (pending === undefined) return
    this.#countHeld(pending.holder, -1)
    this.#countHeld(holder, 1)
    pending.holder = holder
    pending.slot = this.#store.put(this.#entries, entry, [pending.lane, pending.record, holder], { slot: pending.slot })
  }

  size(name: string): number {
    const lane = this.#lanes.get(name)
    return lane === undefined ? 0 : lane.waiting + lane.pending
  }

  heldCount(holder: Holder): number {
    return this.#heldCounts.get(holder) ?? 0
  }

  held(holder: Holder): HeldEntry[] {
    if (this.heldCount(holder) === 0) return []
    return [...this.#pending.values()]
      .filter((pending) => pending.holder === holder)
      .map(({ lane, entry, record }) => ({ lane, entry, record }))
      .sort((left, right) => (left.entry < right.entry ? -1 : 1))
  }

  /** Keeps how many wait: once a call. */
  saveCounts(): void {
    for (const lane of this.#changed) lane.saveCount()
    this.#changed.clear()
  }

  ready(prefix: string): { lane: string; waiting: number }[] {
    const start = prefix === '' ? '' : byteString(prefix)
    const found: { lane: string; waiting: number }[] = []
    for (const [key, lane] of this.#ready.range(start, undefined, false)) {
      if (!key.startsWith(start)) break
      found.push({ lane: lane.name, waiting: lane.waiting })
    }
    return found
  }

  #lane(name: string, waiting: number): Lane {
    let lane = this.#lanes.get(name)
    if (lane === undefined) {
      lane = new Lane(this.#store, this.#shard, name, waiting)
      this.#lanes.set(name, lane)
    }
    return lane
  }

  #noteReady(lane: Lane): void {
    this.#ready.set(lane.bytes, lane)
  }

  #noteWaiting(lane: Lane | undefined): void {
    if (lane !== undefined) this.#changed.add(lane)
    if (lane?.waiting === 0) this.#ready.delete(lane.bytes)
    this.#forgetEmpty(lane)
  }

  #forgetEmpty(lane: Lane | undefined): void {
    if (lane !== undefined && lane.waiting + lane.pending === 0) this.#lanes.delete(lane.name)
  }

  #hold(pending: Pending): void {
    this.#pending.set(pending.entry, pending)
    this.#countHeld(pending.holder, 1)
    this.#lane(pending.lane, 0).pending += 1
  }

  #countHeld(holder: Holder, by: number): void {
    const count = this.heldCount(holder) + by
    if (count === 0) this.#heldCounts.delete(holder)
    else this.#heldCounts.set(holder, count)
  }
}
