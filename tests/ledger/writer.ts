/** A process that writes to a ledger until it is killed, and what it was told meanwhile. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { Ledger } from '../../src/ledger/port.js'

const script = fileURLToPath(new URL('./writerProcess.mjs', import.meta.url))
const module = fileURLToPath(new URL('../../dist/src/ledger/embedded/openEmbeddedLedger.js', import.meta.url))

export class Writer {
  /** The last number that was acknowledged. */
  acknowledged = -1
  readonly said: string[] = []
  readonly #child: ChildProcessByStdio<null, Readable, null>
  readonly #lines: AsyncIterator<string>

  /** `fileMaxBytes`: what the system lets it write to one file, at first. */
  constructor(
    folder: string,
    { journalBytes = 1 << 24, fileMaxBytes }: { readonly journalBytes?: number; readonly fileMaxBytes?: number } = {},
  ) {
    const limit = fileMaxBytes === undefined ? [] : ['prlimit', `--fsize=${fileMaxBytes}:unlimited`]
    const [program = 'node', ...words] = [...limit, process.execPath, script, module, folder, String(journalBytes)]
    this.#child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** Reads on until it says something of which this holds. */
  async until(holds: (line: string) => boolean): Promise<void> {
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done === true) throw new Error(`the writer ended after ${this.acknowledged}`)
      this.#hear(value)
      if (holds(value)) return
    }
  }

  /** Lets it write files of any length. */
  async makeRoom(): Promise<void> {
    const helper = spawn('prlimit', ['--pid', String(this.#child.pid), '--fsize=unlimited:unlimited'], {
      stdio: 'inherit',
    })
    expect(await once(helper, 'exit')).toEqual([0, null])
  }

  /** Kills it at once, and reads what it still said. */
  async kill(): Promise<void> {
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await gone
    for (let line = await this.#lines.next(); line.done !== true; line = await this.#lines.next())
      this.#hear(line.value)
  }

  #hear(line: string): void {
    this.said.push(line)
    if (/^\d+$/.test(line)) this.acknowledged = Number(line)
  }
}

/** Everything acknowledged is there, and whatever is there is there whole. */
export async function expectWhole(ledger: Ledger, acknowledged: number): Promise<void> {
  const [count] = await ledger.read(0, ['count'])
  const n = Number(count?.n ?? 0)
  expect(n).toBeGreaterThan(acknowledged)
  const numbers = Array.from({ length: n }, (_, at) => at)
  expect(await ledger.read(0, [`task/${n}`])).toEqual([null])
  const records = await ledger.read(
    0,
    numbers.map((at) => `task/${at}`),
  )
  expect(records.map((record) => record?.n)).toEqual(numbers)
  for (const [at, record] of records.entries()) {
    const body = new Uint8Array(at % 5 === 0 ? 3_000 : 50).fill(at % 256)
    expect(Buffer.compare(record?.body as Uint8Array, body)).toBe(0)
  }
  const { entries, size } = await ledger.log(0, 'log', { limit: n + 1 })
  expect(size).toBe(n)
  expect(entries.map(({ entry }) => Number(Buffer.from(entry).toString()))).toEqual(numbers)
  const { members } = await ledger.range(0, 'set', { limit: n + 1 })
  expect(members.map(({ score }) => score)).toEqual(numbers)
  expect(await ledger.ready(0, '')).toEqual(n === 0 ? [] : [{ lane: 'lane', waiting: n }])
}
