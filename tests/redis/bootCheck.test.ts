/** Which servers a node relies on, and what it says that an acknowledgement survives there. */
import { expect, test } from 'vitest'
import { type BootCheckOptions, checkServers } from '../../src/ledger/redis/bootCheck.js'
import type { RedisConnection } from '../../src/ledger/redis/connection.js'
import { type RedisOptions, startRedis } from '../../src/prove/redisServer.js'
import { startRedisCluster } from './redisCluster.js'
import { redisCommand } from './redisCommand.js'
import { startSentinel } from './redisSentinel.js'
import { connected } from './world.js'

const dayMs = 24 * 60 * 60_000

const check = async (url: string, options: Partial<BootCheckOptions> = {}) =>
  checkServers(await connected(url), { address: url, ...options })

test.each<[RedisOptions, string, number]>([
  [{ appendonly: 'yes', appendfsync: 'always' }, 'fsync', 0],
  [{ appendonly: 'yes', appendfsync: 'everysec' }, 'second', 2_000],
  [{ appendonly: 'yes', appendfsync: 'no' }, 'memory', dayMs],
  [{ appendonly: 'no', appendfsync: 'always' }, 'memory', dayMs],
])('[RC60] a server with %o promises %s, and a window of %i ms', async (options, durability, windowMs) => {
  await using server = await startRedis(options)
  expect(await check(server.url)).toMatchObject({
    durability,
    windowMs,
    masters: 1,
    version: expect.stringMatching(/^\d/),
  })
})

test('[RC61] a server that may throw keys away is refused, in a cluster each one', async () => {
  await using server = await startRedis({ maxmemoryPolicy: 'allkeys-lru' })
  await expect(check(server.url)).rejects.toMatchObject({
    name: 'LedgerRefusal',
    kind: 'unsafe',
    message: expect.stringMatching(/allkeys-lru.*CONFIG SET maxmemory-policy noeviction/),
  })
  await using cluster = await startRedisCluster()
  await expect(check(cluster.url)).resolves.toMatchObject({ masters: 3, durability: 'memory' })
  const last = cluster.servers.at(-1)
  await redisCommand(last?.port ?? 0, 'CONFIG', 'SET', 'maxmemory-policy', 'volatile-ttl')
  await expect(check(cluster.url)).rejects.toMatchObject({ kind: 'unsafe' })
  await expect(check(`redis://127.0.0.1:${last?.port}`)).rejects.toMatchObject({
    message: expect.stringContaining('redis+cluster://'),
  })
})

test('[RC62] an older server is refused', async () => {
  const older = scripted('# Server\r\nredis_version:6.2.14\r\nmaxmemory_policy:noeviction\r\n')
  await expect(checkServers(older, { address: 'redis://here' })).rejects.toMatchObject({
    kind: 'older',
    message: expect.stringMatching(/6\.2\.14.*7\.0 or later/),
  })
})

test('[RC63] where CONFIG is forbidden it promises memory, says why, and takes what a setting says instead', async () => {
  await using server = await startRedis({ appendonly: 'yes', appendfsync: 'always' })
  await redisCommand(server.port, 'ACL', 'SETUSER', 'managed', 'on', '>pw', '~*', '&*', '+@all', '-config')
  const url = `redis://managed:pw@127.0.0.1:${server.port}`
  expect(await check(url)).toMatchObject({
    durability: 'memory',
    windowMs: dayMs,
    warnings: [expect.stringContaining('CONFIG is forbidden'), expect.stringContaining('may lose all')],
  })
  expect(await check(url, { assumedFlush: 'everysec' })).toMatchObject({ durability: 'second', windowMs: 2_000 })
  await redisCommand(server.port, 'ACL', 'SETUSER', 'managed', '-info')
  await expect(check(url)).rejects.toMatchObject({ kind: 'forbidden', message: expect.stringContaining('+info') })
})

test('[RC64] replicas that may take over widen the window, but where each commit waits for them', async () => {
  await using group = await startSentinel({ appendonly: 'yes', appendfsync: 'always' })
  expect(await check(group.url)).toMatchObject({ durability: 'fsync', windowMs: 10_000 })
  expect(await check(group.url, { waitsForReplicas: 1 })).toMatchObject({ durability: 'replicated', windowMs: 0 })
})

/** A server of a version that can't be installed here, by what it says of itself. */
function scripted(info: string): RedisConnection {
  const call = async () => Buffer.from(info)
  return {
    isCluster: false,
    call,
    askEach: async (ask) => [await ask(call)],
    subscribe: async () => {},
    close: async () => {},
  }
}
