/**
 * Connections between clients and nodes, as WebSockets have them: in order in each direction, and cut at any moment.
 *
 * What is under way when a connection is cut is lost. The two ends learn of it at times of their own, so for a while
 * one of them speaks to nobody.
 */
import type { Clock } from '../../src/clock.js'
import { clientReadLimits, type Frame, readMessage } from '../../src/protocol/reading.js'
import type { Caller } from '../../src/transport/connection.js'
import type { Socket } from '../../src/transport/socket.js'
import type { Dice } from './dice.js'
import type { End, History } from './history.js'
import type { Weather } from './weather.js'

/** A client's end of a connection. */
export interface ClientEnd {
  opened(line: Line): void
  heard(frame: Frame): void
  /** 1006: without a word. */
  closed(code: number): void
}

/** A node's end of a connection. */
export interface ServerEnd {
  received(bytes: Uint8Array): void
  heard(): void
  forget(): void
}

/** Where connections arrive. */
export interface Host {
  isUp(): boolean
  /** Null: nobody gets in just now. */
  accept(caller: Caller, socket: Socket, line: Line): ServerEnd | null
}

export type NetworkParts = {
  readonly clock: Clock
  readonly dice: Dice
  readonly weather: Weather
  readonly history: History
  readonly heartbeatMs: number
}

const lostMs = 1_500

export class Network {
  readonly parts: NetworkParts
  #connections = 0

  constructor(parts: NetworkParts) {
    this.parts = parts
  }

  dial(host: Host, caller: Caller, client: ClientEnd): Line {
    const { role, identity } = caller
    const who = { role, tenant: identity.tenant, sub: identity.sub }
    return new Line(this.parts, { who, connection: ++this.#connections }, host, caller, client)
  }
}

export class Line {
  readonly end: End
  readonly #parts: NetworkParts
  readonly #client: ClientEnd
  #server: ServerEnd | null = null
  #upAt = 0
  #downAt = 0
  #isCut = false
  #isOver = false

  constructor(parts: NetworkParts, end: End, host: Host, caller: Caller, client: ClientEnd) {
    this.#parts = parts
    this.end = end
    this.#client = client
    this.#up(() => this.#accept(host, caller))
  }

  get isCut(): boolean {
    return this.#isCut
  }

  /** From the client. */
  send(bytes: Uint8Array): number {
    const order = this.#parts.history.said(this.end, bytes)
    this.#up(() => this.#server?.received(bytes))
    return order
  }

  /** The client says goodbye. */
  hangUp(): void {
    this.#isOver = true
    this.#up(() => this.#forget())
  }

  cut(): void {
    if (this.#isCut) return
    this.#isCut = true
    const { dice, heartbeatMs } = this.#parts
    this.#after(dice.chance(0.7) ? dice.between(0, 100) : dice.between(0, 4 * heartbeatMs), () => this.#forget())
    this.#after(dice.chance(0.7) ? dice.between(0, 100) : dice.between(0, 4 * heartbeatMs), () => this.#close(1006))
  }

  /** The node is gone: its end of the connection has nobody any more. */
  orphan(): void {
    this.#server = null
    this.cut()
  }

  #accept(host: Host, caller: Caller): void {
    this.#server = host.isUp() ? host.accept(caller, this.#socket(), this) : null
    if (this.#server === null) {
      this.#down(() => this.#close(1006))
      return
    }
    this.#down(() => {
      if (!this.#isOver) this.#client.opened(this)
    })
    const { dice, weather } = this.#parts
    if (weather.connectionMs < Number.POSITIVE_INFINITY) {
      // What was stilled meanwhile cuts nobody.
      this.#after(dice.between(1, weather.connectionMs), () => {
        if (weather.connectionMs < Number.POSITIVE_INFINITY) this.cut()
      })
    }
  }

  #socket(): Socket {
    return {
      bufferedAmount: 0,
      send: (bytes) => this.#toClient(bytes),
      ping: () => this.#down(() => this.#up(() => this.#server?.heard())),
      close: (code) => {
        this.#down(() => this.#close(code))
        this.#after(lostMs, () => this.#forget())
      },
      terminate: () => this.#forget(),
      pause: () => {},
      resume: () => {},
    }
  }

  #toClient(bytes: Uint8Array): void {
    const message = readMessage(bytes, clientReadLimits)
    if (message.kind === 'malformed') {
      this.#parts.history.alarm(`a node sent what no client can read: ${message.why}`)
      return
    }
    this.#parts.history.tell(this.end, bytes, message.frames)
    this.#down(() => {
      for (const frame of message.frames) {
        if (this.#isOver) return
        this.#parts.history.hear(this.end, frame)
        this.#client.heard(frame)
      }
    })
  }

  #forget(): void {
    const server = this.#server
    this.#server = null
    server?.forget()
  }

  #close(code: number): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#client.closed(code)
  }

  #up(act: () => void): void {
    this.#upAt = this.#travel(this.#upAt, act)
  }

  #down(act: () => void): void {
    this.#downAt = this.#travel(this.#downAt, act)
  }

  /** Behind what went the same way before, unless the connection is cut. */
  #travel(notBefore: number, act: () => void): number {
    const { clock, dice, weather } = this.#parts
    const at = Math.max(notBefore, clock.now() + dice.between(0, weather.networkMs))
    clock.at(at, () => {
      if (!this.#isCut) act()
    })
    return at
  }

  #after(ms: number, act: () => void): void {
    const { clock } = this.#parts
    clock.at(clock.now() + ms, act)
  }
}
