/** Handing out what waits: first each lane's share, then what is left over, lane after lane. */
import type { Claimed, ClaimRequest, Fields, Holder, Patch } from '../port.js'
import type { KnownRecord } from './records.js'
import { isSame } from './scalars.js'
import type { ShardState } from './shardState.js'

/** Entries looked at in one call: those that are dropped or overdue need no taker, and might be many. */
const entriesMax = 4_096

export class Claims {
  readonly claimed: Claimed[] = []
  readonly overdue: Claimed[] = []
  readonly #shard: ShardState
  readonly #holder: Holder
  readonly #request: ClaimRequest
  readonly #now: number
  readonly #takers: number[]
  #bytes = 0
  #entries = 0
  #isOver = false

  constructor(shard: ShardState, holder: Holder, request: ClaimRequest, now: number) {
    this.#shard = shard
    this.#holder = holder
    this.#request = request
    this.#now = now
    this.#takers = [...request.takers.keys()]
  }

  carryOut(): void {
    // A taker's or template's field that can't be written is found before anything is.
    for (const patch of [this.#request.writes, ...this.#request.takers]) this.#shard.records.draft(undefined).put(patch)
    for (const { lane, share } of this.#request.lanes) this.#claimFrom(lane, share)
    for (const { lane } of this.#request.lanes) this.#claimFrom(lane, Number.POSITIVE_INFINITY)
  }

  #claimFrom(lane: string, share: number): void {
    for (let left = share; left > 0 && !this.#isOver && this.#takers.length > 0; ) {
      const next = this.#shard.lanes.first(lane)
      if (next === undefined) return
      this.#entries += 1
      if (this.#entries > entriesMax) this.#isOver = true
      else if (this.#claimNext(lane, next)) left -= 1
    }
  }

  /** Whether the entry went to a taker. */
  #claimNext(lane: string, next: { readonly entry: string; readonly record: string }): boolean {
    const { records, lanes } = this.#shard
    const { entryField, overdueField } = this.#request
    const found = records.find(next.record)
    if (records.field(found, entryField) !== next.entry) {
      lanes.dropFirst(lane)
      return false
    }
    if (!this.#hasRoom(records.weight(found))) return false
    lanes.take(lane, next, this.#holder)
    const due = records.field(found, overdueField)
    if (typeof due === 'number' && this.#now > due) {
      this.overdue.push({ taker: -1, lane, ...next, fields: records.fields(found) ?? {} })
      return false
    }
    const taker = this.#takerFor(found)
    const fields = this.#give(found, this.#request.takers[taker] ?? {})
    this.claimed.push({ taker, lane, entry: next.entry, record: next.record, fields })
    return true
  }

  #hasRoom(bytes: number): boolean {
    const isFirst = this.claimed.length + this.overdue.length === 0
    this.#isOver = !isFirst && this.#bytes + bytes > this.#request.maxBytes
    if (!this.#isOver) this.#bytes += bytes
    return !this.#isOver
  }

  /** Takes the first taker who isn't to be avoided; where there is none, the first. */
  #takerFor(record: KnownRecord): number {
    const { avoid, takers } = this.#request
    const avoided = avoid === undefined ? undefined : this.#shard.records.field(record, avoid.of)
    if (avoid === undefined || avoided === undefined) return this.#takers.shift() ?? 0
    const isWelcome = (taker: number) => {
      const value = takers[taker]?.[avoid.field]
      return value === undefined || value === null || !isSame(avoided, value)
    }
    const at = Math.max(0, this.#takers.findIndex(isWelcome))
    return this.#takers.splice(at, 1)[0] ?? 0
  }

  #give(record: KnownRecord, taker: Patch): Fields {
    const { records } = this.#shard
    const draft = records.draft(record.row)
    draft.put(this.#request.writes)
    draft.put(taker)
    records.save(record, draft)
    return records.fields(record) ?? {}
  }
}
