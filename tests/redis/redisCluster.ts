/** A real Redis Cluster for a test: three masters that share the slots, without replicas. */
import { freePort } from './freePort.js'
import { redisCommand, untilAnswer } from './redisCommand.js'
import { type RedisOptions, type RedisServer, startRedis } from './redisServer.js'

export interface RedisCluster {
  /** With all three servers. */
  readonly url: string
  /** The first has the lowest slots. */
  readonly servers: readonly RedisServer[]
  [Symbol.asyncDispose](): Promise<void>
}

const masters = 3
const slotCount = 16_384

export async function startRedisCluster(options: Omit<RedisOptions, 'folder' | 'port'> = {}): Promise<RedisCluster> {
  const members = await Promise.all(Array.from({ length: masters }, () => startMember(options)))
  const servers = members.map(({ server }) => server)
  const [first, ...others] = members
  if (first === undefined) throw new Error('expected a server')
  for (const [at, { port }] of servers.entries()) {
    const from = Math.ceil((slotCount * at) / masters)
    const to = Math.ceil((slotCount * (at + 1)) / masters) - 1
    await redisCommand(port, 'CLUSTER', 'ADDSLOTSRANGE', `${from}`, `${to}`)
    // With an epoch of its own from the beginning they needn't find one first.
    await redisCommand(port, 'CLUSTER', 'SET-CONFIG-EPOCH', `${at + 1}`)
  }
  for (const { server, busPort } of others) {
    await redisCommand(first.server.port, 'CLUSTER', 'MEET', '127.0.0.1', `${server.port}`, `${busPort}`)
  }
  await Promise.all(
    servers.map(({ port }) => untilAnswer(/cluster_state:ok.*cluster_known_nodes:3/s, port, 'CLUSTER', 'INFO')),
  )
  return {
    url: `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    servers,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
    },
  }
}

/** Servers of a cluster talk on a port of their own; the usual one, 10,000 higher, is too high for a free one. */
async function startMember(options: RedisOptions): Promise<{ readonly server: RedisServer; readonly busPort: number }> {
  const busPort = await freePort()
  const own = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--cluster-port', `${busPort}`]
  return { server: await startRedis({ ...options, extra: [...own, ...(options.extra ?? [])] }), busPort }
}
