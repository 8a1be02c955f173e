/** The records of a shard. Those used lately stay in memory, so that a guard seldom reads a page. */
import type { Fields, Scalar } from '../port.js'
import type { Slot } from './layer.js'
import { byteString, measured } from './names.js'
import { apart } from './packing.js'
import { Recent } from './recent.js'
import { apartIn, fieldsOf, keptAt, type Row, rowFrom, weightOf } from './row.js'
import { RowDraft } from './rowDraft.js'
import { bytesOf } from './scalars.js'
import { Shapes } from './shape.js'
import type { Store } from './store.js'
import { recordName, rowTable, type Table } from './tables.js'

/** Written whole, once a flush, however often it changes: counters are so small. */
const smallRowBytes = 128

/** What stands under a name, which is `key` in its table; no row: nothing. */
export type Found = { readonly key: string; readonly row: Row | undefined }

/** A record that is in memory. Good for the call that it was found in. */
export type KnownRecord = { readonly key: string; row: Row | undefined; slot: Slot | undefined }

export class Records {
  readonly #store: Store
  readonly #records: Table
  readonly #longValues: Table
  readonly #recent: Recent<KnownRecord>
  readonly #shapes: Shapes

  constructor(store: Store, shard: number, maxInMemory: number) {
    this.#store = store
    this.#records = rowTable(shard, 'r')
    this.#longValues = rowTable(shard, 'b')
    this.#recent = new Recent(maxInMemory)
    this.#shapes = new Shapes(store, shard)
  }

  find(name: string): KnownRecord {
    const recent = this.#recent.get(name)
    if (recent !== undefined) return recent
    const key = recordName(byteString(name))
    const slot = this.#store.slot(this.#records, key)
    const bytes = slot === undefined ? this.#store.paged(this.#records, key) : slot.value
    const row = bytes instanceof Uint8Array ? rowFrom(bytes, this.#shapes) : undefined
    const record = { key, row, slot }
    this.#recent.set(name, record)
    return record
  }

  field({ row, key }: Found, name: string): Scalar | undefined {
    if (row === undefined) return undefined
    const place = row.shape.placeOf(name)
    if (place === -1) return undefined
    const kept = keptAt(row, place)
    return kept === apart ? this.#longValue(key, name) : (kept ?? undefined)
  }

  /** All of its fields. */
  fields({ row, key }: Found): Fields | null {
    return row === undefined ? null : fieldsOf(row, (name) => this.#longValue(key, name))
  }

  /** Roughly what its values weigh in a message. */
  weight({ row, key }: Found): number {
    if (row === undefined) return 0
    return weightOf(row, (name) => bytesOf(this.#longValue(key, name)))
  }

  /** Between calls: no more than so many stay in memory. */
  forget(): void {
    this.#recent.forget()
  }

  /** What a record becomes begins with its row, or with nothing. */
  draft(row: Row | undefined): RowDraft {
    return new RowDraft(this.#shapes, row)
  }

  /** Replaces a record; undefined: drops it. */
  save(record: KnownRecord, draft: RowDraft | undefined): void {
    const { key, row: before } = record
    const row = draft?.finish()
    this.#saveLongValues(key, before, row, draft?.added)
    record.row = row
    if (row === undefined) {
      if (before !== undefined) record.slot = this.#store.drop(this.#records, key, record.slot)
      return
    }
    const isSmall = row.bytes.length <= smallRowBytes
    const change = before === undefined || isSmall ? undefined : draft?.changeOf(before)
    record.slot = this.#store.put(this.#records, key, row.bytes, {
      isNew: before === undefined,
      slot: record.slot,
      change,
    })
  }

  #saveLongValues(
    key: string,
    before: Row | undefined,
    row: Row | undefined,
    added: ReadonlyMap<string, Scalar> | undefined,
  ): void {
    if (before?.hasApart === true) {
      const stay = row === undefined ? [] : apartIn(row)
      for (const name of apartIn(before)) {
        if (!stay.includes(name)) this.#store.drop(this.#longValues, longKey(key, name))
      }
    }
    if (added === undefined) return
    for (const [name, value] of added) this.#store.put(this.#longValues, longKey(key, name), value)
  }

  #longValue(key: string, field: string): Scalar {
    return this.#store.get(this.#longValues, longKey(key, field)) as Scalar
  }
}

const longKey = (key: string, field: string): string => measured(key) + byteString(field)
