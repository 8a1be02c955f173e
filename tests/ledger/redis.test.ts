/** The contract, on Redis: one server, a cluster name of its own for each test. */
import { afterAll, beforeAll } from 'vitest'
import { openRedisLedger } from '../../src/ledger/redis/openRedisLedger.js'
import { type RedisServer, startRedis } from '../../src/prove/redisServer.js'
import { ledgerContract } from './contract.js'
import { openedOver } from './opened.js'

let server: RedisServer
let clusters = 0

beforeAll(async () => {
  server = await startRedis()
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

ledgerContract('redis', () => {
  const cluster = `test-${++clusters}`
  return openedOver((clock) => openRedisLedger({ url: server.url, cluster, shards: 1, clock }))
})
