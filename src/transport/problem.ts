/**
 * Errors over HTTP: problem documents (RFC 9457) with a code of the same catalogue that frames use.
 */
import { type ErrorCode, errorCodes } from '../protocol/codes.js'

export type Problem = {
  readonly status: number
  readonly code: ErrorCode
  readonly detail: string
  readonly retryAfterMs?: number
  /** Headers beside `Content-Type` and `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Further members of the document, such as the `card` as it stands. */
  readonly members?: Readonly<Record<string, unknown>>
}

export const problemType = 'application/problem+json'

const statuses: Readonly<Record<ErrorCode, number>> = {
  BAD_FRAME: 400,
  UNKNOWN_TYPE: 400,
  NOT_READY: 409,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  INVALID: 400,
  CONFLICT: 409,
  STALE_LEASE: 409,
  ALREADY_DECIDED: 409,
  CLAIMED: 409,
  CHANGED: 409,
  PAUSED: 503,
  OVERLOADED: 503,
  RATE_LIMITED: 429,
  TOO_LARGE: 413,
  INTERNAL: 500,
}

/** Where the status says more than the code does. */
const titles: Readonly<Record<number, string>> = {
  401: 'There is no token, or none that is accepted here.',
  405: 'The path has no call of this method.',
  415: 'The body is not of the type that is expected.',
  426: 'The path is one for WebSockets.',
}

/** With the status that fits the code. */
export function problemOf(code: ErrorCode, detail: string): Problem {
  return { status: statuses[code], code, detail }
}

/** No token, or a wrong one. */
export function unauthorized(detail: string): Problem {
  return { status: 401, code: 'FORBIDDEN', detail, headers: { 'WWW-Authenticate': 'Bearer' } }
}

/** @param allowed the methods that the path has */
export function noSuchMethod(allowed: readonly string[]): Problem {
  const Allow = allowed.join(', ')
  return { status: 405, code: 'INVALID', detail: `method: expected ${Allow}`, headers: { Allow } }
}

export function problemHeaders({ headers, retryAfterMs }: Problem): Readonly<Record<string, string>> {
  const retryAfter =
    retryAfterMs === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) }
  return { 'Content-Type': problemType, 'Cache-Control': 'no-store', ...retryAfter, ...headers }
}

export function problemDocument({
  status,
  code,
  detail,
  retryAfterMs,
  members,
}: Problem): Readonly<Record<string, unknown>> {
  const retry = retryAfterMs === undefined ? {} : { retryAfterMs }
  return { type: 'about:blank', title: titles[status] ?? errorCodes[code], status, detail, code, ...retry, ...members }
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code)
}
