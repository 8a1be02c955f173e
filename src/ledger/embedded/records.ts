/** The records of a shard. Those used lately stay in memory, so that a guard seldom reads a page. */
import type { Fields, Scalar } from '../port.js'
import type { Slot } from './layer.js'
import { byteString, measured } from './names.js'
import type { Stored } from './packing.js'
import { Recent } from './recent.js'
import type { Row, RowDraft } from './rowDraft.js'
import { shapeFrom } from './shape.js'
import type { Store } from './store.js'
import { recordName, rowTable, type Table } from './tables.js'

/** What stands under a name, which is `key` in its table; no row: nothing. Good until the next is looked for. */
export type Found = { readonly key: string; readonly row: Row | undefined }

type Entry = { readonly key: string; row: Row | undefined; slot: Slot | undefined }

const noNames: readonly string[] = []
const noValues: ReadonlyMap<string, Scalar> = new Map()

export class Records {
  readonly #store: Store
  readonly #records: Table
  readonly #longValues: Table
  readonly #recent: Recent<Entry>

  constructor(store: Store, shard: number, maxInMemory: number) {
    this.#store = store
    this.#records = rowTable(shard, 'r')
    this.#longValues = rowTable(shard, 'b')
    this.#recent = new Recent(maxInMemory)
  }

  find(name: string): Found {
    return this.#entry(name)
  }

  field({ row, key }: Found, name: string): Scalar | undefined {
    if (row === undefined) return undefined
    const place = row.shape.placeOf(name)
    if (place !== -1) return row.values[place]
    return row.long.includes(name) ? this.#longValue(key, name) : undefined
  }

  /** All of its fields. */
  fields({ row, key }: Found): Fields | null {
    if (row === undefined) return null
    const fields = row.shape.fields(row.values)
    if (row.long.length === 0) return fields
    return { ...fields, ...Object.fromEntries(row.long.map((name) => [name, this.#longValue(key, name)])) }
  }

  /** Replaces a record; undefined: drops it. */
  save(name: string, draft: RowDraft | undefined): Found {
    const entry = this.#entry(name)
    const { key, row: before, slot } = entry
    const row = draft?.finish()
    for (const field of before?.long ?? noNames) {
      if (row?.long.includes(field) !== true) this.#store.drop(this.#longValues, longKey(key, field))
    }
    for (const [field, value] of draft?.added ?? noValues) {
      this.#store.put(this.#longValues, longKey(key, field), value)
    }
    if (row !== undefined) {
      entry.slot = this.#store.put(this.#records, key, storedRow(row), { isNew: before === undefined, slot })
    } else if (before !== undefined) this.#store.drop(this.#records, key, slot)
    entry.row = row
    return entry
  }

  #entry(name: string): Entry {
    const recent = this.#recent.get(name)
    if (recent !== undefined) return recent
    const key = recordName(byteString(name))
    const entry = { key, row: rowOf(this.#store.get(this.#records, key)), slot: undefined }
    this.#recent.set(name, entry)
    return entry
  }

  #longValue(key: string, field: string): Scalar {
    return this.#store.get(this.#longValues, longKey(key, field)) as Scalar
  }
}

const longKey = (key: string, field: string): string => measured(key) + byteString(field)

const storedRow = ({ shape, values, long }: Row): Stored => [shape.bytes, values, long]

function rowOf(stored: Stored | undefined): Row | undefined {
  if (stored === undefined) return undefined
  const [names, values, long] = stored as [Uint8Array, Scalar[], string[]]
  return { shape: shapeFrom(names), values, long }
}
