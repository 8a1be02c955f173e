/** Time that a test moves by hand, and randomness that it chooses. The end of a turn is the real one. */
import { type Platform, systemPlatform } from '../../src/client/platform.js'

type Timer = { readonly due: number; readonly delayMs: number; readonly wake: () => void }

export class HandPlatform implements Platform {
  /** What `random` says. */
  chance = 0.5
  #now = 1_000
  #timers: Timer[] = []
  #wake: () => void = () => {}

  readonly endOfTurn = systemPlatform.endOfTurn

  now = (): number => this.#now

  random = (): number => this.chance

  /** What is due at once needs no hand. */
  setTimer = (wake: () => void, delayMs: number): (() => void) => {
    const timer = { due: this.#now + delayMs, delayMs, wake }
    this.#timers.push(timer)
    this.#wake()
    if (delayMs === 0) queueMicrotask(() => this.#fire(timer))
    return () => this.#remove(timer)
  }

  /** Lets time pass, and fires what becomes due on the way. */
  advance(ms: number): void {
    const until = this.#now + ms
    for (;;) {
      const [next] = this.#timers.filter(({ due }) => due <= until).sort((a, b) => a.due - b.due)
      if (next === undefined) break
      this.#now = Math.max(this.#now, next.due)
      this.#fire(next)
    }
    this.#now = until
  }

  /** Waits until a timer of this delay is set, and lets that time pass. */
  async elapse(delayMs: number): Promise<void> {
    while (!this.#timers.some((timer) => timer.delayMs === delayMs))
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    this.advance(delayMs)
  }

  #fire(timer: Timer): void {
    if (this.#remove(timer)) timer.wake()
  }

  #remove(timer: Timer): boolean {
    const before = this.#timers.length
    this.#timers = this.#timers.filter((other) => other !== timer)
    return this.#timers.length < before
  }
}
