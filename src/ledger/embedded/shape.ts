/**
 * The names of a record's fields, shared by all records that have the same: a record itself is a list of values.
 *
 * Objects with many fields of names that come at run time are slow in this engine, to make and to read. So one is made
 * only where a record is handed out, from a pattern.
 */
import type { Fields, Scalar } from '../port.js'
import { pack } from './packing.js'
import { unpack } from './unpacking.js'

/** Shapes that are shared; more than that come from names that are made up as they go, and are each their record's. */
const sharedMax = 4_096
const patternMax = 64

const shared = new Map<string, Shape>()

export class Shape {
  readonly names: readonly string[]
  /** The names, packed. */
  readonly bytes: Uint8Array
  readonly #places: ReadonlyMap<string, number>
  readonly #next = new Map<string, Shape>()
  #pattern: Record<string, Scalar> | undefined

  constructor(names: readonly string[]) {
    this.names = names
    this.bytes = pack(names)
    this.#places = new Map(names.map((name, place) => [name, place]))
  }

  /** Where a field's value stands; -1: there is none. */
  placeOf(name: string): number {
    return this.#places.get(name) ?? -1
  }

  /** With one more name, where that has been made before. */
  next(name: string): Shape | undefined {
    return this.#next.get(name)
  }

  /** With one more name, at the end. */
  with(name: string): Shape {
    const next = shapeOf([...this.names, name])
    if (shared.size < sharedMax) this.#next.set(name, next)
    return next
  }

  without(name: string): Shape {
    return shapeOf(this.names.filter((one) => one !== name))
  }

  fields(values: readonly Scalar[]): Fields {
    if (this.names.length > patternMax)
      return Object.fromEntries(this.names.map((name, place) => [name, values[place] ?? 0]))
    this.#pattern ??= JSON.parse(`{${this.names.map((name) => `${JSON.stringify(name)}:0`).join()}}`) as Record<
      string,
      Scalar
    >
    const fields = { ...this.#pattern }
    for (let place = 0; place < values.length; place++) fields[this.names[place] ?? ''] = values[place] ?? 0
    return fields
  }
}

export const noFields = new Shape([])

function shapeOf(names: readonly string[]): Shape {
  if (names.length > patternMax) return new Shape(names)
  const key = names.join('\0')
  const known = shared.get(key)
  if (known !== undefined) return known
  const shape = new Shape(names)
  if (shared.size < sharedMax) shared.set(key, shape)
  return shape
}

/** The shape of packed names. */
export function shapeFrom(bytes: Uint8Array): Shape {
  return shapeOf(unpack(bytes) as string[])
}
