/** How often a measured value fell into which range: what a histogram shows, at the cost of a few comparisons. */

export class Distribution {
  readonly bounds: readonly number[]
  readonly #counts: Float64Array
  sum = 0
  count = 0

  /** Upper bounds, ascending. */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.#counts = new Float64Array(bounds.length + 1)
  }

  observe(value: number): void {
    let range = 0
    while (range < this.bounds.length && value > (this.bounds[range] ?? 0)) range++
    this.#counts[range] = (this.#counts[range] ?? 0) + 1
    this.sum += value
    this.count++
  }

  /** [upper bound, how many were at most that]; the last is `+Inf`. */
  cumulative(): readonly (readonly [bound: number | '+Inf', count: number])[] {
    let below = 0
    return Array.from(this.#counts, (count, range) => {
      below += count
      return [this.bounds[range] ?? '+Inf', below] as const
    })
  }
}
