/** One line of an exported record: what it says, and whether its bytes prove it. */
import { type KeyObject, verify } from 'node:crypto'
import {
  type CheckpointLine,
  type EntryLine,
  type ErasedLine,
  sha256,
  type TextLine,
  type TrimmedLine,
} from '../../tasks/recordLines.js'

export type KnownLine = EntryLine | TextLine | ErasedLine | TrimmedLine | CheckpointLine

const kinds: readonly unknown[] = ['entry', 'text', 'erased', 'trimmed', 'checkpoint'] satisfies KnownLine['kind'][]

/** Fields behind what they are of: a hash of 32 bytes, a signature of 64, in hex. */
const hashTail = /,"hash":"([0-9a-f]{64})"\}$/
const signatureTail = /,"signature":"([0-9a-f]{128})"\}$/
const hashTailBytes = 75
const signatureTailBytes = 144

/** The hash at the end of a line; null where it isn't the one of all that stands before it. */
export const hashIn = (bytes: Uint8Array): string | null => {
  const hash = hashTail.exec(tailOf(bytes, hashTailBytes))?.[1]
  return hash !== undefined && hash === sha256(bytes.subarray(0, bytes.length - hashTailBytes)) ? hash : null
}

/** Whether the line ends in the key's signature over all that stands before it. */
export const isSigned = (bytes: Uint8Array, key: KeyObject): boolean => {
  const signature = signatureTail.exec(tailOf(bytes, signatureTailBytes))?.[1]
  if (signature === undefined) return false
  return verify(null, bytes.subarray(0, bytes.length - signatureTailBytes), key, Buffer.from(signature, 'hex'))
}

export const nameOf = (line: KnownLine): string | undefined => ('seq' in line ? `${line.shard}/${line.seq}` : undefined)

const tailOf = (bytes: Uint8Array, length: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', Math.max(0, bytes.length - length))

const decoder = new TextDecoder()

/** With the fields of its kind; null where it isn't such a line. */
export const lineIn = (bytes: Uint8Array): KnownLine | null => {
  try {
    const line: unknown = JSON.parse(decoder.decode(bytes))
    return isKnown(line) ? line : null
  } catch {
    return null
  }
}

const isKnown = (line: unknown): line is KnownLine => {
  if (typeof line !== 'object' || line === null) return false
  const { v, kind, tenant, shard, seq, generation, chains, texts } = line as Partial<Record<string, unknown>>
  if (v !== 1 || !kinds.includes(kind) || typeof tenant !== 'string') return false
  if (kind === 'checkpoint')
    return Array.isArray(chains) && chains.every((chain) => typeof chain === 'object' && chain !== null)
  const isTexts = texts === undefined || (typeof texts === 'object' && texts !== null)
  return Number.isSafeInteger(shard) && Number.isSafeInteger(seq) && typeof generation === 'string' && isTexts
}
