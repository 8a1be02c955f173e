/** What the caller of a write knows already: it saves the store looking for it. All may be left out. */
import type { Slot } from './layer.js'
import type { RowChange } from './row.js'

export type WriteHints = {
  /** Nothing is stored under this name, for certain. */
  readonly isNew?: boolean
  /** Nor ever was. */
  readonly isUnique?: boolean
  /** Where the last write of this name said that it is. */
  readonly slot?: Slot | undefined
  /** How the row that is stored became the one to store: the journal needs no more. */
  readonly change?: RowChange | undefined
}

/** The name is an id of which there is one. */
export const freshId: WriteHints = { isNew: true, isUnique: true }
