/**
 * The names of a record's fields, shared by all records that have the same: a record itself is a row of values.
 *
 * A shape only grows: a field that is removed keeps its place, and has no value there. So a place means the same field
 * before and after a change.
 */
import type { Fields, Scalar } from '../port.js'
import type { Store } from './store.js'
import { rowTable, type Table } from './tables.js'

/** Shapes that are shared; more than that come from names that are made up as they go, and are each their record's. */
const sharedMax = 4_096
/** Names of a shared one: as many as the bits that a number counts exactly, and fewer. */
const sharedNamesMax = 48

/** The places of a shared shape as bits of a number. */
export const bits: readonly number[] = Array.from({ length: sharedNamesMax }, (_, place) => 2 ** place)

export class Shape {
  readonly names: readonly string[]
  /** Its record is the only one with these names. */
  readonly isShared: boolean
  /** Under which it is stored; 0: it isn't. */
  id = 0
  readonly #places: ReadonlyMap<string, number>
  /** With one more name. */
  readonly next = new Map<string, Shape>()
  /** By which fields are there. */
  readonly #patterns = new Map<number, Pattern>()

  constructor(names: readonly string[], isShared: boolean) {
    this.names = names
    this.isShared = isShared
    this.#places = new Map(names.map((name, place) => [name, place]))
  }

  /** Where a field's value stands; -1: there is none. */
  placeOf(name: string): number {
    return this.#places.get(name) ?? -1
  }

  /** `values` of the fields that are there; `present` has a bit for each of them. */
  fields(values: readonly Scalar[], present: number): Fields {
    let pattern = this.#patterns.get(present)
    if (pattern === undefined) {
      pattern = new Pattern(this.names.filter((_, place) => Math.floor(present / (bits[place] ?? 1)) % 2 === 1))
      this.#patterns.set(present, pattern)
    }
    return pattern.fields(values)
  }
}

/**
 * An object with many fields of names that come at run time is slow in this engine, to make and to read: it is copied
 * from one that was read as text.
 */
class Pattern {
  readonly #names: readonly string[]
  readonly #object: Record<string, Scalar>

  constructor(names: readonly string[]) {
    this.#names = names
    this.#object = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:0`).join()}}`)
  }

  fields(values: readonly Scalar[]): Fields {
    const fields = { ...this.#object }
    for (let place = 0; place < values.length; place++) fields[this.#names[place] ?? ''] = values[place] ?? 0
    return fields
  }
}

/** The shapes of a shard's records, each stored once, under a number. */
export class Shapes {
  readonly none = new Shape([], true)
  readonly #store: Store
  readonly #table: Table
  readonly #byNames = new Map<string, Shape>()
  readonly #byId: (Shape | undefined)[] = [undefined]

  constructor(store: Store, shard: number) {
    this.#store = store
    this.#table = rowTable(shard, 's')
    for (const [id, names] of store.rows(this.#table)) {
      const shape = this.#of(names as readonly string[])
      shape.id = Number(id)
      this.#byId[shape.id] = shape
    }
  }

  byId(id: number): Shape {
    const shape = this.#byId[id]
    if (shape === undefined) throw new RangeError(`there is no shape ${id}`)
    return shape
  }

  /** With one more name, at the end. */
  with(shape: Shape, name: string): Shape {
    const known = shape.next.get(name)
    if (known !== undefined) return known
    const next = this.#of([...shape.names, name])
    if (next.isShared) shape.next.set(name, next)
    return next
  }

  /** The number of a shared one, which is stored now, if it wasn't before. */
  idOf(shape: Shape): number {
    if (shape.id === 0) {
      shape.id = this.#byId.length
      this.#byId.push(shape)
      this.#store.put(this.#table, String(shape.id), shape.names, { isNew: true })
    }
    return shape.id
  }

  #of(names: readonly string[]): Shape {
    if (names.length > sharedNamesMax) return new Shape(names, false)
    const key = names.join('\0')
    const known = this.#byNames.get(key)
    if (known !== undefined) return known
    const shape = new Shape(names, this.#byNames.size < sharedMax)
    if (shape.isShared) this.#byNames.set(key, shape)
    return shape
  }
}
