/**
 * The journal, written: what changed since the pages last took everything over, one record a flush, in numbered files.
 *
 * Only one record is under way at a time, so that a broken one can only be the last of the last file. A write that
 * makes a file longer costs the system several times as much as one that doesn't: files grow ahead of what is
 * written, and one that isn't needed any more is kept to be written over.
 */
import { constants } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { systemRandom } from '../../random.js'
import { type JournalHead, journalFile, journalNumbers, recordHead, spareFile } from './journalFile.js'
import { pack } from './packing.js'

/** A write is durable when it settles, in one call of the system instead of two. */
const flags = constants.O_RDWR | constants.O_CREAT | constants.O_DSYNC
const growthBytes = 1 << 20
const zeros = Buffer.alloc(growthBytes)

export class Journal {
  readonly #folder: string
  readonly #generation: string
  #number: number
  #at: number
  #salt: number
  #file: FileHandle | undefined
  #fileBytes = 0

  /** `at` is where the next record of file `number` goes. */
  constructor(
    folder: string,
    generation: string,
    found: { readonly number: number; readonly at: number; readonly salt: number },
  ) {
    this.#folder = folder
    this.#generation = generation
    this.#number = found.number
    this.#at = found.at
    this.#salt = found.salt
  }

  get number(): number {
    return this.#number
  }

  /** Bytes in use of the current file. */
  get bytes(): number {
    return this.#at
  }

  /** Goes on with the file that was found. */
  async resume(): Promise<void> {
    this.#file = await open(join(this.#folder, journalFile(this.#number)), flags)
    this.#fileBytes = (await this.#file.stat()).size
  }

  /** Begins the next file. */
  async turn(pagesBytes: number): Promise<void> {
    const number = this.#number + 1
    const salt = Buffer.from(systemRandom.bytes(4)).readUInt32LE()
    const head: JournalHead = { generation: this.#generation, number, pagesBytes, salt, before: this.#at }
    const spare = join(this.#folder, spareFile)
    const file = await open(spare, flags, 0o600)
    try {
      const fileBytes = (await file.stat()).size
      const next = await write(file, { at: 0, salt: 0, fileBytes }, pack(head))
      // Numbered once it has its head: one that has none is damage.
      await rename(spare, join(this.#folder, journalFile(number)))
      await syncFolder(this.#folder)
      await this.#file?.close()
      this.#file = file
      this.#number = number
      this.#salt = salt
      this.#at = next.at
      this.#fileBytes = next.fileBytes
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Settles once the content is durable. After a failure the same content may be tried again. */
  async append(content: Uint8Array): Promise<void> {
    if (this.#file === undefined) throw new Error('append: the journal is closed')
    const next = await write(this.#file, { at: this.#at, salt: this.#salt, fileBytes: this.#fileBytes }, content)
    this.#at = next.at
    this.#fileBytes = next.fileBytes
  }

  /** The files up to and with this number aren't needed any more. */
  async drop(upTo: number): Promise<void> {
    for (const number of await journalNumbers(this.#folder)) {
      const path = join(this.#folder, journalFile(number))
      if (number === upTo) await rename(path, join(this.#folder, spareFile))
      else if (number < upTo) await rm(path, { force: true })
    }
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }
}

type Place = { readonly at: number; readonly salt: number; readonly fileBytes: number }

/** Returns where the next record goes, and how long the file is now. */
async function write(file: FileHandle, { at, salt, fileBytes }: Place, content: Uint8Array) {
  const head = recordHead(content, salt)
  const end = at + head.length + content.length
  const isLonger = end > fileBytes
  await writeAll(file, isLonger ? [head, content, zeros] : [head, content], at)
  return { at: end, fileBytes: isLonger ? end + growthBytes : fileBytes }
}

/** A disk that fills up takes a part first, and says so at the next try. */
async function writeAll(file: FileHandle, parts: Uint8Array[], at: number): Promise<void> {
  const total = parts.reduce((sum, { length }) => sum + length, 0)
  let { bytesWritten: done } = await file.writev(parts, at)
  if (done === total) return
  const whole = Buffer.concat(parts)
  while (done < total) done += (await file.write(whole, done, total - done, at + done)).bytesWritten
}

/** Makes names durable: those of a folder's files are the folder's content. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
