/** The records of a shard. Those used lately stay in memory, so that a guard seldom reads a page. */
import type { Fields, Scalar } from '../port.js'
import { byteString, measured } from './names.js'
import type { Stored } from './packing.js'
import { Recent } from './recent.js'
import type { Row, RowDraft } from './rowDraft.js'
import { shapeFrom } from './shape.js'
import type { Store } from './store.js'
import { rowKey } from './storeKeys.js'

/** What stands under a name; no row: nothing. */
export type Found = { readonly name: string; readonly key: string; readonly row: Row | undefined }

const noNames: readonly string[] = []

export class Records {
  readonly #store: Store
  readonly #shard: number
  readonly #recent: Recent<Found>

  constructor(store: Store, shard: number, maxInMemory: number) {
    this.#store = store
    this.#shard = shard
    this.#recent = new Recent(maxInMemory)
  }

  find(name: string): Found {
    const recent = this.#recent.get(name)
    if (recent !== undefined) return recent
    const key = rowKey(this.#shard, 'r', byteString(name))
    const found = { name, key, row: rowOf(this.#store.get(key)) }
    this.#recent.set(name, found)
    return found
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

  /** Replaces what was found; undefined: drops it. */
  save(found: Found, draft: RowDraft | undefined): Found {
    const row = draft?.finish()
    const { name, key } = found
    const before = found.row?.long ?? noNames
    for (const one of before) if (row?.long.includes(one) !== true) this.#store.drop(longKey(this.#shard, key, one))
    for (const [one, value] of draft?.added ?? []) this.#store.put(longKey(this.#shard, key, one), value)
    if (row !== undefined) this.#store.put(key, storedRow(row), found.row === undefined)
    else if (found.row !== undefined) this.#store.drop(key)
    const saved = { name, key, row }
    this.#recent.set(name, saved)
    return saved
  }

  #longValue(key: string, field: string): Scalar {
    return this.#store.get(longKey(this.#shard, key, field)) as Scalar
  }
}

const longKey = (shard: number, key: string, field: string): string =>
  rowKey(shard, 'b', measured(key) + byteString(field))

const storedRow = ({ shape, values, long }: Row): Stored => [shape.bytes, values, long]

function rowOf(stored: Stored | undefined): Row | undefined {
  if (stored === undefined) return undefined
  const [names, values, long] = stored as [Uint8Array, Scalar[], string[]]
  return { shape: shapeFrom(names), values, long }
}
