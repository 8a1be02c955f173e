/** A Redis of a world's own: on a port of the loopback, with an append-only file in its own folder. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Child, startChild } from './child.js'
import { freePort } from './freePort.js'

export type Flush = 'always' | 'everysec'

export class RedisServer {
  readonly port: number
  readonly folder: string
  readonly #flush: Flush
  readonly #log: string
  #child: Child | undefined

  private constructor(port: number, folder: string, flush: Flush) {
    this.port = port
    this.folder = join(folder, 'redis')
    this.#log = join(folder, 'redis.log')
    this.#flush = flush
  }

  static async start(folder: string, flush: Flush): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), folder, flush)
    await mkdir(server.folder)
    await server.start()
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Over the folder as it is. */
  async start(): Promise<void> {
    const words = {
      port: this.port,
      bind: '127.0.0.1',
      dir: this.folder,
      save: '',
      appendonly: 'yes',
      appendfsync: this.#flush,
      'maxmemory-policy': 'noeviction',
    }
    const args = Object.entries(words).flatMap(([name, value]) => [`--${name}`, `${value}`])
    const child = await startChild('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] })
    this.#child = child
    await this.#ready(child)
  }

  async kill(): Promise<void> {
    await this.#child?.kill()
  }

  async terminate(): Promise<void> {
    await this.#child?.terminate()
  }

  /** One command without arguments that need quoting; its reply as the wire has it. */
  async command(line: string): Promise<string> {
    const socket = connect(this.port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      socket.write(`${line}\r\n`)
      const [reply] = (await once(socket, 'data')) as [Buffer]
      return reply.toString('utf8').trim()
    } finally {
      socket.destroy()
    }
  }

  /** Rejects with the end of its log where it ends before. */
  #ready(child: Child): Promise<void> {
    const { stdout } = child.process
    return new Promise((resolve, reject) => {
      if (stdout === null) throw new Error('its log can not be read')
      const log = createWriteStream(this.#log, { flags: 'a' })
      stdout.pipe(log)
      createInterface({ input: stdout }).on('line', (line) => {
        if (line.includes('Ready to accept connections')) resolve()
      })
      child.process.once('exit', () => reject(new Error(`redis-server ended; its log is ${this.#log}`)))
    })
  }
}
