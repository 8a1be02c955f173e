/**
 * A record as it is kept, in memory as in the folder: its shape's number, then its values, packed.
 *
 * As bytes it is nothing that the garbage collector has to copy or to follow, goes to the pages as it is, and a change
 * goes to the journal as the places that changed. Its bytes never change; a change makes new ones.
 */
import type { Fields, Scalar } from '../port.js'
import { apart, Packer, type Stored, tags } from './packing.js'
import { bits, Shape, type Shapes } from './shape.js'
import { Unpacker } from './unpacking.js'

export type Row = {
  readonly shape: Shape
  readonly bytes: Uint8Array
  /** Where its values begin. */
  readonly from: number
  /** Whether there are values that lie apart. */
  readonly hasApart: boolean
}

/** What stands at a place; null: nothing. */
export type Kept = Scalar | typeof apart | null

/** What becomes of a row: values at places; where there is none yet, it has no value before. */
export type RowChange = {
  readonly shape: number
  /** Places of the shape. */
  readonly size: number
  readonly places: readonly number[]
  readonly values: readonly Kept[]
}

const slabBytes = 1 << 16
/** Number of a shape that is its record's own: its names come before the values. */
const own = 0

const packer = new Packer()
let slab = Buffer.allocUnsafeSlow(slabBytes)
let slabAt = 0

/** A copy. Small ones share their memory. */
function keptBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.length > slabBytes >> 3) return Buffer.from(bytes)
  if (slabAt + bytes.length > slabBytes) {
    slab = Buffer.allocUnsafeSlow(slabBytes)
    slabAt = 0
  }
  slab.set(bytes, slabAt)
  slabAt += bytes.length
  return slab.subarray(slabAt - bytes.length, slabAt)
}

export function rowFrom(bytes: Uint8Array, shapes: Shapes): Row {
  const values = new Unpacker(bytes)
  const id = Number(values.value())
  const shape = id === own ? new Shape(values.value() as string[], false) : shapes.byId(id)
  const from = values.at
  let hasApart = false
  for (; !values.isAtEnd; values.skip()) hasApart ||= values.tag === tags.apart
  return { shape, bytes, from, hasApart }
}

export function keptAt({ bytes, from }: Row, place: number): Kept {
  const values = new Unpacker(bytes, from)
  for (let left = place; left > 0; left--) values.skip()
  return values.value() as Kept
}

/** Names of the fields whose values lie apart. */
export function apartIn({ shape, bytes, from, hasApart }: Row): string[] {
  if (!hasApart) return []
  const values = new Unpacker(bytes, from)
  return shape.names.filter(() => {
    const isApart = values.tag === tags.apart
    values.skip()
    return isApart
  })
}

/** All fields; `valueApart` gets those that lie apart. */
export function fieldsOf(row: Row, valueApart: (name: string) => Scalar): Fields {
  const { shape } = row
  const packed = new Unpacker(row.bytes, row.from)
  const values: Scalar[] = []
  let present = 0
  for (let place = 0; place < shape.names.length; place++) {
    const kept = packed.value() as Kept
    if (kept === null) continue
    values.push(kept === apart ? valueApart(shape.names[place] ?? '') : kept)
    present += shape.isShared ? (bits[place] ?? 0) : 0
  }
  // A row with names of its own has no gaps.
  if (shape.isShared) return shape.fields(values, present)
  return Object.fromEntries(shape.names.map((name, place) => [name, values[place] ?? 0]))
}

/** What its values weigh, as `bytesOf` has it; `weightApart` says so of those that lie apart. */
export function weightOf({ shape, bytes, from }: Row, weightApart: (name: string) => number): number {
  const values = new Unpacker(bytes, from)
  let weight = 0
  for (let place = 0; place < shape.names.length; place++) {
    const { tag } = values
    if (tag === tags.nil || tag === tags.apart) {
      if (tag === tags.apart) weight += weightApart(shape.names[place] ?? '')
      values.skip()
    } else weight += values.weigh()
  }
  return weight
}

/** A row of a shape that others share. `values` by place; undefined: as it was. */
export function sharedRow(
  shape: Shape,
  id: number,
  before: Row | undefined,
  values: readonly (Kept | undefined)[],
): Row {
  packer.begin()
  packer.value(id)
  const from = packer.length
  const kept = before === undefined ? undefined : new Unpacker(before.bytes, before.from)
  packValues(kept, before?.bytes, values)
  const hasApart = before?.hasApart === true || values.includes(apart)
  return { shape, bytes: keptBytes(packer.end()), from, hasApart }
}

/** A row with names of its own. */
export function ownRow(fields: ReadonlyMap<string, Kept>): Row {
  packer.begin()
  packer.value(own)
  packer.value([...fields.keys()])
  const from = packer.length
  for (const value of fields.values()) packer.value(value)
  const hasApart = [...fields.values()].includes(apart)
  return { shape: new Shape([...fields.keys()], false), bytes: keptBytes(packer.end()), from, hasApart }
}

/**
 * A change carried out on the bytes of a row, by the journal's word: the row may be one that has gone through later
 * changes already, which come again.
 */
export function changedBytes(before: Uint8Array | undefined, { shape, size, places, values }: RowChange): Uint8Array {
  const kept: Stored[] = []
  let id = shape
  if (before !== undefined) {
    const packed = new Unpacker(before)
    const idBefore = Number(packed.value())
    if (idBefore === own) packed.value()
    while (!packed.isAtEnd) kept.push(packed.value())
    if (kept.length > size && idBefore !== own) id = idBefore
    else kept.length = Math.min(kept.length, size)
  }
  while (kept.length < size) kept.push(null)
  for (const [at, place] of places.entries()) kept[place] = values[at] ?? null
  packer.begin()
  packer.value(id)
  for (const one of kept) packer.value(one)
  return keptBytes(packer.end())
}

/** Values that stay are copied in one go with their neighbours. */
function packValues(kept: Unpacker | undefined, bytes: Uint8Array | undefined, values: readonly (Kept | undefined)[]) {
  let from = kept?.at ?? 0
  let place = 0
  if (kept !== undefined && bytes !== undefined) {
    for (; !kept.isAtEnd; place++) {
      const value = values[place]
      const at = kept.at
      kept.skip()
      if (value === undefined) continue
      packer.copy(bytes, from, at)
      packer.value(value)
      from = kept.at
    }
    packer.copy(bytes, from, kept.at)
  }
  for (; place < values.length; place++) packer.value(values[place] ?? null)
}
