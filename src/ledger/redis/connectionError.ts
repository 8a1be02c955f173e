/** What a server answers when it doesn't do as it was told, and what that means for the connection. */
import { LedgerFault } from '../port.js'

/** The server's own words: it has refused the command, and said why. */
export class RedisError extends Error {
  override readonly name = 'RedisError'
  /** The first word of its answer: `ERR`, `WRONGTYPE`, `OOM`, `NOPERM`. */
  readonly code: string

  constructor(message: string) {
    super(withoutArguments(message))
    this.code = /^[A-Z]+/.exec(message)?.[0] ?? 'ERR'
  }
}

/**
 * - `none`: an answer like any other;
 * - `later`: the server can't do it now, on this connection another time;
 * - `rebuild`: not on this connection any more: look again where the master is, and what it has loaded.
 */
export type Consequence = 'none' | 'later' | 'rebuild'

const consequences: Readonly<Record<string, Consequence>> = {
  // A master that became a replica, or one that doesn't yet, or no longer, have what it should have.
  READONLY: 'rebuild',
  LOADING: 'rebuild',
  MASTERDOWN: 'rebuild',
  // Its password was changed, or the server is another one.
  NOAUTH: 'rebuild',
  UNBLOCKED: 'later',
  CLUSTERDOWN: 'later',
  TRYAGAIN: 'later',
  ASK: 'later',
  BUSY: 'later',
  // It can't write to its disk, or to as many replicas as it was told to.
  MISCONF: 'later',
  NOREPLICAS: 'later',
}

export function consequenceOf(error: RedisError): Consequence {
  // A server without the library of functions: restored, flushed, or a replica that took over too soon.
  if (/^ERR Function not found/.test(error.message)) return 'rebuild'
  return consequences[error.code] ?? 'none'
}

export const faultOf = (error: RedisError): LedgerFault => new LedgerFault(error.message, { cause: error })

/** Some answers repeat the arguments, which may be anybody's payload. */
const withoutArguments = (message: string): string =>
  message.replace(/,? with args beginning with.*$/s, '').slice(0, 300)
