/**
 * The way to a node that heals by itself: one connection after the other, at most two for the time of a hand-over.
 *
 * While a node drains, the next connection is dialled beside the current one, which carries on until the next is
 * welcomed; where that is refused, it just carries on.
 */
import type { LedgerPromise, NodeFrame, Welcome } from '../protocol/nodeFrames.js'
import { orAborted } from './abortable.js'
import { ChimeraError } from './chimeraError.js'
import type { Connection } from './connection.js'
import { Dialer } from './dialer.js'
import { nextAfter } from './ending.js'
import { endpointsOf, type Role } from './endpoint.js'
import type { LinkOptions, LinkState, StateListener } from './linkState.js'
import { type Platform, systemPlatform } from './platform.js'
import { Renewal } from './renewal.js'
import type { TokenSource } from './token.js'

export interface LinkOwner {
  readonly role: Role
  /** The fields of `hello`. */
  hello(): object
  /** The fields of a heartbeat. */
  heartbeat(): object
  /** Before anything else of this connection; what was open on the last one has failed by then. */
  welcomed(welcome: Welcome): void
  received(frame: NodeFrame): void
  /** The ledger lost acknowledged writes: those of the last `windowMs` are to be sent again. */
  forgot(windowMs: number): void
  /** For good. */
  closed(because: ChimeraError | undefined): void
}

type Waiter = { readonly resolve: (connection: Connection) => void; readonly reject: (error: ChimeraError) => void }

/** A connection that lasted this long was a good one. */
const goodAfterMs = 5_000

export class Link {
  readonly platform: Platform
  readonly #tokens: TokenSource
  readonly #owner: LinkOwner
  readonly #dialer: Dialer
  readonly #listeners = new Set<StateListener>()
  readonly #waiters = new Set<Waiter>()
  #state: LinkState = { kind: 'connecting' }
  #current: { readonly connection: Connection; readonly since: number; readonly token: string } | undefined
  #renewal: Renewal | undefined
  #ledger: LedgerPromise | undefined
  /** What to add to the platform's time to have the ledger's. */
  #clockOffset = 0

  /** Begins to connect after this turn. */
  constructor({ url, token, platform = systemPlatform }: LinkOptions, owner: LinkOwner) {
    this.platform = platform
    this.#tokens = token
    this.#owner = owner
    this.#dialer = new Dialer(
      { endpoints: endpointsOf(url, owner.role), tokens: token, platform },
      {
        hello: () => owner.hello(),
        heartbeat: () => owner.heartbeat(),
        connecting: () => this.#whileApart({ kind: 'connecting' }),
        waiting: (delayMs, because) => this.#whileApart({ kind: 'waiting', delayMs, because }),
        // With a connection left that is no reason to end it: once it ends, dialling comes to the same.
        gaveUp: (because) => {
          if (this.#current === undefined) this.#close(because)
        },
        welcomed: (connection, welcome, usedToken) => this.#welcomed(connection, welcome, usedToken),
        received: (connection, frame) => this.#received(connection, frame),
        lost: (connection, error) => this.#lost(connection, error),
      },
    )
    this.#dialer.dialIn(0)
  }

  get state(): LinkState {
    return this.#state
  }

  /** The connection that is welcomed and not yet lost. */
  get current(): Connection | undefined {
    const connection = this.#current?.connection
    return connection?.welcome === undefined ? undefined : connection
  }

  /** How long an acknowledged write may still be lost. */
  get windowMs(): number {
    return this.#ledger?.windowMs ?? 0
  }

  /** Milliseconds since the epoch, by the ledger's clock as last heard. */
  ledgerNow(): number {
    return this.platform.now() + this.#clockOffset
  }

  /** Calls `listener` with each state from now on. Returns what ends it. */
  onState(listener: StateListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get isWatched(): boolean {
    return this.#listeners.size > 0
  }

  /** The current connection, once there is one. Rejects where the link is closed, or with the signal's reason. */
  async opened(signal: AbortSignal): Promise<Connection> {
    if (this.current !== undefined) return this.current
    if (this.#state.kind === 'closed') throw closedError(this.#state.because)
    let waiter: Waiter | undefined
    const opened = new Promise<Connection>((resolve, reject) => {
      waiter = { resolve, reject }
      this.#waiters.add(waiter)
    })
    return orAborted(opened, signal).finally(() => waiter !== undefined && this.#waiters.delete(waiter))
  }

  /** Sends what waits, and ends it for good. */
  close(): void {
    this.#close(undefined)
  }

  #welcomed(connection: Connection, welcome: Welcome, token: string): void {
    const before = this.current
    const since = this.platform.now()
    this.#current = { connection, since, token }
    this.#clockOffset = welcome.now - since
    before?.close()
    this.#renew(connection, token)
    this.#owner.welcomed(welcome)
    this.#noteLedger(welcome.ledger)
    this.#become({ kind: 'open', node: welcome.node })
    for (const { resolve } of this.#waiters) resolve(connection)
  }

  #renew(connection: Connection, token: string): void {
    this.#renewal?.stop()
    const { platform } = this
    const tokens = this.#tokens
    if (typeof tokens === 'string') return
    this.#renewal = new Renewal({ connection, platform, tokens, ledgerNow: () => this.ledgerNow() }, token)
  }

  #received(connection: Connection, frame: NodeFrame): void {
    if (connection !== this.current) return
    if (frame.type === 'ledger') this.#noteLedger(frame)
    else if (frame.type === 'drain') this.#dialer.dialIn(frame.reconnectMs)
    else this.#owner.received(frame)
  }

  #noteLedger({ generation, durability, windowMs }: LedgerPromise): void {
    const before = this.#ledger
    this.#ledger = { generation, durability, windowMs }
    if (before !== undefined && before.generation !== generation) this.#owner.forgot(before.windowMs)
  }

  #lost(connection: Connection, error: ChimeraError): void {
    const current = this.#current
    if (current?.connection !== connection) return
    this.#current = undefined
    this.#renewal?.stop()
    if (this.platform.now() - current.since >= goodAfterMs) this.#dialer.forgetFailures()
    // It may be our own next connection that replaced this one; and after a `drain` the time of the next is set.
    const isOurs = this.#dialer.isConnecting || (this.#dialer.isBusy && nextAfter(error) === 'again')
    if (isOurs) this.#become({ kind: 'connecting' })
    else this.#dialer.recover(error, current.token)
  }

  /** The dialer's states are nobody's business as long as there is a connection. */
  #whileApart(state: LinkState): void {
    if (this.#current === undefined) this.#become(state)
  }

  #close(because: ChimeraError | undefined): void {
    if (this.#state.kind === 'closed') return
    const connection = this.current
    this.#current = undefined
    this.#dialer.stop()
    this.#renewal?.stop()
    connection?.close()
    for (const { reject } of this.#waiters) reject(closedError(because))
    this.#owner.closed(because)
    this.#become(because === undefined ? { kind: 'closed' } : { kind: 'closed', because })
  }

  #become(state: LinkState): void {
    if (this.#state.kind === 'closed') return
    this.#state = state
    for (const listener of [...this.#listeners]) listener(state)
  }
}

const closedError = (because: ChimeraError | undefined): ChimeraError =>
  because ?? new ChimeraError('CLOSED', 'it was closed on this side')
