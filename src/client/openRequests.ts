/**
 * Requests of one connection that have no answer yet. All wait equally long, so the oldest stands first.
 */
import type { Ack } from '../protocol/nodeFrames.js'
import { ChimeraError } from './chimeraError.js'

export type Reply =
  | { readonly kind: 'ack'; readonly ack: Ack }
  | { readonly kind: 'refused'; readonly error: ChimeraError }

export type OnReply = (reply: Reply) => void

type Open = { readonly onReply: OnReply; readonly until: number }

export class OpenRequests {
  readonly #answerMs: number
  readonly #open = new Map<number, Open>()
  #lastId = 0

  constructor(answerMs: number) {
    this.#answerMs = answerMs
  }

  add(onReply: OnReply, now: number): number {
    do this.#lastId = (this.#lastId + 1) >>> 0
    while (this.#open.has(this.#lastId))
    this.#open.set(this.#lastId, { onReply, until: now + this.#answerMs })
    return this.#lastId
  }

  /** Nothing where nobody waits any more. */
  settle(id: number, reply: Reply): void {
    const open = this.#open.get(id)
    if (open === undefined) return
    this.#open.delete(id)
    open.onReply(reply)
  }

  expire(now: number): void {
    for (const [id, { until }] of this.#open) {
      if (until > now) return
      const error = new ChimeraError('NO_ANSWER', `no answer within ${this.#answerMs} ms`)
      this.settle(id, { kind: 'refused', error })
    }
  }

  failAll(error: ChimeraError): void {
    for (const id of [...this.#open.keys()]) this.settle(id, { kind: 'refused', error })
  }
}
