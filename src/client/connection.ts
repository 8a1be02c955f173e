/**
 * One connection's life: `opening → greeting (hello sent) → open (welcomed) → ended`.
 *
 * Frames sent in the same turn of the event loop leave as one message. Replies are told by callbacks and not by
 * promises: what a message holds is handled in its order, so a task in a reply comes before its cancel behind it.
 */
import { limits } from '../protocol/formats.js'
import type { NodeFrame, Welcome } from '../protocol/nodeFrames.js'
import { ChimeraError } from './chimeraError.js'
import { closedSocket, refusedHandshake } from './ending.js'
import { type OnReply, OpenRequests } from './openRequests.js'
import type { Platform } from './platform.js'
import { Pulse } from './pulse.js'
import { openSocket, type Socket } from './socket.js'
import { decode, encode, messagesOf } from './wire.js'

/** From the first packet to `welcome`. */
const welcomeMs = 30_000
/** From a request to its reply. */
const answerMs = 30_000

export type Frame = { readonly type: string; readonly [field: string]: unknown }

export interface ConnectionEvents {
  /** The fields of `hello`, asked for once, when it leaves. */
  hello(): object
  /** The fields of a `heartbeat`. */
  heartbeat(): object
  welcomed(connection: Connection, welcome: Welcome): void
  /** A frame that is no reply. Only after `welcomed`. */
  received(connection: Connection, frame: NodeFrame): void
  /** Once, whatever the cause; requests without a reply have failed before it. */
  ended(connection: Connection, error: ChimeraError): void
}

type State =
  | { readonly kind: 'opening' }
  | { readonly kind: 'greeting' }
  | { readonly kind: 'open'; readonly welcome: Welcome; readonly pulse: Pulse }
  | { readonly kind: 'ended' }

export class Connection {
  readonly #platform: Platform
  readonly #events: ConnectionEvents
  readonly #socket: Socket
  readonly #requests = new OpenRequests(answerMs)
  readonly #stopWaiting: () => void
  #state: State = { kind: 'opening' }
  #outgoing: Uint8Array[] = []

  constructor(url: string, token: string, platform: Platform, events: ConnectionEvents) {
    this.#platform = platform
    this.#events = events
    this.#stopWaiting = platform.setTimer(() => {
      this.#end(new ChimeraError('UNREACHABLE', `no welcome within ${welcomeMs} ms`))
    }, welcomeMs)
    this.#socket = openSocket(url, token, {
      opened: () => this.#greet(),
      received: (message) => this.#receive(message),
      refused: (status, retryAfterMs, text) => this.#end(refusedHandshake(status, retryAfterMs, text)),
      closed: (code, reason) => this.#end(closedSocket(code, reason, this.#state.kind === 'open')),
    })
  }

  /** Undefined before the welcome and after the end. */
  get welcome(): Welcome | undefined {
    return this.#state.kind === 'open' ? this.#state.welcome : undefined
  }

  /** A frame that gets no reply. Throws `INVALID` where it can't be said; nothing happens after the end. */
  send(frame: Frame): void {
    this.#enqueue(encode(frame))
  }

  /** A frame without its `id`. `onReply` is called once, maybe before this returns, where it can't even be sent. */
  request(frame: Frame, onReply: OnReply): void {
    if (this.#state.kind === 'ended') {
      onReply({ kind: 'refused', error: new ChimeraError('CONNECTION_LOST', 'the connection has ended') })
      return
    }
    const id = this.#requests.add(onReply, this.#platform.now())
    const unsent = this.#tryToSend({ ...frame, id })
    if (unsent !== undefined) this.#requests.settle(id, { kind: 'refused', error: unsent })
  }

  /** Sends what waits, and ends it. */
  close(): void {
    this.#flush()
    this.#socket.close()
    this.#end(new ChimeraError('CLOSED', 'closed on this side'))
  }

  #tryToSend(frame: Frame): ChimeraError | undefined {
    const maxBytes = this.welcome?.limits.messageBytes ?? limits.messageBytes
    try {
      const bytes = encode(frame)
      if (bytes.length > maxBytes)
        return new ChimeraError('TOO_LARGE', `${frame.type}: expected at most ${maxBytes} bytes, got ${bytes.length}`)
      this.#enqueue(bytes)
      return undefined
    } catch (error) {
      if (error instanceof ChimeraError) return error
      throw error
    }
  }

  #enqueue(bytes: Uint8Array): void {
    if (this.#state.kind === 'ended') return
    if (this.#outgoing.push(bytes) === 1) this.#platform.endOfTurn(() => this.#flush())
  }

  #flush(): void {
    if (this.#outgoing.length === 0 || this.#state.kind === 'ended') return
    const frames = this.#outgoing
    this.#outgoing = []
    const maxBytes = this.welcome?.limits.messageBytes ?? limits.messageBytes
    for (const message of messagesOf(frames, maxBytes)) this.#socket.send(message)
  }

  #greet(): void {
    if (this.#state.kind !== 'opening') return
    this.#state = { kind: 'greeting' }
    this.request({ type: 'hello', ...this.#events.hello() }, (reply) => {
      if (reply.kind === 'refused') this.#end(reply.error)
    })
  }

  #receive(message: Uint8Array): void {
    if (this.#state.kind === 'open') this.#state.pulse.heard()
    let frames: readonly NodeFrame[]
    try {
      frames = decode(message)
    } catch (error) {
      this.#end(new ChimeraError('CONNECTION_LOST', 'the node sent what is no message', { cause: error }))
      return
    }
    for (const frame of frames) this.#handle(frame)
  }

  #handle(frame: NodeFrame): void {
    switch (frame.type) {
      case 'ack':
        this.#requests.settle(frame.re, { kind: 'ack', ack: frame })
        break
      case 'error':
        if (frame.re !== undefined)
          this.#requests.settle(frame.re, {
            kind: 'refused',
            error: new ChimeraError(frame.code, frame.message, frame),
          })
        break
      case 'welcome':
        if (this.#state.kind === 'greeting') this.#open(frame)
        break
      default:
        if (this.#state.kind === 'open') this.#events.received(this, frame)
    }
  }

  #open(welcome: Welcome): void {
    this.#stopWaiting()
    const pulse = new Pulse(welcome, this.#platform, {
      beat: () => this.request({ type: 'heartbeat', ...this.#events.heartbeat() }, () => {}),
      ticked: (now) => this.#requests.expire(now),
      silent: (forMs) => this.#end(new ChimeraError('CONNECTION_LOST', `nothing came for ${Math.round(forMs)} ms`)),
    })
    this.#state = { kind: 'open', welcome, pulse }
    this.#requests.settle(welcome.re, { kind: 'ack', ack: { type: 'ack', re: welcome.re } })
    this.#events.welcomed(this, welcome)
  }

  #end(error: ChimeraError): void {
    const state = this.#state
    if (state.kind === 'ended') return
    this.#state = { kind: 'ended' }
    this.#stopWaiting()
    if (state.kind === 'open') state.pulse.stop()
    // After a `close` the socket says goodbye; in all other cases nobody is there to hear it.
    if (error.code !== 'CLOSED') this.#socket.drop()
    this.#requests.failAll(new ChimeraError('CONNECTION_LOST', error.message, { cause: error }))
    this.#events.ended(this, error)
  }
}
