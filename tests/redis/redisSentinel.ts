/** A real master with a replica, and Sentinels that put the one in the place of the other. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RedisProcess, spawnRedis } from '../../src/prove/redisProcess.js'
import { type RedisOptions, type RedisServer, startOnFreePort, startRedis } from '../../src/prove/redisServer.js'
import { untilAnswer } from './redisCommand.js'

export interface RedisSentinels {
  readonly url: string
  /** As they were at the start. */
  readonly master: RedisServer
  readonly replica: RedisServer
  readonly replicas: readonly RedisServer[]
  [Symbol.asyncDispose](): Promise<void>
}

export const masterName = 'mymaster'

export type SentinelOptions = Omit<RedisOptions, 'folder' | 'port'> & {
  /** Default 1. Half of them and one have to agree. */
  readonly sentinels?: number
  /** Default 1. */
  readonly replicas?: number
  /** That the Sentinels ask for. */
  readonly sentinelPassword?: string
}

export async function startSentinel({
  sentinels: count = 1,
  replicas: replicaCount = 1,
  sentinelPassword,
  ...options
}: SentinelOptions = {}): Promise<RedisSentinels> {
  const quick = ['--repl-diskless-sync-delay', '0', ...(options.extra ?? [])]
  const master = await startRedis({ ...options, extra: quick })
  const follow = [...quick, '--replicaof', '127.0.0.1', `${master.port}`]
  const replicas = await Promise.all(
    Array.from({ length: replicaCount }, () => startRedis({ ...options, extra: follow })),
  )
  const [replica] = replicas
  if (replica === undefined) throw new Error('expected a replica')
  const login = options.password === undefined ? [] : ['--no-auth-warning', '-a', options.password]
  const online = new RegExp(`(state=online[^]*){${replicaCount}}`)
  await untilAnswer(online, master.port, ...login, 'INFO', 'replication')
  const shape = { masterPort: master.port, count, password: options.password, sentinelPassword }
  const sentinels = await Promise.all(Array.from({ length: count }, () => startOne(shape)))
  const sentinelLogin = sentinelPassword === undefined ? [] : ['--no-auth-warning', '-a', sentinelPassword]
  for (const { port } of sentinels) {
    const complete = new RegExp(`slaves=${replicaCount},sentinels=${count}`)
    await untilAnswer(complete, port, ...sentinelLogin, 'INFO', 'sentinel')
  }
  const userinfo = options.password === undefined ? '' : `:${options.password}@`
  const query = sentinelPassword === undefined ? '' : `?sentinel=:${sentinelPassword}`
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')
  return {
    url: `redis+sentinel://${userinfo}${hosts}/${masterName}${query}`,
    master,
    replica,
    replicas,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(sentinels.map((sentinel) => sentinel.end()))
      await Promise.all([master, ...replicas].map((server) => server[Symbol.asyncDispose]()))
    },
  }
}

type SentinelShape = {
  readonly masterPort: number
  readonly count: number
  readonly password: string | undefined
  readonly sentinelPassword: string | undefined
}

async function startOne(shape: SentinelShape): Promise<{ readonly port: number; readonly end: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'chimera-sentinel-'))
  const { port, running } = await startOnFreePort((port) => startSentinelOn(port, folder, shape))
  return {
    port,
    end: async () => {
      await running.end('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function startSentinelOn(
  port: number,
  folder: string,
  { masterPort, count, password, sentinelPassword }: SentinelShape,
): Promise<RedisProcess> {
  const file = join(folder, 'sentinel.conf')
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `sentinel monitor ${masterName} 127.0.0.1 ${masterPort} ${Math.floor(count / 2) + 1}`,
    `sentinel down-after-milliseconds ${masterName} 500`,
    `sentinel failover-timeout ${masterName} 3000`,
    ...(password === undefined ? [] : [`sentinel auth-pass ${masterName} ${password}`]),
    // They ask each other with it, too.
    ...(sentinelPassword === undefined ? [] : [`requirepass ${sentinelPassword}`]),
  ]
  await writeFile(file, `${lines.join('\n')}\n`)
  return await spawnRedis({ args: [file, '--sentinel'], removes: folder, isReady: /\+monitor master/ })
}
