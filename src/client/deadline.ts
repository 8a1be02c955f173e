/** When an attempt's time is over: a timer that stands while people think, and goes on towards a later end. */
import type { Link } from './link.js'

/** Timers go no further. */
const longestMs = 2 ** 31 - 1

export class Deadline {
  readonly #link: Link
  readonly #onOver: () => void
  #at: number
  #cancel: () => void = () => {}

  /** `at`: by the ledger's clock. */
  constructor(link: Link, at: number, onOver: () => void) {
    this.#link = link
    this.#onOver = onOver
    this.#at = at
    this.goOn(undefined)
  }

  stop(): void {
    this.#cancel()
  }

  /** Undefined: as before. */
  goOn(at: number | undefined): void {
    this.#cancel()
    this.#at = Math.max(this.#at, at ?? 0)
    const leftMs = Math.max(this.#at - this.#link.ledgerNow(), 0)
    this.#cancel = this.#link.platform.setTimer(this.#onOver, Math.min(leftMs, longestMs))
  }
}
