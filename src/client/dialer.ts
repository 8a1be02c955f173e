/**
 * Gets the next connection: `idle → timing → fetching a token → connecting → idle`, over and over until one is
 * welcomed or nothing is left to try. One attempt at a time.
 *
 * A token that was refused isn't sent again: its source is asked once for another one.
 */
import type { NodeFrame, Welcome } from '../protocol/nodeFrames.js'
import { backoffMs } from './backoff.js'
import { ChimeraError } from './chimeraError.js'
import { Connection } from './connection.js'
import { nextAfter } from './ending.js'
import type { Platform } from './platform.js'
import { type TokenSource, tokenFrom } from './token.js'

export interface DialerEvents {
  hello(): object
  heartbeat(): object
  connecting(): void
  waiting(delayMs: number, because: ChimeraError): void
  /** No further attempt makes sense. */
  gaveUp(because: ChimeraError): void
  welcomed(connection: Connection, welcome: Welcome, token: string): void
  /** From a connection that was welcomed. */
  received(connection: Connection, frame: NodeFrame): void
  /** The end of a connection that was welcomed. */
  lost(connection: Connection, error: ChimeraError): void
}

export interface DialerOptions {
  /** Of nodes of one cluster: each attempt goes to the next one. */
  readonly endpoints: readonly [string, ...string[]]
  readonly tokens: TokenSource
  readonly platform: Platform
}

type Attempt =
  | { readonly kind: 'idle' }
  | { readonly kind: 'timing'; readonly cancel: () => void }
  | { readonly kind: 'fetching' }
  | { readonly kind: 'connecting'; readonly connection: Connection; readonly token: string }
  | { readonly kind: 'stopped' }

type RefusedToken = { readonly token: string; readonly error: ChimeraError }

export class Dialer {
  readonly #options: DialerOptions
  readonly #events: DialerEvents
  #attempt: Attempt = { kind: 'idle' }
  #refused: RefusedToken | undefined
  #failures = 0
  #next: number

  constructor(options: DialerOptions, events: DialerEvents) {
    this.#options = options
    // A fleet that starts together spreads over the nodes.
    const { length } = options.endpoints
    this.#next = length > 1 ? Math.floor(options.platform.random() * length) : 0
    this.#events = events
  }

  /** Under way, or with its time set. */
  get isBusy(): boolean {
    return this.#attempt.kind !== 'idle'
  }

  /** A connection may have said hello. */
  get isConnecting(): boolean {
    return this.#attempt.kind === 'connecting'
  }

  /** Begins in `delayMs`; sets the time anew where none has begun. */
  dialIn(delayMs: number): void {
    if (this.#attempt.kind === 'timing') this.#attempt.cancel()
    else if (this.#attempt.kind !== 'idle') return
    const cancel = this.#options.platform.setTimer(() => void this.#dial(), delayMs)
    this.#attempt = { kind: 'timing', cancel }
  }

  /**
   * What follows from this error: another attempt, or none.
   * @param token the one that the error is about
   */
  recover(error: ChimeraError, token: string): void {
    switch (nextAfter(error)) {
      case 'again': {
        const delayMs = backoffMs(this.#failures++, this.#options.platform.random(), error.retryAfterMs)
        this.dialIn(delayMs)
        this.#events.waiting(delayMs, error)
        break
      }
      case 'newToken':
        if (this.#refused === undefined) {
          this.#refused = { token, error }
          this.dialIn(0)
        } else this.#events.gaveUp(error)
        break
      case 'never':
        this.#events.gaveUp(error)
    }
  }

  /** The last connection was a good one: the next failure is the first in its row. */
  forgetFailures(): void {
    this.#failures = 0
  }

  stop(): void {
    const attempt = this.#attempt
    this.#attempt = { kind: 'stopped' }
    if (attempt.kind === 'timing') attempt.cancel()
    if (attempt.kind === 'connecting') attempt.connection.close()
  }

  async #dial(): Promise<void> {
    this.#attempt = { kind: 'fetching' }
    this.#events.connecting()
    const token = await this.#fetchToken()
    if (this.#attempt.kind !== 'fetching') return
    this.#attempt = { kind: 'idle' }
    if (token instanceof ChimeraError) this.recover(token, '')
    else if (token === this.#refused?.token) this.#events.gaveUp(this.#refused.error)
    else this.#connect(token)
  }

  async #fetchToken(): Promise<string | ChimeraError> {
    try {
      return await tokenFrom(this.#options.tokens)
    } catch (error) {
      return new ChimeraError('TOKEN_UNAVAILABLE', `the token provider failed: ${String(error)}`, { cause: error })
    }
  }

  #connect(token: string): void {
    const { endpoints, platform } = this.#options
    const endpoint = endpoints[this.#next++ % endpoints.length] ?? endpoints[0]
    const connection = new Connection(endpoint, token, platform, {
      hello: () => this.#events.hello(),
      heartbeat: () => this.#events.heartbeat(),
      welcomed: (welcomed, welcome) => {
        this.#attempt = { kind: 'idle' }
        this.#refused = undefined
        this.#events.welcomed(welcomed, welcome, token)
      },
      received: (from, frame) => this.#events.received(from, frame),
      ended: (ended, error) => this.#ended(ended, error, token),
    })
    this.#attempt = { kind: 'connecting', connection, token }
  }

  #ended(connection: Connection, error: ChimeraError, token: string): void {
    if (this.#attempt.kind === 'stopped') return
    if (this.#attempt.kind !== 'connecting' || this.#attempt.connection !== connection) {
      this.#events.lost(connection, error)
      return
    }
    this.#attempt = { kind: 'idle' }
    this.recover(error, token)
  }
}
