/** A node as it is shipped: `chimera serve` in a process of its own, which can be killed, frozen, and started again. */
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Child, startChild } from './child.js'
import { freePort } from './freePort.js'

export type NodeOptions = {
  readonly name: string
  /** Of the world; data and log are in it. */
  readonly folder: string
  /** The program and the words that lead to the `chimera` command. */
  readonly command: readonly [string, ...string[]]
  /** Whatever it shares with the others: address of Redis, spans of time. */
  readonly flags: Readonly<Record<string, string | number>>
  /** Signs the tokens. */
  readonly secret: string
}

export class NodeProcess {
  readonly name: string
  readonly port: number
  readonly logPath: string
  readonly #options: NodeOptions
  #child: Child | undefined

  private constructor(options: NodeOptions, port: number) {
    this.#options = options
    this.name = options.name
    this.port = port
    this.logPath = join(options.folder, `${options.name}.log`)
  }

  static async start(options: NodeOptions): Promise<NodeProcess> {
    const node = new NodeProcess(options, await freePort())
    await node.start()
    return node
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get isRunning(): boolean {
    return this.#child?.isRunning() === true
  }

  /** Resolves once it listens; rejects where it ends before. */
  async start(): Promise<void> {
    const { command, flags, secret, folder, name } = this.#options
    const [program, ...words] = command
    const given = { port: this.port, data: join(folder, name), 'log-level': 'info', ...flags }
    const args = Object.entries(given).flatMap(([flag, value]) => [`--${flag}`, `${value}`])
    const log = openSync(this.logPath, 'a')
    const child = await startChild(program, [...words, 'serve', ...args], {
      env: { CHIMERA_JWT_SECRET: secret },
      stdio: ['ignore', log, log, 'ipc'],
    })
    closeSync(log)
    this.#child = child
    await new Promise<void>((resolve, reject) => {
      child.process.once('message', () => resolve())
      child.process.once('exit', (code, signal) =>
        reject(new Error(`${name} ended with ${signal ?? code} before it listened; its log is ${this.logPath}`)),
      )
    })
  }

  async kill(): Promise<void> {
    await this.#child?.kill()
  }

  async terminate(): Promise<void> {
    await this.#child?.terminate()
  }

  freeze(): void {
    this.#child?.freeze()
  }

  thaw(): void {
    this.#child?.thaw()
  }

  /** What its process takes in memory just now. */
  async residentBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#child?.pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024
  }
}
