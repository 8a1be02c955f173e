/** A record while a transaction changes it: a copy of its own, which becomes the record if all goes well. */
import type { Patch, Scalar } from '../port.js'
import { InvalidWrite } from './names.js'
import { checkedScalar, checkFieldName, finite, isLong } from './scalars.js'
import { noFields, type Shape } from './shape.js'

/** A record as it is kept in memory: never changed, only replaced. */
export type Row = {
  readonly shape: Shape
  /** In the order of the shape's names. */
  readonly values: readonly Scalar[]
  /** Names of the fields whose values lie apart. */
  readonly long: readonly string[]
}

const noNames: readonly string[] = []

export class RowDraft {
  #shape: Shape
  #values: Scalar[]
  #long: readonly string[]
  /** Long values that are not stored yet. */
  #added: Map<string, Scalar> | undefined

  constructor(row: Row | undefined) {
    this.#shape = row === undefined ? noFields : row.shape
    this.#values = row === undefined ? [] : row.values.slice()
    this.#long = row === undefined ? noNames : row.long
  }

  put(patch: Patch): void {
    for (const name in patch) {
      const value = patch[name]
      if (value === undefined || value === null) this.#remove(name)
      else this.#set(name, checkedScalar(value))
    }
  }

  add(name: string, n: number): void {
    const place = this.#shape.placeOf(name)
    const present = place === -1 ? 0 : this.#values[place]
    if (typeof present !== 'number' || this.#long.includes(name))
      throw new InvalidWrite(`add to ${name}, which is no number`)
    this.#set(name, finite(present + finite(n)))
  }

  finish(): Row {
    return { shape: this.#shape, values: this.#values, long: this.#long }
  }

  get added(): ReadonlyMap<string, Scalar> | undefined {
    return this.#added
  }

  #set(name: string, value: Scalar): void {
    if (isLong(value)) {
      checkFieldName(name)
      this.#remove(name)
      this.#long = [...this.#long, name]
      this.#added ??= new Map()
      this.#added.set(name, value)
      return
    }
    if (this.#long.length > 0) this.#forgetLong(name)
    const place = this.#shape.placeOf(name)
    if (place === -1) {
      // A shape's names were checked when it was made.
      this.#shape = this.#shape.next(name) ?? this.#shape.with(checkFieldName(name))
      this.#values.push(value)
    } else this.#values[place] = value
  }

  #remove(name: string): void {
    if (this.#long.length > 0) this.#forgetLong(name)
    const place = this.#shape.placeOf(name)
    if (place === -1) return
    this.#shape = this.#shape.without(name)
    this.#values.splice(place, 1)
  }

  #forgetLong(name: string): void {
    this.#long = this.#long.filter((one) => one !== name)
    this.#added?.delete(name)
  }
}
