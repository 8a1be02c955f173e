/**
 * Why a connection ended or never came about, and what follows from it.
 */
import { ChimeraError } from './chimeraError.js'

/** A handshake that was answered by an HTTP status. */
export function refusedHandshake(status: number, retryAfterMs: number | undefined, text: string): ChimeraError {
  const message = `the node answered ${status} ${text}`.trimEnd()
  if (status === 401) return new ChimeraError('UNAUTHORIZED', message)
  if (status === 403) return new ChimeraError('FORBIDDEN', message)
  const isForNow = status >= 500 || status === 408 || status === 425 || status === 429
  return new ChimeraError(isForNow ? 'UNREACHABLE' : 'REFUSED', message, { retryAfterMs })
}

/** A close, by its code. */
export function closedSocket(code: number, reason: string, wasOpen: boolean): ChimeraError {
  const message = reason === '' ? `closed with ${code}` : `closed with ${code}: ${reason}`
  if (code === 4001) return new ChimeraError('REPLACED', message)
  if (code === 4008) return new ChimeraError('TOKEN_EXPIRED', message)
  if (code === 4010) return new ChimeraError('BANNED', message)
  return new ChimeraError(wasOpen ? 'CONNECTION_LOST' : 'UNREACHABLE', message)
}

/** `newToken`: only with another token than this one. */
export type Next = 'again' | 'newToken' | 'never'

export function nextAfter({ code }: ChimeraError): Next {
  switch (code) {
    case 'UNAUTHORIZED':
    case 'FORBIDDEN':
    case 'TOKEN_EXPIRED':
      return 'newToken'
    case 'UNREACHABLE':
    case 'CONNECTION_LOST':
    case 'NO_ANSWER':
    case 'TOKEN_UNAVAILABLE':
    case 'OVERLOADED':
    case 'RATE_LIMITED':
    case 'PAUSED':
    case 'INTERNAL':
      return 'again'
    default:
      return 'never'
  }
}
