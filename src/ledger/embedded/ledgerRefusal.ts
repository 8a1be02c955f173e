/** Why a folder isn't opened. It is left as it was; the message says what to do next. */

export type RefusalKind =
  /** Another process has it open. */
  | 'locked'
  /** It may not be read or written. */
  | 'forbidden'
  | 'full'
  /** It was made by a later version. */
  | 'newer'
  /** Something in it isn't as it was left. */
  | 'damaged'
  /** It was made with other settings, such as another number of shards. */
  | 'different'

export class LedgerRefusal extends Error {
  override readonly name = 'LedgerRefusal'
  readonly kind: RefusalKind

  constructor(kind: RefusalKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}

const codes: ReadonlyMap<unknown, RefusalKind> = new Map([
  ['EACCES', 'forbidden'],
  ['EPERM', 'forbidden'],
  ['EROFS', 'forbidden'],
  ['ENOTDIR', 'forbidden'],
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EFBIG', 'full'],
])

const advice: Partial<Record<RefusalKind, string>> = {
  forbidden: 'give this user the right to read and write it, or choose another folder',
  full: 'make room on its disk',
}

/** What the system's error means for the folder; errors that mean nothing of the kind stay as they are. */
export function refusalOf(error: unknown, folder: string): unknown {
  const kind = codes.get(codeOf(error))
  if (kind === undefined) return error
  return new LedgerRefusal(kind, `${folder}: ${messageOf(error)}; ${advice[kind]}`, { cause: error })
}

export const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
