/**
 * Keeps one connection's token fresh: asks the provider before it expires, and tells the node (`reauth`).
 *
 * Where that fails it is tried again until the node closes the connection, after which the link takes over.
 */
import type { Connection } from './connection.js'
import type { Platform } from './platform.js'
import { expiryOf, renewalLeadMs } from './token.js'

export interface RenewalOf {
  readonly connection: Connection
  readonly platform: Platform
  readonly tokens: () => Promise<string>
  /** Milliseconds since the epoch. */
  readonly ledgerNow: () => number
}

/** Between two attempts, and at least from the start to the first. */
const atLeastMs = 1_000

export class Renewal {
  readonly #of: RenewalOf
  #token: string
  #isStopped = false
  #cancelTimer: () => void = () => {}

  constructor(of: RenewalOf, token: string) {
    this.#of = of
    this.#token = token
    this.#schedule()
  }

  stop(): void {
    this.#isStopped = true
    this.#cancelTimer()
  }

  #schedule(): void {
    const expiresAt = expiryOf(this.#token)
    if (this.#isStopped || expiresAt === undefined) return
    const lifeMs = expiresAt - this.#of.ledgerNow()
    // A timer counts to 24 days; who holds a longer token is looked at again then.
    const delayMs = Math.min(Math.max(lifeMs - renewalLeadMs(lifeMs), atLeastMs), 2 ** 31 - 1)
    this.#cancelTimer = this.#of.platform.setTimer(() => void this.#renew(), delayMs)
  }

  async #renew(): Promise<void> {
    const token = await this.#of.tokens().catch(() => this.#token)
    if (this.#isStopped) return
    if (token === this.#token) {
      this.#schedule()
      return
    }
    this.#of.connection.request({ type: 'reauth', token }, (reply) => {
      if (reply.kind === 'ack') this.#token = token
      this.#schedule()
    })
  }
}
