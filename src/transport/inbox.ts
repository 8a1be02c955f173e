/**
 * What comes from one client: bytes are read into frames, frames are checked, and whatever isn't as it should be is
 * answered here, so that a session sees only frames that its role may send.
 */
import { checkFrame, type ValueLimits } from '../protocol/check.js'
import type { ErrorCode } from '../protocol/codes.js'
import { limits } from '../protocol/formats.js'
import type { FrameOf, Role } from '../protocol/frames.js'
import type { ErrorFrame } from '../protocol/nodeFrames.js'
import { type Frame, readMessage } from '../protocol/reading.js'
import { FrameRate } from './frameRate.js'

export type CheckedFrame = FrameOf<Role>

export interface InboxOwner {
  /** A frame for the session. */
  take(frame: CheckedFrame): void
  answer(error: ErrorFrame): void
  /** Too many malformed frames. */
  giveUp(): void
  /** A frame without an id that was let go of: nobody can be told. */
  dropped(): void
}

export type InboxLimits = ValueLimits & { readonly framesPerSecond: number }

const maxMalformed = 10
const malformedWindowMs = 60_000
const shownTypeLength = 64
const tooMany = { kind: 'tooMany' } as const

export class Inbox {
  readonly #owner: InboxOwner
  readonly #role: Role
  readonly #limits: InboxLimits
  readonly #rate: FrameRate
  /** Times of the last malformed frames, oldest first. */
  #malformedAt: number[] = []

  constructor(owner: InboxOwner, role: Role, within: InboxLimits, now: number) {
    this.#owner = owner
    this.#role = role
    this.#limits = within
    this.#rate = new FrameRate(within.framesPerSecond, now)
  }

  receive(bytes: Uint8Array, now: number): void {
    const message = readMessage(bytes)
    if (message.kind === 'malformed') this.#malformed(message.why, message.id, now)
    else {
      for (const frame of message.frames) this.#frame(frame, now)
      for (const why of message.strays ?? []) this.#malformed(why, undefined, now)
    }
  }

  #frame(frame: Frame, now: number): void {
    const retryAfterMs = this.#rate.take(now, frame.type === 'heartbeat')
    const checked = retryAfterMs > 0 ? tooMany : checkFrame(this.#role, frame, this.#limits)
    if (checked.kind === 'ok') this.#owner.take(checked.frame)
    else if (checked.kind === 'tooMany') this.#tooMany(frame, retryAfterMs)
    else if (checked.kind === 'unknownType') this.#owner.answer(this.#unknownType(checked.type, checked.id))
    else if (checked.code === 'BAD_FRAME') this.#malformed(checked.message, checked.id, now)
    else this.#owner.answer(refusal(checked.code, checked.message, checked.id))
  }

  #tooMany(frame: Frame, retryAfterMs: number): void {
    const id = requestId(frame)
    const message = `expected at most ${this.#limits.framesPerSecond} frames a second`
    if (id === undefined) this.#owner.dropped()
    else this.#owner.answer({ ...refusal('RATE_LIMITED', message, id), retryAfterMs })
  }

  #unknownType(type: string, id: number | undefined): ErrorFrame {
    const shown = type.length > shownTypeLength ? `${type.slice(0, shownTypeLength)}…` : type
    return refusal('UNKNOWN_TYPE', `type: no frame of role ${this.#role} is called ${JSON.stringify(shown)}`, id)
  }

  #malformed(why: string, id: number | undefined, now: number): void {
    this.#owner.answer(refusal('BAD_FRAME', why, id))
    this.#malformedAt = [...this.#malformedAt.filter((at) => at > now - malformedWindowMs), now]
    if (this.#malformedAt.length >= maxMalformed) this.#owner.giveUp()
  }
}

export function refusal(code: ErrorCode, message: string, re: number | undefined): ErrorFrame {
  return re === undefined ? { type: 'error', code, message } : { type: 'error', re, code, message }
}

/** Where the frame is a request. */
export function requestId({ id }: Readonly<Record<string, unknown>>): number | undefined {
  return typeof id === 'number' && Number.isInteger(id) && id >= 0 && id <= limits.uint32 ? id : undefined
}
