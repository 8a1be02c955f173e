/**
 * The record's lines, as they are kept, exported and checked: JSON, one object a line (docs/audit.md).
 *
 * A line proves itself by its bytes, so that nobody has to bring JSON into a canonical form: a hash is of everything
 * that stands before it in its line, a signature too, and the commitment to a text is the hash of the text's whole line.
 */
import { hash } from 'node:crypto'
import type { AuditEntry } from './entries.js'
import type { Notary } from './notary.js'

/** Before a chain's first entry. */
export const genesis = '0'.repeat(64)

/** Where an entry stands. */
export type Place = {
  readonly tenant: string
  readonly shard: number
  readonly generation: string
  readonly seq: number
}

export type EntryLine = Place & {
  readonly v: 1
  readonly kind: 'entry'
  /** The hash of the entry before. */
  readonly prev: string
  readonly sealedAt: number
  readonly entry: AuditEntry
  /** For each field that was put aside, the hash of its line. */
  readonly texts?: Readonly<Record<string, string>>
  readonly hash: string
}

/** What somebody wrote, beside its entry, so that it can be erased. */
export type TextLine = Place & {
  readonly v: 1
  readonly kind: 'text'
  readonly field: string
  readonly salt: string
  readonly text: string
}

/** In place of an entry's texts. */
export type ErasedLine = Place & {
  readonly v: 1
  readonly kind: 'erased'
  readonly by: string
  readonly at: number
  readonly signature: string
}

/** In place of a chain's oldest entries, up to `seq`, whose hash is `head`. */
export type TrimmedLine = Place & {
  readonly v: 1
  readonly kind: 'trimmed'
  readonly head: string
  readonly at: number
  readonly signature: string
}

/** `dropped`: so many of `seq` entries are no longer kept. */
export type ChainHead = {
  readonly shard: number
  readonly generation: string
  readonly seq: number
  readonly head: string
  readonly dropped: number
}

export type CheckpointLine = {
  readonly v: 1
  readonly kind: 'checkpoint'
  readonly tenant: string
  readonly at: number
  /** The fingerprint of the key that it is signed by. */
  readonly key: string
  readonly shards: number
  /** How many entries are kept, of all chains together. */
  readonly entries: number
  readonly chains: readonly ChainHead[]
  readonly signature: string
}

type Unsigned<Line> = Line extends unknown ? Omit<Line, 'signature'> : never

/** What people write freely, and could be about somebody. A hold's reason is a word of the catalogue. */
const freeFields = ['reason', 'note', 'summary', 'message', 'text']

const isFree = (entry: AuditEntry, field: string): boolean =>
  freeFields.includes(field) && typeof entry[field] === 'string' && !(entry.kind === 'held' && field === 'reason')

export const sha256 = (text: string | Uint8Array): string => hash('sha256', text, 'hex')

/** Without its last brace: more fields may follow. */
const openObject = (fields: object): string => JSON.stringify(fields).slice(0, -1)

export type Sealed = {
  readonly line: string
  readonly hash: string
  /** Lines of texts by field. */
  readonly texts: Readonly<Record<string, string>>
}

/** The entry in its place of the chain, with what is free in it put aside. `newSalt`: nobody may guess it. */
export const sealEntry = (
  place: Place,
  entry: AuditEntry,
  { prev, sealedAt, newSalt }: { readonly prev: string; readonly sealedAt: number; readonly newSalt: () => string },
): Sealed => {
  const kept: Record<string, unknown> = {}
  const texts: Record<string, string> = {}
  const hashes: Record<string, string> = {}
  for (const [field, value] of Object.entries(entry)) {
    if (!isFree(entry, field)) {
      kept[field] = value
      continue
    }
    const line = JSON.stringify({ v: 1, kind: 'text', ...placed(place), field, salt: newSalt(), text: value })
    texts[field] = line
    hashes[field] = sha256(line)
  }
  const body = openObject({
    v: 1,
    kind: 'entry',
    ...placed(place),
    prev,
    sealedAt,
    entry: kept,
    ...(Object.keys(hashes).length === 0 ? {} : { texts: hashes }),
  })
  const own = sha256(body)
  return { line: `${body},"hash":"${own}"}`, hash: own, texts }
}

/** In this order, whatever else a place carries. */
const placed = ({ tenant, shard, generation, seq }: Place): Place => ({ tenant, shard, generation, seq })

export const signedLine = (notary: Notary, fields: Unsigned<ErasedLine | TrimmedLine | CheckpointLine>): string => {
  const body = openObject(fields)
  return `${body},"signature":"${notary.sign(body)}"}`
}

const decoder = new TextDecoder()

export const entryLineOf = (bytes: Uint8Array): EntryLine => JSON.parse(decoder.decode(bytes)) as EntryLine

export const textLineOf = (line: string): TextLine => JSON.parse(line) as TextLine
