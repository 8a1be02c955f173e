/**
 * Where things lie in the store: a table is a shard's, of one kind. On a page its name stands before each key.
 *
 * Those with a capital letter are lists: of a lane, a set or a log each, and read in ranges. The others are read by
 * name. Names within are byte strings.
 */
import { measured } from './names.js'

export type Table = string

export type RowKind =
  /** Records, and the scores of members. */
  | 'r'
  /** A long value of a record's field. */
  | 'b'
  /** The names of a record's fields. */
  | 's'
  /** A pending entry. */
  | 'p'
  /** How many wait in a lane. */
  | 'n'
  /** How many entries a log has. */
  | 'g'
  /** A holder. */
  | 'h'
  /** What the shard itself has: its epoch and counters. */
  | 'x'

export type ListKind =
  /** Waiting entries of a lane. */
  | 'W'
  /** Members of a set, by score. */
  | 'S'
  /** Entries of a log. */
  | 'L'

const shardCharacter = (shard: number): string => String.fromCharCode(48 + shard)

export const rowTable = (shard: number, kind: RowKind): Table => shardCharacter(shard) + kind

export const listTable = (shard: number, kind: ListKind, name: string): Table =>
  shardCharacter(shard) + kind + measured(name)

/**
 * Names of records and members within their table: the last part, after `/`, comes first. So a task's record and the
 * scores of its id lie side by side, mostly on the same page, which is then written once for both.
 */
export const recordName = (bytes: string): string => lastPartFirst(bytes, 'r')

export const memberName = (bytes: string): string => lastPartFirst(bytes, 'm')

/** Told apart from each other by what stands at the end: how long the rest is, and whose name it is. */
function lastPartFirst(bytes: string, kind: string): string {
  const cut = bytes.lastIndexOf('/') + 1
  return bytes.slice(cut) + bytes.slice(0, cut) + String.fromCharCode(cut >> 8, cut & 255) + kind
}

export const isList = (table: Table): boolean => table.charCodeAt(1) < 97

/** The key of the last file of the journal that the pages have taken over. */
export const takenKey = '!'

/** The key that comes right after all of this table. Its last byte is one of UTF-8 or a length's, so below 255. */
export const afterTable = (table: Table): string =>
  table.slice(0, -1) + String.fromCharCode(table.charCodeAt(table.length - 1) + 1)
