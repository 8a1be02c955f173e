/**
 * How many frames a connection may send: a bucket of tokens that fills by `framesPerSecond` and holds one second's.
 *
 * A tenth of it is kept for heartbeats, so that an agent that sends too much is slowed down and still lives.
 */

export class FrameRate {
  readonly #perSecond: number
  #tokens: number
  #at: number

  constructor(framesPerSecond: number, now: number) {
    this.#perSecond = framesPerSecond
    this.#tokens = framesPerSecond
    this.#at = now
  }

  /** Takes one. 0: go on; else the ms after which to send it again. */
  take(now: number, isHeartbeat: boolean): number {
    this.#tokens = Math.min(this.#perSecond, this.#tokens + ((now - this.#at) * this.#perSecond) / 1_000)
    this.#at = now
    const needed = isHeartbeat ? 1 : 1 + Math.floor(this.#perSecond / 10)
    if (this.#tokens < needed) return Math.ceil(((needed - this.#tokens) * 1_000) / this.#perSecond)
    this.#tokens--
    return 0
  }
}
