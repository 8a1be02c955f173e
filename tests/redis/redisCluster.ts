/** A real Redis Cluster for a test: three masters that share the slots, without replicas unless they are asked for. */
import { freePort } from '../../src/prove/freePort.js'
import { type RedisOptions, type RedisServer, startRedis } from '../../src/prove/redisServer.js'
import { redisCommand, untilAnswer } from './redisCommand.js'

export interface RedisCluster {
  /** With all three servers. */
  readonly url: string
  /** The first has the lowest slots. */
  readonly servers: readonly RedisServer[]
  /** The first one's master is the first server. */
  readonly replicas: readonly RedisServer[]
  /** Moves a slot to another server, key by key; `between` is awaited when about half of its keys have moved. */
  moveSlot(slot: number, to: RedisServer, between?: () => Promise<void>): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const masters = 3
const slotCount = 16_384

export type ClusterOptions = Omit<RedisOptions, 'folder' | 'port'> & {
  /** Of how many of the masters there is one. Default 0. */
  readonly replicas?: number
}

export async function startRedisCluster({
  replicas: replicaCount = 0,
  ...options
}: ClusterOptions = {}): Promise<RedisCluster> {
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
  const replicas = await Promise.all(servers.slice(0, replicaCount).map((master) => follow(master, options)))
  return {
    url: `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    servers,
    replicas,
    moveSlot: (slot, to, between) => moveSlot(servers, slot, to, between),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...servers, ...replicas].map((server) => server[Symbol.asyncDispose]()))
    },
  }
}

/** Servers of a cluster talk on a port of their own; the usual one, 10,000 higher, is too high for a free one. */
async function startMember(options: RedisOptions): Promise<{ readonly server: RedisServer; readonly busPort: number }> {
  const busPort = await freePort()
  const own = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--cluster-port', `${busPort}`]
  return { server: await startRedis({ ...options, extra: [...own, ...(options.extra ?? [])] }), busPort }
}

/** A replica that the whole cluster knows of, and that has what its master has. */
async function follow(master: RedisServer, options: RedisOptions): Promise<RedisServer> {
  const { server, busPort } = await startMember({
    ...options,
    extra: ['--repl-diskless-sync-delay', '0', ...(options.extra ?? [])],
  })
  await redisCommand(master.port, 'CLUSTER', 'MEET', '127.0.0.1', `${server.port}`, `${busPort}`)
  const id = await redisCommand(master.port, 'CLUSTER', 'MYID')
  await untilAnswer(/OK/, server.port, 'CLUSTER', 'REPLICATE', id)
  await untilAnswer(/master_link_status:up/, server.port, 'INFO', 'replication')
  await untilAnswer(new RegExp(`\\b${server.port}\\b`), master.port, 'CLUSTER', 'SLOTS')
  return server
}

async function moveSlot(
  servers: readonly RedisServer[],
  slot: number,
  to: RedisServer,
  between: () => Promise<void> = async () => {},
): Promise<void> {
  const from = servers[Math.floor((slot * masters) / slotCount)]
  if (from === undefined) throw new Error('expected a server')
  const [fromId, toId] = await Promise.all([from, to].map(({ port }) => redisCommand(port, 'CLUSTER', 'MYID')))
  await redisCommand(to.port, 'CLUSTER', 'SETSLOT', `${slot}`, 'IMPORTING', `${fromId}`)
  await redisCommand(from.port, 'CLUSTER', 'SETSLOT', `${slot}`, 'MIGRATING', `${toId}`)
  const keysOf = async () => {
    const keys = await redisCommand(from.port, 'CLUSTER', 'GETKEYSINSLOT', `${slot}`, '1000')
    return keys === '' ? [] : keys.split('\n').sort()
  }
  const move = async (keys: readonly string[]) => {
    for (const key of keys) await redisCommand(from.port, 'MIGRATE', '127.0.0.1', `${to.port}`, key, '0', '5000')
  }
  const keys = await keysOf()
  await move(keys.slice(0, keys.length / 2))
  await between()
  for (let left = await keysOf(); left.length > 0; left = await keysOf()) await move(left)
  for (const { port } of [to, from, ...servers]) {
    await redisCommand(port, 'CLUSTER', 'SETSLOT', `${slot}`, 'NODE', `${toId}`)
  }
}
