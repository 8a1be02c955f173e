/** A record while a transaction changes it: what changes, by place, which becomes the record if all goes well. */
import type { Patch, Scalar } from '../port.js'
import { InvalidWrite } from './names.js'
import { apart } from './packing.js'
import { type Kept, keptAt, ownRow, type Row, type RowChange, sharedRow } from './row.js'
import { checkedScalar, checkFieldName, finite, isLong } from './scalars.js'
import type { Shape, Shapes } from './shape.js'

export class RowDraft {
  readonly #shapes: Shapes
  readonly #before: Row | undefined
  #shape: Shape
  /** By place; undefined: as before. */
  readonly #values: (Kept | undefined)[]
  /** Long values that are not stored yet. */
  #added: Map<string, Scalar> | undefined

  /** `before`: what it begins with. */
  constructor(shapes: Shapes, before: Row | undefined) {
    this.#shapes = shapes
    this.#before = before
    this.#shape = before === undefined ? shapes.none : before.shape
    this.#values = before === undefined ? [] : new Array(before.shape.names.length).fill(undefined)
  }

  put(patch: Patch): void {
    for (const name in patch) {
      const value = patch[name]
      if (value === undefined || value === null) this.#remove(name)
      else this.#set(name, checkedScalar(value))
    }
  }

  add(name: string, n: number): void {
    const present = this.#kept(this.#shape.placeOf(name)) ?? 0
    if (typeof present !== 'number') throw new InvalidWrite(`add to ${name}, which is no number`)
    this.#set(name, finite(present + finite(n)))
  }

  finish(): Row {
    if (!this.#shape.isShared) return ownRow(this.#fields())
    return sharedRow(this.#shape, this.#shapes.idOf(this.#shape), this.#before, this.#values)
  }

  /** What became of `before`; undefined: it isn't told by places. */
  changeOf(before: Row): RowChange | undefined {
    if (this.#before !== before || !this.#shape.isShared) return undefined
    const places: number[] = []
    const values: Kept[] = []
    for (let place = 0; place < this.#values.length; place++) {
      const value = this.#values[place]
      if (value === undefined) continue
      places.push(place)
      values.push(value)
    }
    return { shape: this.#shapes.idOf(this.#shape), size: this.#values.length, places, values }
  }

  get added(): ReadonlyMap<string, Scalar> | undefined {
    return this.#added
  }

  #set(name: string, value: Scalar): void {
    if (isLong(value)) {
      this.#added ??= new Map()
      this.#added.set(name, value)
    } else this.#added?.delete(name)
    const kept = isLong(value) ? apart : value
    const place = this.#shape.placeOf(name)
    if (place === -1) {
      // A shape's names were checked when it was made.
      this.#shape = this.#shape.next.get(name) ?? this.#shapes.with(this.#shape, checkFieldName(name))
      this.#values.push(kept)
    } else this.#values[place] = kept
  }

  #remove(name: string): void {
    const place = this.#shape.placeOf(name)
    if (place === -1) return
    this.#values[place] = null
    this.#added?.delete(name)
  }

  #kept(place: number): Kept {
    const value = place === -1 ? null : this.#values[place]
    if (value !== undefined) return value
    return this.#before === undefined ? null : keptAt(this.#before, place)
  }

  #fields(): Map<string, Kept> {
    const fields = new Map<string, Kept>()
    for (const [place, name] of this.#shape.names.entries()) {
      const kept = this.#kept(place)
      if (kept !== null) fields.set(name, kept)
    }
    return fields
  }
}
