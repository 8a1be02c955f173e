/** Why a ledger isn't opened. It is left as it was; the message says what to do next. */

export type RefusalKind =
  /** Another process has it open. */
  | 'locked'
  /** It may not be read or written. */
  | 'forbidden'
  | 'full'
  /** It was made by a later version. */
  | 'newer'
  /** The server is of an older version than is needed. */
  | 'older'
  /** Something in it isn't as it was left. */
  | 'damaged'
  /** It was made with other settings, such as another number of shards, or by another cluster. */
  | 'different'
  /** The server is set up so that it could lose what it has confirmed. */
  | 'unsafe'
  /** Its name is used by something else. */
  | 'taken'

export class LedgerRefusal extends Error {
  override readonly name = 'LedgerRefusal'
  readonly kind: RefusalKind

  constructor(kind: RefusalKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
