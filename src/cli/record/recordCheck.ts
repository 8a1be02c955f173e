/**
 * Checks an exported record, line by line, by a public key alone (docs/audit.md): it keeps a place in each chain and
 * nothing else, so that a record may have any size. The first fault ends it.
 */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import {
  type CheckpointLine,
  type EntryLine,
  type ErasedLine,
  genesis,
  sha256,
  type TextLine,
  type TrimmedLine,
} from '../../tasks/recordLines.js'
import { KeptHeads } from './keptHeads.js'
import type { FaultKind, RecordFault } from './recordFault.js'
import { hashIn, isSigned, type KnownLine, lineIn, nameOf } from './recordLine.js'

/** What a record that is right consists of. */
export type RecordSummary = {
  readonly tenant: string
  /** When its checkpoint was signed. */
  readonly at: number
  readonly entries: number
  readonly chains: number
  /** Entries whose texts were erased. */
  readonly erased: number
  /** Entries that retention dropped before those that are there. */
  readonly dropped: number
  /** Entries before which the ledger lost acknowledged writes. */
  readonly losses: readonly string[]
}

export type Checked =
  | { readonly kind: 'right'; readonly summary: RecordSummary }
  | { readonly kind: 'wrong'; readonly fault: RecordFault }

type ChainPlace = { seq: number; head: string; generation: string; readonly dropped: number; entries: number }

/** Texts that have to follow their entry: field and hash. */
type Texts = { readonly of: EntryLine; readonly left: readonly (readonly [field: string, hash: string])[] }

/** Whose record it should be, and what was known of it before. */
export type Expected = { readonly tenant?: string; readonly kept?: string }

export class RecordCheck {
  readonly #key: KeyObject
  readonly #fingerprint: string
  readonly #kept: KeptHeads | null
  readonly #chains = new Map<number, ChainPlace>()
  readonly #losses: string[] = []
  /** Missing: the first line says which. */
  #tenant: string | undefined
  #line = 0
  #shard = -1
  /** Texts of the last entry that have to follow. */
  #texts: Texts | null = null
  #erased = 0
  #checkpoint: CheckpointLine | null = null
  #fault: RecordFault | null = null
  /** An entry is missing, unless it is found out of its place. */
  #wanted: { readonly shard: number; readonly seq: number } | null = null

  /** `key`: PEM. `kept`: checkpoints, a line each. Throws where the key is none, or hasn't signed them. */
  constructor(key: string, { tenant, kept }: Expected = {}) {
    this.#key = createPublicKey(key)
    if (this.#key.asymmetricKeyType !== 'ed25519') throw new TypeError('expected an Ed25519 public key')
    this.#fingerprint = createHash('sha256')
      .update(this.#key.export({ format: 'der', type: 'spki' }))
      .digest('hex')
    this.#tenant = tenant
    this.#kept = kept === undefined ? null : new KeptHeads(kept, this.#key)
  }

  /** False: nothing that follows can change the verdict. */
  take(bytes: Uint8Array): boolean {
    this.#line++
    if (this.#wanted !== null) return this.#lookFor(this.#wanted, bytes)
    const line = lineIn(bytes)
    this.#fault =
      line === null ? this.#wrong('changed', 'it is no line of a record', this.#expected()) : this.#check(line, bytes)
    return this.#fault === null || this.#wanted !== null
  }

  /** `isWhole` false: the last line had no end. */
  end(isWhole = true): Checked {
    const fault = this.#fault ?? this.#missingAtEnd(isWhole)
    if (fault !== null) return { kind: 'wrong', fault }
    const checkpoint = this.#checkpoint as CheckpointLine
    let entries = 0
    let dropped = 0
    for (const chain of this.#chains.values()) {
      entries += chain.entries
      dropped += chain.dropped
    }
    const { tenant, at } = checkpoint
    const chains = this.#chains.size
    return {
      kind: 'right',
      summary: { tenant, at, entries, chains, erased: this.#erased, dropped, losses: this.#losses },
    }
  }

  #check(line: KnownLine, bytes: Uint8Array): RecordFault | null {
    this.#tenant ??= line.tenant
    if (this.#checkpoint !== null) return this.#wrong('added', 'it stands behind the checkpoint')
    if (line.tenant !== this.#tenant) {
      return this.#wrong('otherTenant', `it is of ${line.tenant}, not of ${this.#tenant}`, nameOf(line))
    }
    if (this.#texts !== null && line.kind !== 'text' && line.kind !== 'erased') return this.#textMissing(this.#texts)
    switch (line.kind) {
      case 'entry':
        return this.#entry(line, bytes)
      case 'text':
        return this.#text(line, bytes)
      case 'erased':
        return this.#erasedNote(line, bytes)
      case 'trimmed':
        return this.#trimmedNote(line, bytes)
      case 'checkpoint':
        return this.#lastLine(line, bytes)
    }
  }

  #entry(line: EntryLine, bytes: Uint8Array): RecordFault | null {
    const name = nameOf(line)
    const own = hashIn(bytes)
    if (own === null) {
      return this.#wrong('changed', 'its hash is not the one of what it says', name)
    }
    if (line.shard < this.#shard) return this.#wrong('reordered', 'its chain stands behind a later one', name)
    this.#shard = line.shard
    const chain = this.#chains.get(line.shard) ?? {
      seq: 0,
      head: genesis,
      generation: line.generation,
      dropped: 0,
      entries: 0,
    }
    this.#chains.set(line.shard, chain)
    const next = chain.seq + 1
    if (line.seq < next) return this.#wrong('doubled', 'it, or another of its number, stands before', name)
    if (line.seq > next) {
      this.#wanted = { shard: line.shard, seq: next }
      return this.#wrong('missing', `${name} follows instead`, `${line.shard}/${next}`)
    }
    if (line.prev !== chain.head) {
      return this.#wrong(
        'changed',
        'it does not follow from the entry before: one of the two was changed or put in',
        name,
      )
    }
    const known = this.#kept?.headAt(line)
    if (known !== undefined && known !== own) {
      return this.#wrong(
        'changed',
        'a kept checkpoint has another hash for it: it, or one before it, was made anew',
        name,
      )
    }
    if (line.generation !== chain.generation) this.#losses.push(`${line.shard}/${line.seq}`)
    chain.seq = line.seq
    chain.head = own
    chain.generation = line.generation
    chain.entries++
    const texts = Object.entries(line.texts ?? {})
    if (texts.length > 0) this.#texts = { of: line, left: texts }
    return null
  }

  #text(line: TextLine, bytes: Uint8Array): RecordFault | null {
    const [expected, ...left] = this.#texts?.left ?? []
    if (this.#texts === null || expected === undefined) {
      return this.#wrong('added', 'the entry before it has no such text', nameOf(line))
    }
    const { of } = this.#texts
    if (sha256(bytes) !== expected[1]) {
      const isOther = line.shard !== of.shard || line.seq !== of.seq || line.field !== expected[0]
      return isOther
        ? this.#textMissing(this.#texts)
        : this.#wrong('changed', `its ${line.field} is not what the entry has the hash of`, nameOf(of))
    }
    this.#texts = left.length === 0 ? null : { of, left }
    return null
  }

  #erasedNote(line: ErasedLine, bytes: Uint8Array): RecordFault | null {
    const signed = this.#signed(bytes, nameOf(line))
    if (signed !== null) return signed
    if (this.#texts === null || !isAbout(line, this.#texts))
      return this.#wrong('reordered', 'it does not stand behind the entry that it is about', nameOf(line))
    this.#texts = null
    this.#erased++
    return null
  }

  #trimmedNote(line: TrimmedLine, bytes: Uint8Array): RecordFault | null {
    const signed = this.#signed(bytes, nameOf(line))
    if (signed !== null) return signed
    const { shard, seq, head, generation } = line
    if (shard <= this.#shard) {
      return this.#wrong('reordered', 'a note of what was dropped stands before its chain', nameOf(line))
    }
    this.#shard = shard
    this.#chains.set(shard, { seq, head, generation, dropped: seq, entries: 0 })
    return null
  }

  #lastLine(line: CheckpointLine, bytes: Uint8Array): RecordFault | null {
    if (line.key !== this.#fingerprint) {
      return this.#wrong('foreignKey', `the checkpoint names the key ${line.key}, this is ${this.#fingerprint}`)
    }
    const signed = this.#signed(bytes)
    if (signed !== null) return signed
    this.#checkpoint = line
    for (const { shard, seq, head } of line.chains) {
      const chain = this.#chains.get(shard)
      const last = chain?.seq ?? 0
      const known = chain === undefined ? 0 : (this.#kept?.lastOf(line.tenant, shard, chain.generation) ?? 0)
      if (known > last) {
        return this.#wrong('cut', `a kept checkpoint has up to ${shard}/${known}`, `${shard}/${last + 1}`)
      }
      // All that the checkpoint knew was dropped since.
      if (chain !== undefined && chain.entries === 0 && last >= seq) continue
      if (last < seq) {
        return this.#wrong('cut', `the checkpoint has ${shard}/${last + 1} to ${shard}/${seq}`, `${shard}/${last + 1}`)
      }
      if (last > seq) return this.#wrong('added', `the checkpoint ends with ${shard}/${seq}`, `${shard}/${seq + 1}`)
      if (chain?.head !== head) {
        const why =
          'the chain does not end in the hash that the checkpoint signs: somewhere up to here it was made anew'
        return this.#wrong('changed', why, `${shard}/${seq}`)
      }
    }
    const signedShards = new Set(line.chains.map(({ shard }) => shard))
    for (const shard of this.#chains.keys()) {
      if (!signedShards.has(shard))
        return this.#wrong('added', `the checkpoint knows no chain of shard ${shard}`, `${shard}/1`)
    }
    return null
  }

  /** Null: it is signed by the key. */
  #signed(bytes: Uint8Array, name?: string): RecordFault | null {
    return isSigned(bytes, this.#key)
      ? null
      : this.#wrong('changed', 'its signature is not by this key over what it says', name)
  }

  #textMissing({ of, left }: Texts): RecordFault {
    const fields = left.map(([field]) => field).join(', ')
    return this.#wrong('missing', `its ${fields} should follow, or the note that it was erased`, nameOf(of))
  }

  #missingAtEnd(isWhole: boolean): RecordFault | null {
    if (!isWhole) return this.#wrong('cut', 'the last line has no end')
    if (this.#checkpoint !== null) return null
    return this.#wrong('cut', 'a record ends in a checkpoint, and this one does not')
  }

  /** What is missing is out of order where it stands further down. */
  #lookFor({ shard, seq }: { readonly shard: number; readonly seq: number }, bytes: Uint8Array): boolean {
    const line = lineIn(bytes)
    if (line?.kind !== 'entry' || line.shard !== shard || line.seq !== seq) return true
    this.#fault = { ...(this.#fault as RecordFault), kind: 'reordered', why: `it stands in line ${this.#line}` }
    return false
  }

  /** The entry that comes next where a line can't be read. */
  #expected(): string | undefined {
    const chain = this.#chains.get(this.#shard)
    return chain === undefined ? undefined : `${this.#shard}/${chain.seq + 1}`
  }

  #wrong(kind: FaultKind, why: string, entry?: string): RecordFault {
    return { kind, line: this.#line, why, ...(entry === undefined ? {} : { entry }) }
  }
}

/** All of them are erased at once. */
const isAbout = (line: ErasedLine, { of, left }: Texts): boolean =>
  left.length === Object.keys(of.texts ?? {}).length &&
  of.shard === line.shard &&
  of.seq === line.seq &&
  of.generation === line.generation
