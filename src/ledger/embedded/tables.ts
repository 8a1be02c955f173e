/**
 * Keys of the store: a shard, a kind, and what the kind says.
 *
 * Kinds with a capital letter are lists: their keys begin with a measured name, so that each list is one range.
 */
import { measured } from './names.js'

export type RowKind =
  /** A record. */
  | 'r'
  /** A long value of a record's field. */
  | 'b'
  /** A member's scores. */
  | 'm'
  /** A pending entry. */
  | 'p'
  /** Entries waiting in a lane. */
  | 'n'
  /** Entries of a log. */
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

export const rowKey = (shard: number, kind: RowKind, rest: string): string => shardCharacter(shard) + kind + rest

export const listPrefix = (shard: number, kind: ListKind, name: string): string =>
  shardCharacter(shard) + kind + measured(name)

/** The last file of the journal that the pages have taken over. */
export const takenKey = '!'

export const isListKey = (key: string): boolean => key.charCodeAt(1) < 97

export function splitListKey(key: string): [prefix: string, suffix: string] {
  const nameBytes = key.charCodeAt(2) * 256 + key.charCodeAt(3)
  return [key.slice(0, 4 + nameBytes), key.slice(4 + nameBytes)]
}

/** The key that comes right after all that begin with this prefix. Its last byte is one of UTF-8, so below 255. */
export const afterPrefix = (prefix: string): string =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)
