/** A real Redis for a test: on a free port of the loopback, with a folder of its own, which goes with it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './freePort.js'
import { RedisNotStarted, spawnRedis } from './redisProcess.js'

export type RedisOptions = {
  /** Default `no`. */
  readonly appendonly?: 'no' | 'yes'
  readonly appendfsync?: 'always' | 'everysec' | 'no'
  readonly maxmemory?: string
  /** Default `noeviction`. */
  readonly maxmemoryPolicy?: string
  /** Further arguments, as on its command line. */
  readonly extra?: readonly string[]
  /** Kept where it is given; else a new one, removed at the end. */
  readonly folder?: string
  readonly port?: number
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
  /** Ends it and removes its folder. */
  [Symbol.asyncDispose](): Promise<void>
}

const startAttempts = 5

export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'chimera-redis-')))
  let args = argumentsOf(options)
  const start = (port: number) =>
    spawnRedis({
      args: ['--port', `${port}`, '--dir', folder, ...args],
      ...(options.folder === undefined ? { removes: folder } : {}),
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
    [Symbol.asyncDispose]: async () => {
      await running.end('SIGKILL')
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

function argumentsOf(options: RedisOptions): readonly string[] {
  const { appendonly = 'no', appendfsync = 'everysec', maxmemory, maxmemoryPolicy = 'noeviction', extra = [] } = options
  return [
    ...['--bind', '127.0.0.1', '--save', '', '--daemonize', 'no', '--enable-debug-command', 'local'],
    ...['--appendonly', appendonly, '--appendfsync', appendfsync, '--maxmemory-policy', maxmemoryPolicy],
    ...(maxmemory === undefined ? [] : ['--maxmemory', maxmemory]),
    ...extra,
  ]
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
