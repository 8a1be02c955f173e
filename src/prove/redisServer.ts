/** A real Redis of one's own: on a free port of the loopback, with a folder of its own, which goes with it. */
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './freePort.js'
import { RedisNotStarted, spawnRedis } from './redisProcess.js'

export type RedisOptions = {
  /** Default `no`. */
  readonly appendonly?: 'no' | 'yes'
  readonly appendfsync?: 'always' | 'everysec' | 'no'
  readonly maxmemory?: string
  /** That it asks for, and that it gives its master. */
  readonly password?: string
  /** Default `noeviction`. */
  readonly maxmemoryPolicy?: string
  /** Further arguments, as on its command line. */
  readonly extra?: readonly string[]
  /** Kept where it is given; else a new one, removed at the end. */
  readonly folder?: string
  readonly port?: number
  /** A file that its log is added to. */
  readonly log?: string
}

export interface RedisServer {
  readonly url: string
  readonly port: number
  readonly folder: string
  /** Of the process that runs now: another one after each restart. */
  readonly pid: number
  /** As an operator stops it: what is to be on disk is. */
  stop(): Promise<void>
  /** `kill -9`. */
  kill(): Promise<void>
  /** Starts it again with its folder and port; stops it first where it runs. `extra` comes on top, from now on. */
  restart(extra?: readonly string[]): Promise<void>
  /** One command without arguments that need quoting; its reply as the wire has it. */
  command(line: string): Promise<string>
  /** Ends it and removes its folder. */
  [Symbol.asyncDispose](): Promise<void>
}

const startAttempts = 5

export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'chimera-redis-')))
  await mkdir(folder, { recursive: true })
  let args = argumentsOf(options)
  const start = (port: number) =>
    spawnRedis({
      args: ['--port', `${port}`, '--dir', folder, ...args],
      ...(options.folder === undefined ? { removes: folder } : {}),
      ...(options.log === undefined ? {} : { log: options.log }),
      isReady: /Ready to accept connections/,
    })
  let { port, running } = await startOnFreePort(start, options.port)
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    folder,
    get pid() {
      return running.pid
    },
    stop: () => running.end('SIGTERM'),
    kill: () => running.end('SIGKILL'),
    restart: async (extra = []) => {
      args = [...args, ...extra]
      await running.end('SIGTERM')
      running = await start(port)
    },
    command: (line) => command(port, line),
    [Symbol.asyncDispose]: async () => {
      await running.end('SIGKILL')
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

function argumentsOf(options: RedisOptions): readonly string[] {
  const { appendonly = 'no', appendfsync = 'everysec', maxmemoryPolicy = 'noeviction' } = options
  const { maxmemory, password, extra = [] } = options
  return [
    ...['--bind', '127.0.0.1', '--save', '', '--daemonize', 'no', '--enable-debug-command', 'local'],
    ...['--appendonly', appendonly, '--appendfsync', appendfsync, '--maxmemory-policy', maxmemoryPolicy],
    ...(maxmemory === undefined ? [] : ['--maxmemory', maxmemory]),
    ...(password === undefined ? [] : ['--requirepass', password, '--masterauth', password]),
    ...extra,
  ]
}

async function command(port: number, line: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    socket.write(`${line}\r\n`)
    const [reply] = (await once(socket, 'data')) as [Buffer]
    return reply.toString('utf8').trim()
  } finally {
    socket.destroy()
  }
}

/** Between finding a port and taking it, somebody else can take it. */
export async function startOnFreePort<Running>(
  start: (port: number) => Promise<Running>,
  given?: number,
): Promise<{ readonly port: number; readonly running: Running }> {
  for (let attempt = 1; ; attempt++) {
    const port = given ?? (await freePort())
    try {
      return { port, running: await start(port) }
    } catch (error) {
      const isTaken = error instanceof RedisNotStarted && /Address already in use/.test(error.message)
      if (!isTaken || given !== undefined || attempt === startAttempts) throw error
    }
  }
}
