/**
 * The pages on disk: the one file that knows `lmdb`.
 *
 * Keys are byte strings. A write is carried out by the library's own thread; those of one call stand or fall together,
 * and calls are carried out in order.
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { open, type RootDatabase } from 'lmdb'

const fileName = 'pages.mdb'

/** Keys and values to write; undefined removes. */
export type PageWrites = readonly (readonly [key: string, value: Uint8Array | undefined])[]

export class Pages {
  readonly #db: RootDatabase<Buffer, string>
  readonly #file: string

  constructor(folder: string) {
    this.#file = join(folder, fileName)
    this.#db = open<Buffer, string>({
      path: this.#file,
      noSubdir: true,
      encoding: 'binary',
      keyEncoder: keys,
      maxDbs: 1,
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
    await this.#db.batch(() => {
      for (const [key, value] of writes) {
        if (value === undefined) void this.#db.remove(key)
        else
          void this.#db.put(
            key,
            Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
          )
      }
    })
  }

  async flushed(): Promise<void> {
    await this.#db.flushed
    this.#db.resetReadTxn()
  }

  /** Size of the file, which only grows. */
  fileBytes(): number {
    return statSync(this.#file).size
  }

  async close(): Promise<void> {
    await this.#db.close()
  }
}

const keys = {
  writeKey: (key: string, target: Buffer, start: number): number => start + target.write(key, start, 'latin1'),
  readKey: (source: Buffer, start: number, end: number): string => source.toString('latin1', start, end),
}

/** Whether the folder has pages already. */
export const pagesFile = (folder: string): string => join(folder, fileName)
