/**
 * First in, first out, up to a bound: a ring in an array that grows as it must.
 *
 * A burst's memory is given back once the ring is empty again; what a quiet actor needs stays.
 */

const firstCapacity = 8
const keptCapacity = 32

export class Ring<T> {
  readonly bound: number
  #items: (T | undefined)[] = []
  #head = 0
  #size = 0

  constructor(bound: number) {
    this.bound = bound
  }

  get size(): number {
    return this.#size
  }

  /** Slots held, used or not. */
  get capacity(): number {
    return this.#items.length
  }

  /** False, and nothing done: it is full. */
  push(item: T): boolean {
    if (this.#size >= this.bound) return false
    this.add(item)
    return true
  }

  /** Like `push`, but over the bound too. */
  add(item: T): void {
    if (this.#size === this.#items.length) this.#grow()
    this.#items[(this.#head + this.#size) & (this.#items.length - 1)] = item
    this.#size++
  }

  shift(): T | undefined {
    if (this.#size === 0) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#items.length - 1)
    this.#size--
    if (this.#size === 0 && this.#items.length > keptCapacity) this.#release()
    return item
  }

  /** To a power of two, so that a mask finds the place. */
  #grow(): void {
    const before = this.#items
    const items = new Array<T | undefined>(Math.max(firstCapacity, before.length * 2))
    for (let i = 0; i < this.#size; i++) items[i] = before[(this.#head + i) & (before.length - 1)]
    this.#items = items
    this.#head = 0
  }

  #release(): void {
    this.#items = []
    this.#head = 0
  }
}
