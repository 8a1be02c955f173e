/**
 * Plain counters for hot paths: adding costs a map look-up, and nobody is told until somebody asks.
 *
 * A name is a family and what it counts, such as `refused.OVERLOADED`; the second part becomes a label. Their number
 * is bounded, so that nothing which clients choose can grow it.
 */

const maxNames = 1_024
const overflow = 'other'

export class Counters {
  readonly #counts = new Map<string, number>()

  add(what: string, n: number): void {
    const before = this.#counts.get(what)
    if (before !== undefined || this.#counts.size < maxNames) this.#counts.set(what, (before ?? 0) + n)
    else this.#counts.set(overflow, (this.#counts.get(overflow) ?? 0) + n)
  }

  /** [family, what, count] of each. */
  *entries(): IterableIterator<readonly [family: string, what: string, count: number]> {
    for (const [name, count] of this.#counts) {
      const dot = name.indexOf('.')
      yield dot < 0 ? ['events', name, count] : [name.slice(0, dot), name.slice(dot + 1), count]
    }
  }
}
