/** What the system says of a folder, as a refusal that tells a person what to do. */
import { LedgerRefusal, type RefusalKind } from '../ledgerRefusal.js'

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
