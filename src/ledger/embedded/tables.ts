/**
 * Where things lie in the store: a table is a shard's, of one kind. On a page its name stands before each key.
 *
 * Those with a capital letter are lists: of a lane, a set or a log each, and read in ranges. The others are read by
 * name. Names within are byte strings.
 */
import { measured } from './names.js'

export type Table = string

export type RowKind =
  /** A record. */
  | 'r'
  /** A long value of a record's field. */
  | 'b'
  /** A member's scores. */
  | 'm'
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

export const isList = (table: Table): boolean => table.charCodeAt(1) < 97

/** The key of the last file of the journal that the pages have taken over. */
export const takenKey = '!'

/** The key that comes right after all of this table. Its last byte is one of UTF-8 or a length's, so below 255. */
export const afterTable = (table: Table): string =>
  table.slice(0, -1) + String.fromCharCode(table.charCodeAt(table.length - 1) + 1)
