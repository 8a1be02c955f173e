/**
 * The one error of the client: what the node refused, by its code, and what kept the client from asking it.
 */
import type { ErrorCode, ReviewCard } from './wire.js'

/** What the client says by itself, beside the node's own codes. */
export const clientCodes = {
  UNREACHABLE: 'No connection could be made; it is tried again.',
  UNAUTHORIZED: 'The node does not accept the token.',
  REFUSED: 'The node does not accept connections of this kind: look at the address.',
  TOKEN_UNAVAILABLE: 'The token provider failed; it is asked again.',
  TOKEN_EXPIRED: 'The token has expired, and there is no other.',
  CONNECTION_LOST: 'The connection ended; whether the node did what was asked is unknown.',
  NO_ANSWER: 'No answer came in time; whether the node did what was asked is unknown.',
  REPLACED: 'A newer connection of the same name took over.',
  BANNED: 'An operator banned this agent.',
  CANCELLED: 'The task is no longer to be worked on.',
  LEASE_LOST: 'The task was given to somebody else.',
  DEADLINE: 'The time for this attempt is over.',
  CLOSED: 'It was closed on this side.',
} as const

export type ChimeraCode = ErrorCode | keyof typeof clientCodes

export type ChimeraErrorDetails = {
  readonly retryAfterMs?: number | undefined
  readonly card?: ReviewCard | undefined
  readonly cause?: unknown
}

export class ChimeraError extends Error {
  override readonly name = 'ChimeraError'
  readonly code: ChimeraCode
  /** Not to be tried again before this many milliseconds have passed. */
  readonly retryAfterMs: number | undefined
  /** With `ALREADY_DECIDED`, `CLAIMED` and `CHANGED`: the card as it stands. */
  readonly card: ReviewCard | undefined

  constructor(code: ChimeraCode, message: string, details: ChimeraErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause })
    this.code = code
    this.retryAfterMs = details.retryAfterMs
    this.card = details.card
  }
}
