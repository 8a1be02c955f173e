/**
 * What was used lately, within a bound: two halves, of which the older is dropped whole when the younger is full.
 *
 * As good as a list in order of use, for less work at each use. Nothing is dropped but when `forget` says so: what was
 * found within one call is the same thing all through it.
 */

export class Recent<V> {
  #young = new Map<string, V>()
  #old = new Map<string, V>()
  readonly #half: number
  /** What was asked for last is mostly asked for again. */
  #lastKey: string | undefined
  #last: V | undefined

  constructor(max: number) {
    this.#half = Math.max(1, max >> 1)
  }

  get(key: string): V | undefined {
    if (key === this.#lastKey) return this.#last
    const young = this.#young.get(key)
    const value = young ?? this.#old.get(key)
    if (value === undefined) return undefined
    if (young === undefined) this.set(key, value)
    this.#lastKey = key
    this.#last = value
    return value
  }

  /** Between calls. */
  forget(): void {
    if (this.#young.size < this.#half) return
    this.#old = this.#young
    this.#young = new Map()
  }

  set(key: string, value: V): void {
    this.#young.set(key, value)
    this.#lastKey = key
    this.#last = value
  }
}
