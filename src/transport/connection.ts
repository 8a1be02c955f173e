/**
 * One client's connection: from its upgrade until its session was told that it is lost.
 *
 * The session is told `lost` once, as soon as the connection starts to close, whoever closes it: from then on nothing
 * it sends arrives. The clock is looked at by the sweep over all connections, which calls `look`.
 */
import type { FrameMessage, Identity, LostMessage } from '../actors/effects.js'
import type { Address, Message } from '../actors/runtime/actor.js'
import type { Clock } from '../clock.js'
import { encodeFrame } from '../protocol/encoding.js'
import { limits, utf8Length } from '../protocol/formats.js'
import type { Role } from '../protocol/frames.js'
import type { ErrorFrame } from '../protocol/nodeFrames.js'
import type { AddressLimits } from './addressLimits.js'
import type { Authenticator } from './authentication.js'
import { type CheckedFrame, Inbox, type InboxLimits, type InboxOwner, refusal, requestId } from './inbox.js'
import { type Flushes, Outbox } from './outbox.js'
import { renewed } from './renewal.js'
import type { Socket } from './socket.js'

/** Who is at the other end, and from where. */
export type Caller = {
  readonly role: Role
  readonly identity: Identity
  /** Of the token, in ms since the epoch. */
  readonly expiresAt: number
  readonly remoteAddress: string
}

/** What all connections of a node have in common. */
export type ConnectionSetting = {
  readonly clock: Clock
  readonly tell: (to: Address, message: Message) => 'ok' | 'full' | 'noActor'
  readonly authenticator: Authenticator
  readonly addressLimits: AddressLimits
  readonly limits: InboxLimits & { readonly outboxMaxBytes: number }
  readonly heartbeatMs: number
  readonly helloMs: number
  readonly flushes: Flushes
  /** Adds to a counter by its name. */
  readonly count: (what: string, n: number) => void
}

type Phase = 'greeting' | 'open' | 'closing'

/** `re`: it is a reply. */
type Sendable = { readonly type: string; readonly re?: unknown }

/** How long a client whose session has no room is not read, and when it should try again. */
const fullPauseMs = 50

/** Replies above this size wait for another time where the send buffer is fuller than that. */
const largeReplyBytes = 16_384
const fullPart = 3 / 4
/** What may still wait where nearly all has left, and how often that is looked at. */
const littlePart = 1 / 8
const drainLookMs = 20

export class Connection implements InboxOwner {
  readonly session: Address
  readonly caller: Caller
  readonly #socket: Socket
  readonly #setting: ConnectionSetting
  readonly #inbox: Inbox
  readonly #outbox: Outbox
  readonly #openedAt: number
  #phase: Phase = 'greeting'
  #expiresAt: number
  #heardAt: number
  #pingedAt: number
  #isPaused = false
  #isRenewing = false

  constructor(session: Address, caller: Caller, socket: Socket, setting: ConnectionSetting) {
    const now = setting.clock.now()
    this.session = session
    this.caller = caller
    this.#socket = socket
    this.#setting = setting
    this.#inbox = new Inbox(this, caller.role, setting.limits, now)
    this.#outbox = new Outbox(socket, setting.flushes, setting.limits.outboxMaxBytes)
    this.#openedAt = now
    this.#expiresAt = caller.expiresAt
    this.#heardAt = now
    this.#pingedAt = now
  }

  /** Its session has said `welcome`, and nobody has said goodbye. */
  get isOpen(): boolean {
    return this.#phase === 'open'
  }

  get isClosing(): boolean {
    return this.#phase === 'closing'
  }

  /** A binary message came. */
  received(bytes: Uint8Array): void {
    if (this.#phase === 'closing') return
    const now = this.#setting.clock.now()
    this.#heardAt = now
    this.#inbox.receive(bytes, now)
  }

  receivedText(): void {
    this.close(1003, 'frames are binary messages')
  }

  /** A ping or pong came. */
  heard(): void {
    this.#heardAt = this.#setting.clock.now()
  }

  /** Encoded by the caller, who may have it for many. Nothing, once it is closing. */
  send(frame: Sendable, bytes: Uint8Array): void {
    if (this.#phase === 'closing') return
    if (frame.type === 'welcome') this.#phase = 'open'
    if (bytes.length > limits.clientMessageBytes) this.#tooLargeToSend(frame)
    else if (this.#isOneTooMany(frame, bytes)) this.#sendLater(frame)
    else if (!this.#outbox.push(bytes)) this.close(4009, 'the send buffer is full')
  }

  /** Tells `then` once nearly all that was sent before has left, and not where the connection ends first. */
  whenSent(then: () => void): void {
    if (this.#phase === 'closing') return
    const { clock, limits } = this.#setting
    if (this.#outbox.waitingBytes <= limits.outboxMaxBytes * littlePart) then()
    else clock.at(clock.now() + drainLookMs, () => this.whenSent(then))
  }

  /** A large reply, to a client that asked for more at once than it reads. It may ask again, so no reason to end it. */
  #isOneTooMany(frame: Sendable, bytes: Uint8Array): boolean {
    const { waitingBytes } = this.#outbox
    const isLargeReply = frame.re !== undefined && bytes.length > largeReplyBytes
    return (
      isLargeReply && waitingBytes > 0 && waitingBytes + bytes.length > this.#setting.limits.outboxMaxBytes * fullPart
    )
  }

  #sendLater({ re }: Sendable): void {
    if (typeof re !== 'number') return
    const message = 'the answer: more was asked for at once than is read; ask again'
    this.answer({ ...refusal('OVERLOADED', message, re), retryAfterMs: fullPauseMs })
  }

  /** Behind the frames sent before. Later calls change nothing. */
  close(code: number, reason: string): void {
    if (this.#phase === 'closing') return
    this.#outbox.flush()
    // Else the client's answer to the close frame is never read.
    if (this.#isPaused) this.#socket.resume()
    this.#socket.close(code, fitting(reason))
    this.#setting.count(`closed.${code}`, 1)
    this.ended()
  }

  /** The socket is gone, or about to be. */
  ended(): void {
    if (this.#phase === 'closing') return
    this.#phase = 'closing'
    this.#tellLost()
  }

  /** What time brings: an expired token, no hello, silence. */
  look(now: number): void {
    const { heartbeatMs, helloMs } = this.#setting
    const silentMs = this.#isPaused ? 0 : now - this.#heardAt
    if (now >= this.#expiresAt) this.close(4008, 'the token has expired')
    else if (this.#phase === 'greeting' && now - this.#openedAt >= helloMs) this.close(4003, 'no hello in time')
    else if (silentMs >= 3 * heartbeatMs) this.close(4004, 'silent for too long')
    // Pongs go past the outbox: whoever pings and doesn't read is found here.
    else if (this.#socket.bufferedAmount > this.#setting.limits.outboxMaxBytes) this.close(4009, 'does not read')
    else if (silentMs >= heartbeatMs && now - this.#pingedAt >= heartbeatMs) this.#ping(now)
  }

  #ping(now: number): void {
    if (this.#phase === 'closing') return
    this.#pingedAt = now
    this.#socket.ping()
  }

  /** Of the inbox: a frame for the session. */
  take(frame: CheckedFrame): void {
    if (this.#phase === 'closing') return
    if (frame.type === 'reauth') void this.#renew(frame)
    else this.#hand(frame)
  }

  #hand(frame: CheckedFrame): void {
    const message: FrameMessage<CheckedFrame> = { kind: 'frame', frame }
    const delivery = this.#setting.tell(this.session, message)
    if (delivery === 'noActor') this.close(1011, 'the session has failed')
    else if (delivery === 'full') this.#full(frame)
  }

  /** Of the inbox. */
  answer(error: ErrorFrame): void {
    this.#setting.count(`refused.${error.code}`, 1)
    this.send(error, encodeFrame(error))
  }

  /** Of the inbox. */
  giveUp(): void {
    this.close(1008, 'too many malformed frames')
  }

  /** Of the inbox. */
  dropped(): void {
    this.#setting.count('dropped.rate', 1)
  }

  #full(frame: CheckedFrame): void {
    const id = requestId(frame)
    if (id === undefined) this.#setting.count('dropped.full', 1)
    else this.answer({ ...refusal('OVERLOADED', 'too much of this connection waits', id), retryAfterMs: fullPauseMs })
    if (this.#isPaused) return
    this.#isPaused = true
    this.#socket.pause()
    this.#setting.clock.at(this.#setting.clock.now() + fullPauseMs, () => {
      this.#isPaused = false
      this.heard()
      this.#socket.resume()
    })
  }

  #tellLost(): void {
    const lost: LostMessage = { kind: 'lost' }
    const { clock, tell } = this.#setting
    if (tell(this.session, lost) === 'full') clock.at(clock.now() + fullPauseMs, () => this.#tellLost())
  }

  #tooLargeToSend(frame: Sendable): void {
    this.#setting.count('dropped.size', 1)
    if (typeof frame.re !== 'number') return
    this.answer(
      refusal('TOO_LARGE', `the answer: expected at most ${limits.clientMessageBytes} bytes; ask for less`, frame.re),
    )
  }

  async #renew({ id, token }: Extract<CheckedFrame, { type: 'reauth' }>): Promise<void> {
    if (this.#isRenewing) {
      this.answer({ ...refusal('RATE_LIMITED', 'another reauth is under way', id), retryAfterMs: fullPauseMs })
      return
    }
    this.#isRenewing = true
    const renewal = await renewed(this.caller, token, this.#setting)
    this.#isRenewing = false
    if (renewal.kind === 'refused') {
      this.answer({ ...renewal.error, re: id })
      return
    }
    this.#expiresAt = renewal.expiresAt
    const ack = { type: 'ack', re: id }
    this.send(ack, encodeFrame(ack))
  }
}

/** A close frame has room for 123 bytes. */
function fitting(reason: string): string {
  return utf8Length(reason) > 123 ? reason.slice(0, 41) : reason
}
