/** The command as built, in a process of its own, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const script = resolve(import.meta.dirname, '../../dist/src/cli/main.js')

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export type RunOptions = { readonly input?: string; readonly env?: Readonly<Record<string, string>> }

/** A process that goes on. */
export class Running {
  readonly #child: ChildProcess
  readonly ended: Promise<Ended>
  stdout = ''
  stderr = ''
  #onOutput: () => void = () => {}

  constructor(folder: string, words: readonly string[], { input, env = {} }: RunOptions = {}) {
    const child = spawn(process.execPath, [script, ...words], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    })
    this.#child = child
    child.stdout.on('data', (chunk: Buffer) => {
      this.stdout += chunk
      this.#onOutput()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk
      this.#onOutput()
    })
    child.stdin.on('error', () => {})
    if (input !== undefined) child.stdin.end(input)
    else child.stdin.end()
    this.ended = once(child, 'close').then(([code, signal]) => ({
      code: signal === null ? Number(code) : null,
      stdout: this.stdout,
      stderr: this.stderr,
    }))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** It reads no more of what this one says. */
  stopReading(): void {
    this.#child.stdout?.destroy()
  }

  /** Settles once what it said is as wanted; rejects where it ends before. */
  async until(isThere: (stdout: string, stderr: string) => boolean): Promise<void> {
    const there = new Promise<void>((done) => {
      this.#onOutput = () => {
        if (isThere(this.stdout, this.stderr)) done()
      }
      this.#onOutput()
    })
    const early = this.ended.then(({ code }) => {
      if (!isThere(this.stdout, this.stderr)) throw new Error(`ended with ${code}: ${this.stdout}${this.stderr}`)
    })
    await Promise.race([there, early])
  }
}

/** A folder with what runs in it. */
export class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'chimera-test-'))
  readonly #running: Running[] = []

  start(words: readonly string[], options?: RunOptions): Running {
    const running = new Running(this.folder, words, options)
    this.#running.push(running)
    return running
  }

  run(words: readonly string[], options?: RunOptions): Promise<Ended> {
    return this.start(words, options).ended
  }

  /** The lines of JSON that it prints; throws where it fails. */
  async json(words: readonly string[], options?: RunOptions): Promise<readonly Record<string, unknown>[]> {
    const { code, stdout, stderr } = await this.run([...words, '--json'], options)
    if (code !== 0) throw new Error(`${words.join(' ')}: ended with ${code}: ${stderr}`)
    return jsonLines(stdout)
  }

  /** A node on a free port, with its data in `.chimera`. */
  async serve(...flags: readonly string[]): Promise<Running> {
    const node = this.start(['serve', '--port', '0', '--log-level', 'error', ...flags])
    await node.until((_, stderr) => stderr.includes('Listening on'))
    return node
  }

  get address(): { readonly url: string; readonly pid: number } {
    return JSON.parse(readFileSync(join(this.folder, '.chimera/node.json'), 'utf8'))
  }

  async end(): Promise<void> {
    for (const running of this.#running) if (!running.hasEnded) running.kill('SIGKILL')
    await Promise.all(this.#running.map(({ ended }) => ended))
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export const jsonLines = (text: string): readonly Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
