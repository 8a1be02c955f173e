/** The contract, on Redis: one server, a cluster name of its own for each test. */
import { afterAll, beforeAll } from 'vitest'
import { openRedisLedger } from '../../src/ledger/redis/openRedisLedger.js'
import { type RedisServer, startRedis } from '../redis/redisServer.js'
import { ledgerContract } from './contract.js'
import type { Opened } from './opened.js'

const start = 1_700_000_000_000
let server: RedisServer
let clusters = 0

beforeAll(async () => {
  server = await startRedis()
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

async function openRedis(): Promise<Opened> {
  clusters += 1
  const cluster = `test-${clusters}`
  let now = start
  const open = () => openRedisLedger({ url: server.url, cluster, shards: 1, clock: () => now })
  let ledger = await open()
  return {
    ledger,
    pass: (ms) => {
      now += ms
    },
    reopen: async () => {
      await ledger.close()
      ledger = await open()
      return ledger
    },
    [Symbol.asyncDispose]: () => ledger.close(),
  }
}

ledgerContract('redis', openRedis)
