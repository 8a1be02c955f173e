/** Names that mean something to the ledger itself: holders and entries. */
import type { EntryId, Holder } from '../port.js'
import { InvalidWrite } from './invalidWrite.js'

const holderMaxLength = 128
const entryIds = /^[1-9]\d{15}$/

/** The id before all others. */
export const noEntry: EntryId = '0'

/** Ids are numbers of 16 digits, so they sort as strings. */
export const isEntryId = (entry: EntryId): boolean => entryIds.test(entry)

export function checkHolder(holder: Holder): void {
  const isOne = holder.length > 0 && holder.length <= holderMaxLength && holder.isWellFormed()
  if (!isOne) throw new InvalidWrite(`a holder has 1 to ${holderMaxLength} characters of well-formed text`)
}
