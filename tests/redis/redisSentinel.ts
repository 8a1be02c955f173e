/** A real master with a replica, and Sentinels that put the one in the place of the other. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { untilAnswer } from './redisCommand.js'
import { type RedisProcess, spawnRedis } from './redisProcess.js'
import { type RedisOptions, type RedisServer, startOnFreePort, startRedis } from './redisServer.js'

export interface RedisSentinels {
  readonly url: string
  /** As they were at the start. */
  readonly master: RedisServer
  readonly replica: RedisServer
  [Symbol.asyncDispose](): Promise<void>
}

export const masterName = 'mymaster'

export type SentinelOptions = Omit<RedisOptions, 'folder' | 'port'> & {
  /** Default 1. Half of them and one have to agree. */
  readonly sentinels?: number
}

export async function startSentinel({
  sentinels: count = 1,
  ...options
}: SentinelOptions = {}): Promise<RedisSentinels> {
  const quick = ['--repl-diskless-sync-delay', '0', ...(options.extra ?? [])]
  const master = await startRedis({ ...options, extra: quick })
  const replica = await startRedis({ ...options, extra: [...quick, '--replicaof', '127.0.0.1', `${master.port}`] })
  await untilAnswer(/state=online/, master.port, 'INFO', 'replication')
  const sentinels = await Promise.all(Array.from({ length: count }, () => startOne(master.port, count)))
  for (const { port } of sentinels) {
    await untilAnswer(new RegExp(`slaves=1,sentinels=${count}`), port, 'INFO', 'sentinel')
  }
  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${masterName}`,
    master,
    replica,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(sentinels.map((sentinel) => sentinel.end()))
      await Promise.all([master, replica].map((server) => server[Symbol.asyncDispose]()))
    },
  }
}

async function startOne(
  masterPort: number,
  count: number,
): Promise<{ readonly port: number; readonly end: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'chimera-sentinel-'))
  const { port, running } = await startOnFreePort((port) => startSentinelOn(port, folder, masterPort, count))
  return {
    port,
    end: async () => {
      await running.end('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function startSentinelOn(port: number, folder: string, masterPort: number, count: number): Promise<RedisProcess> {
  const file = join(folder, 'sentinel.conf')
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `sentinel monitor ${masterName} 127.0.0.1 ${masterPort} ${Math.floor(count / 2) + 1}`,
    `sentinel down-after-milliseconds ${masterName} 500`,
    `sentinel failover-timeout ${masterName} 3000`,
  ]
  await writeFile(file, `${lines.join('\n')}\n`)
  return await spawnRedis({ args: [file, '--sentinel'], removes: folder, isReady: /\+monitor master/ })
}
