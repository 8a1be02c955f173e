/**
 * The ledger's time on this node: what the last answer said, and what passed since by a clock that nobody moves.
 *
 * Servers of a cluster may differ, and one that takes over may be behind: then time stands still here until it is
 * reached. It never goes back.
 */
export class LedgerTime {
  readonly #clock: (() => number) | undefined
  #told = 0
  #toldAt = 0
  #last = 0

  /** A clock that takes the place of the server's, ms since the epoch. It may go back. */
  constructor(clock?: () => number) {
    this.#clock = clock
  }

  get isOwn(): boolean {
    return this.#clock !== undefined
  }

  /** What a request says of the time: false leaves it to the server. */
  get given(): number | false {
    return this.isOwn && this.now()
  }

  /** An answer's time. */
  hear(now: number): void {
    this.#told = now
    this.#toldAt = performance.now()
    this.#last = Math.max(this.#last, now)
  }

  now(): number {
    const now = this.#clock === undefined ? this.#told + performance.now() - this.#toldAt : this.#clock()
    this.#last = Math.max(this.#last, Math.floor(now))
    return this.#last
  }
}
