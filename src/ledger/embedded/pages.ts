/**
 * The pages on disk: the one file that knows `lmdb`.
 *
 * Keys are byte strings. A write is carried out by the library's own thread; those of one call stand or fall together,
 * and calls are carried out in order.
 */
import { statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { open as openPages, type RootDatabase } from 'lmdb'

const fileName = 'pages.mdb'

/** The file's first two pages say what it is: number of the page, LMDB's mark, size of a page, last page in use. */
const metaBytes = 152
const magicAt = 24
const pageSizeAt = 48
const lastPageAt = 144
const magic = 0xbeefc0de

/** Keys and values to write; undefined removes. */
export type PageWrites = readonly (readonly [key: string, value: Uint8Array | undefined])[]

export class Pages {
  readonly #db: RootDatabase<Buffer, string>
  readonly #file: string
  #hasFailed = false

  constructor(folder: string) {
    this.#file = join(folder, fileName)
    this.#db = openPages<Buffer, string>({
      path: this.#file,
      noSubdir: true,
      encoding: 'binary',
      keyEncoder: keys,
      maxDbs: 1,
      eventTurnBatching: false,
    })
  }

  get(key: string): Uint8Array | undefined {
    return this.#db.getBinary(key)
  }

  /** Entries with `from <= key < to`, from the other end where `descending`. */
  *range(from: string, to: string, descending: boolean): Generator<readonly [string, Uint8Array]> {
    const ends = descending
      ? { start: to, end: from, reverse: true, exclusiveStart: true, inclusiveEnd: true }
      : { start: from, end: to }
    for (const { key, value } of this.#db.getRange(ends)) yield [key, value]
  }

  /** Settles once it is committed; `flushed` says when it is durable. */
  async write(writes: PageWrites): Promise<void> {
    try {
      await this.#db.batch(() => {
        for (const [key, value] of writes) {
          if (value === undefined) void this.#db.remove(key)
          else void this.#db.put(key, bufferOf(value))
        }
      })
      this.#hasFailed = false
    } catch (error) {
      this.#hasFailed = true
      await causeOf(error)
    }
  }

  async flushed(): Promise<void> {
    await this.#db.flushed
    this.#db.resetReadTxn()
  }

  /** Size of the file, which only grows. */
  fileBytes(): number {
    return statSync(this.#file).size
  }

  /** After a write that failed, the library waits for its flush for ever; there is nothing left to wait for. */
  async close(): Promise<void> {
    const closed = this.#db.close()
    if (!this.#hasFailed) await closed
  }
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength)

/** The library tells the cause by a promise of its own, which ends the process if nobody hears it. */
async function causeOf(error: unknown): Promise<never> {
  if (typeof error === 'object' && error !== null && 'commitError' in error) await error.commitError
  throw error
}

const keys = {
  writeKey: (key: string, target: Buffer, start: number): number => start + target.write(key, start, 'latin1'),
  readKey: (source: Buffer, start: number, end: number): string => source.toString('latin1', start, end),
}

/** Why the file can't be the library's, if so: it trusts what it maps into memory, and would end the process. */
export async function pagesFlaw(folder: string): Promise<string | undefined> {
  const file = await open(pagesFile(folder), 'r').catch(() => undefined)
  if (file === undefined) return undefined
  try {
    const { size } = await file.stat()
    const head = Buffer.alloc(metaBytes)
    for (const page of size === 0 ? [] : [0, 1]) {
      await file.read(head, 0, metaBytes, page * head.readUInt32LE(pageSizeAt))
      if (head.readUInt32LE(magicAt) !== magic || head.readUInt32LE(0) !== page) return "it isn't a file of pages"
      const needed = (head.readUInt32LE(lastPageAt) + 1) * head.readUInt32LE(pageSizeAt)
      if (size < needed) return `it has ${size} bytes and had ${needed}`
    }
    return undefined
  } finally {
    await file.close()
  }
}

export const pagesFile = (folder: string): string => join(folder, fileName)
