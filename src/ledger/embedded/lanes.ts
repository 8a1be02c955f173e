/**
 * The lanes of a shard: who waits, in order, and what is pending for whom.
 *
 * Entries are taken from the front only, so the next ones of a lane are read in chunks and the rest stays on disk.
 * What is pending is all in memory: an agent holds each of them, and costs far more than its entry.
 */
import type { EntryId, HeldEntry, Holder } from '../port.js'
import { Lane, type Waiting } from './lane.js'
import { byteString } from './names.js'
import type { Stored } from './packing.js'
import { SortedMap } from './sortedMap.js'
import type { Store } from './store.js'
import { rowKey } from './storeKeys.js'

export type Pending = {
  readonly lane: string
  readonly entry: EntryId
  readonly record: string
  readonly holder: Holder
}

const nothing: ReadonlySet<Pending> = new Set()

export class Lanes {
  readonly #store: Store
  readonly #shard: number
  readonly #lanes = new Map<string, Lane>()
  /** Those with somebody waiting, by the byte string of their name. */
  readonly #ready = new SortedMap<Lane>()
  readonly #pending = new Map<EntryId, Pending>()
  readonly #byHolder = new Map<Holder, Map<EntryId, Pending>>()

  constructor(store: Store, shard: number) {
    this.#store = store
    this.#shard = shard
    for (const [, stored] of store.rows(rowKey(shard, 'n', ''))) {
      const [name, waiting] = stored as [string, number]
      this.#noteReady(this.#lane(name, waiting))
    }
    for (const [key, stored] of store.rows(rowKey(shard, 'p', ''))) {
      const [lane, record, holder] = stored as [string, string, Holder]
      this.#hold({ lane, entry: key.slice(2), record, holder })
    }
  }

  enqueue(name: string, entry: EntryId, record: string): void {
    const lane = this.#lane(name, 0)
    lane.push(entry, record)
    if (lane.waiting === 1) this.#noteReady(lane)
  }

  /** Who is next in a lane. */
  first(name: string): Waiting | undefined {
    return this.#lanes.get(name)?.first()
  }

  /** The next one of a lane becomes pending. */
  take(name: string, { entry, record }: Waiting, holder: Holder): void {
    this.dropFirst(name)
    this.#savePending({ lane: name, entry, record, holder })
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
    this.#release(pending)
    this.#pending.delete(entry)
    this.#store.drop(this.#pendingKey(entry))
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
    if (pending === undefined || pending.holder === holder) return
    this.#release(pending)
    const lane = this.#lanes.get(pending.lane)
    if (lane !== undefined) lane.pending -= 1
    this.#savePending({ ...pending, holder })
  }

  size(name: string): number {
    const lane = this.#lanes.get(name)
    return lane === undefined ? 0 : lane.waiting + lane.pending
  }

  heldCount(holder: Holder): number {
    return this.#byHolder.get(holder)?.size ?? 0
  }

  held(holder: Holder): HeldEntry[] {
    const entries = [...(this.#byHolder.get(holder)?.values() ?? nothing)]
    return entries
      .map(({ lane, entry, record }) => ({ lane, entry, record }))
      .sort((left, right) => (left.entry < right.entry ? -1 : 1))
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
    if (lane?.waiting === 0) this.#ready.delete(lane.bytes)
    this.#forgetEmpty(lane)
  }

  #forgetEmpty(lane: Lane | undefined): void {
    if (lane !== undefined && lane.waiting + lane.pending === 0) this.#lanes.delete(lane.name)
  }

  #savePending(pending: Pending): void {
    const { lane, entry, record, holder } = pending
    const isNew = !this.#pending.has(entry)
    const stored: Stored = [lane, record, holder]
    this.#store.put(this.#pendingKey(entry), stored, isNew)
    this.#hold(pending)
  }

  #hold(pending: Pending): void {
    this.#pending.set(pending.entry, pending)
    const held = this.#byHolder.get(pending.holder) ?? new Map<EntryId, Pending>()
    held.set(pending.entry, pending)
    this.#byHolder.set(pending.holder, held)
    this.#lane(pending.lane, 0).pending += 1
  }

  #release({ holder, entry }: Pending): void {
    const held = this.#byHolder.get(holder)
    held?.delete(entry)
    if (held?.size === 0) this.#byHolder.delete(holder)
  }

  #pendingKey(entry: EntryId): string {
    return rowKey(this.#shard, 'p', entry)
  }
}
