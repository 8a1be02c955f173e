/** The contract, on a Redis Cluster: each shard in one slot, hints by its own channel. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRedisLedger } from '../../src/ledger/redis/openRedisLedger.js'
import { type RedisCluster, startRedisCluster } from '../redis/redisCluster.js'
import { redisCommand } from '../redis/redisCommand.js'
import { ledgerContract } from './contract.js'
import { Caller, openedOver, put } from './opened.js'

const startMs = 60_000
let servers: RedisCluster
let clusters = 0

beforeAll(async () => {
  servers = await startRedisCluster()
}, startMs)

afterAll(async () => {
  await servers[Symbol.asyncDispose]()
})

ledgerContract('redis, as a cluster', () => {
  const cluster = `test-${++clusters}`
  return openedOver((clock) => openRedisLedger({ url: servers.url, cluster, shards: 1, clock }))
})

test('[R14] the shards of a cluster spread over its servers, and nodes hear of each', async () => {
  const open = () => openRedisLedger({ url: servers.url, cluster: 'spread', shards: 6 })
  const one = await open()
  const other = await open()
  const heard: number[] = []
  const all = new Promise<void>((resolve) => {
    other.onHint((shard) => {
      if (heard.push(shard) === 6) resolve()
    })
  })
  for (let shard = 0; shard < 6; shard++) {
    const writes = [put('r', { shard }), { kind: 'hint', hint: 'h' } as const]
    await one.commit(shard, 'n1', 1, [{ guards: [], writes }])
    expect(await other.read(shard, ['r'])).toEqual([{ shard }])
  }
  await all
  expect(heard.sort()).toEqual([0, 1, 2, 3, 4, 5])
  for (const { port } of servers.servers) {
    const keys = (await redisCommand(port, 'KEYS', 'spread:*:r:r')).split('\n')
    expect(keys.length).toBe(2)
  }
  await new Caller(other, 'n2').write(put('r', { shard: 7 }))
  await Promise.all([one.close(), other.close()])
})
