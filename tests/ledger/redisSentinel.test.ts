/** The contract behind Sentinels, with a replica that has each write before it is answered. */
import { afterAll, beforeAll } from 'vitest'
import { openRedisLedger } from '../../src/ledger/redis/openRedisLedger.js'
import { type RedisSentinels, startSentinel } from '../redis/redisSentinel.js'
import { ledgerContract } from './contract.js'
import { openedOver } from './opened.js'

const startMs = 60_000
let group: RedisSentinels
let clusters = 0

beforeAll(async () => {
  group = await startSentinel({ sentinels: 3 })
}, startMs)

afterAll(async () => {
  await group[Symbol.asyncDispose]()
})

ledgerContract('redis, behind Sentinels', () => {
  const cluster = `test-${++clusters}`
  return openedOver((clock) => openRedisLedger({ url: group.url, cluster, shards: 1, clock }))
})

ledgerContract('redis, with a replica that is waited for', () => {
  const cluster = `test-${++clusters}`
  return openedOver((clock) => openRedisLedger({ url: group.url, cluster, shards: 1, replicas: 1, clock }))
})
