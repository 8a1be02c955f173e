/**
 * The journal, read: a record is `CHJ1`, its length, the CRC-32 of its content, the content.
 *
 * A broken record at the end of the last file was never acknowledged, and is written over. Anything else that can't be
 * read is damage. The CRC begins with a number of the file's own, so that neither a payload nor what a file had before
 * it was written over can pass for a record.
 */
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { LedgerRefusal } from '../ledgerRefusal.js'
import { unpack } from './unpacking.js'

/** A file's first record: what it belongs to. Its own CRC begins with 0. */
export type JournalHead = {
  readonly generation: string
  readonly number: number
  /** Size of the pages' file when this one was begun: it can't have less. */
  readonly pagesBytes: number
  readonly salt: number
  /** Where the file before this one ends. */
  readonly before: number
}

/** What was found in a folder. */
export type Replay = {
  /** Contents in order. */
  readonly contents: readonly Uint8Array[]
  /** The last file, 0 where there is none. */
  readonly number: number
  readonly at: number
  readonly salt: number
}

/** What the files are held against: `taken` is the last one that the pages have taken over. */
export type Expected = { readonly generation: string; readonly taken: number }

const mark = Buffer.from('CHJ1')
const recordHeadBytes = 12
const headMaxBytes = 512
const fileNames = /^journal\.(\d{8})$/

/** One to be written over, or that has its head and isn't numbered yet. */
export const spareFile = 'journal.spare'

export const journalFile = (number: number): string => `journal.${String(number).padStart(8, '0')}`

export async function journalNumbers(folder: string): Promise<number[]> {
  const names = await readdir(folder)
  return names.flatMap((name) => (fileNames.test(name) ? [Number(name.slice(-8))] : [])).sort((a, b) => a - b)
}

export function recordHead(content: Uint8Array, salt: number): Buffer {
  const head = Buffer.allocUnsafe(recordHeadBytes)
  mark.copy(head)
  head.writeUInt32LE(content.length, 4)
  head.writeUInt32LE(crc32(content, salt), 8)
  return head
}

/** Reads what is there and changes nothing. */
export async function readJournal(folder: string, expected: Expected): Promise<Replay> {
  const numbers = (await journalNumbers(folder)).filter((number) => number > expected.taken)
  if (numbers.length === 0 && expected.taken > 0) numbers.push(expected.taken + 1)
  const contents: Uint8Array[] = []
  let replay: Replay = { contents, number: expected.taken, at: 0, salt: 0 }
  for (const [index, number] of numbers.entries()) {
    const due = expected.taken + 1 + index
    const path = join(folder, journalFile(due))
    if (number !== due || !(await isThere(path))) throw damaged(path, 'it is missing')
    const bytes = await readFile(path)
    const head = headOf(path, recordAt(bytes, 0, 0), { ...expected, number })
    if (index > 0 && head.before !== replay.at) {
      throw damaged(join(folder, journalFile(number - 1)), `it can't be read from byte ${replay.at} on`)
    }
    replay = { contents, number, at: readRecords(path, bytes, head, contents), salt: head.salt }
  }
  return replay
}

/** How much the pages' file must have, by the heads alone. */
export async function leastPagesBytes(folder: string, generation: string): Promise<number> {
  let least = 0
  for (const number of await journalNumbers(folder)) {
    const path = join(folder, journalFile(number))
    const { pagesBytes } = headOf(path, recordAt(await readStart(path), 0, 0), { generation, number })
    least = Math.max(least, pagesBytes)
  }
  return least
}

function headOf(
  path: string,
  content: Uint8Array | undefined,
  expected: Pick<JournalHead, 'generation' | 'number'>,
): JournalHead {
  if (content === undefined) throw damaged(path, 'its head is broken')
  const head = unpack(content) as JournalHead
  if (head.generation !== expected.generation) throw damaged(path, 'it belongs to another ledger')
  if (head.number !== expected.number) throw damaged(path, `it says that it is number ${head.number}`)
  return head
}

async function readStart(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headMaxBytes), 0, headMaxBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** Appends the records up to the first that is broken; says where that is. One that is whole behind it is damage. */
function readRecords(path: string, bytes: Buffer, { salt }: JournalHead, contents: Uint8Array[]): number {
  let end = recordHeadBytes + bytes.readUInt32LE(4)
  for (let content = recordAt(bytes, end, salt); content !== undefined; content = recordAt(bytes, end, salt)) {
    contents.push(content)
    end += recordHeadBytes + content.length
  }
  for (let at = bytes.indexOf(mark, end); at !== -1; at = bytes.indexOf(mark, at + 1)) {
    if (recordAt(bytes, at, salt) !== undefined) throw damaged(path, `it is broken at byte ${end} and goes on at ${at}`)
  }
  return end
}

function recordAt(bytes: Buffer, at: number, salt: number): Uint8Array | undefined {
  if (at + recordHeadBytes > bytes.length || bytes.compare(mark, 0, 4, at, at + 4) !== 0) return undefined
  const length = bytes.readUInt32LE(at + 4)
  const content = bytes.subarray(at + recordHeadBytes, at + recordHeadBytes + length)
  return content.length === length && crc32(content, salt) === bytes.readUInt32LE(at + 8) ? content : undefined
}

export const damaged = (what: string, why: string): LedgerRefusal =>
  new LedgerRefusal('damaged', `${what}: ${why}; restore the folder from a copy, or start with an empty one`)
