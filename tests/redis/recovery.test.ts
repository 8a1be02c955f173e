/** What a ledger says of itself while acknowledged writes are lost and not made good, and that it finds it again. */
import { expect, onTestFinished, test } from 'vitest'
import { Health } from '../../src/ledger/redis/health.js'
import { openRedisLedger, type RedisLedgerOptions } from '../../src/ledger/redis/openRedisLedger.js'
import { shardPrefixes } from '../../src/ledger/redis/shardKeys.js'
import { type RedisServer, startRedis } from '../../src/prove/redisServer.js'
import { Caller, put } from '../ledger/opened.js'
import { redisCommand } from './redisCommand.js'
import { patience } from './world.js'

const open = async (server: RedisServer, options: Partial<RedisLedgerOptions> = {}) => {
  const told: (string | undefined)[] = []
  const health = new Health((why) => told.push(why))
  const ledger = await openRedisLedger({ url: server.url, shards: 2, secrets: { tokens: null }, health, ...options })
  onTestFinished(() => ledger.close())
  return { ledger, health, told }
}

const short = (server: RedisServer) => redisCommand(server.port, 'CONFIG', 'SET', 'maxmemory', '1')
const roomy = (server: RedisServer) => redisCommand(server.port, 'CONFIG', 'SET', 'maxmemory', '0')

test('[R17] from the loss of keys until they are made anew a ledger is not to be relied on, and says why', async () => {
  await using server = await startRedis()
  const { ledger, health, told } = await open(server)
  const { generation } = ledger.durability
  const secret = await ledger.secret('tokens')
  expect(health.unreadyFor).toBeUndefined()
  await short(server)
  await redisCommand(server.port, 'FLUSHALL')
  await expect
    .poll(() => health.unreadyFor, { timeout: 5_000 })
    .toMatch(/lost what it had acknowledged in 2 of 2 shards/)
  // It stays so for as long as it can't be made good.
  const { length } = told
  expect(ledger.durability.generation).toBe(generation)
  await roomy(server)
  await expect.poll(() => health.unreadyFor, patience).toBeUndefined()
  expect(told.slice(length).at(-1)).toBeUndefined()
  expect(ledger.durability.generation).not.toBe(generation)
  const key = await redisCommand(server.port, 'HEXISTS', 'chimera:secrets', 'tokens')
  expect(key).toBe('1')
  expect(await (await open(server)).ledger.secret('tokens')).toEqual(secret)
})

test('[R17] secrets that can not be put back are tried until they are', async () => {
  await using server = await startRedis()
  const { ledger, health } = await open(server)
  const secret = await ledger.secret('tokens')
  // Something else in their place.
  await redisCommand(server.port, 'FLUSHALL')
  await redisCommand(server.port, 'SET', 'chimera:secrets', 'a text')
  await expect.poll(() => health.unreadyFor, patience).toMatch(/secrets were lost, and can't be put back yet/)
  await redisCommand(server.port, 'DEL', 'chimera:secrets')
  await expect.poll(() => health.unreadyFor, patience).toBeUndefined()
  expect(await (await open(server)).ledger.secret('tokens')).toEqual(secret)
})

test('[R18] a shard that went back in time is renewed even where that can not be done at once', async () => {
  await using server = await startRedis()
  const { ledger, health } = await open(server)
  const { generation } = ledger.durability
  const caller = new Caller(ledger)
  for (const n of [1, 2]) await caller.write(put('r', { n }))
  const [prefix = ''] = shardPrefixes('chimera', 2)
  await redisCommand(server.port, 'HSET', `${prefix}h:${caller.holder}`, 'seq', '1')
  await short(server)
  // What ends something goes on without memory, so this one is answered.
  await caller.write({ kind: 'drop', record: 'r' })
  await expect.poll(() => health.unreadyFor, patience).toMatch(/in 1 of 2 shards/)
  expect(ledger.durability.generation).toBe(generation)
  await roomy(server)
  await expect.poll(() => health.unreadyFor, patience).toBeUndefined()
  expect(ledger.durability.generation).not.toBe(generation)
})

test('[R19] a node that knows its cluster tells a flush from another cluster, and puts back what it remembers', async () => {
  await using server = await startRedis()
  let id = ''
  const { ledger } = await open(server, { onJoined: (joined) => (id = joined) })
  const { generation } = ledger.durability
  const tokens = await ledger.secret('tokens')
  await ledger.close()
  await redisCommand(server.port, 'FLUSHALL')
  const known = { id, hasJoined: true }
  const back = await open(server, { known, secrets: { tokens } })
  expect(back.ledger.durability.generation).not.toBe(generation)
  expect(await back.ledger.secret('tokens')).toEqual(tokens)
  await back.ledger.close()
  await redisCommand(server.port, 'FLUSHALL')
  const stranger = await open(server)
  await expect(open(server, { known, secrets: { tokens } })).rejects.toMatchObject({
    kind: 'different',
    message: expect.stringContaining('another cluster called "chimera"'),
  })
  await new Caller(stranger.ledger).write(put('r', { n: 1 }))
  expect(stranger.health.unreadyFor).toBeUndefined()
})

test('[R20] a cluster gets the id that a person gave it, and nodes that were told another one are refused', async () => {
  await using server = await startRedis()
  const pinned = (id: string) => ({ known: { id, hasJoined: false } })
  const ids: string[] = []
  const onJoined = (id: string) => ids.push(id)
  await open(server, { ...pinned('prod_eu'), onJoined })
  await open(server, { ...pinned('prod_eu'), onJoined })
  await open(server, { onJoined })
  expect(ids).toEqual(['prod_eu', 'prod_eu', 'prod_eu'])
  await expect(open(server, pinned('staging'))).rejects.toMatchObject({ kind: 'different' })
  await redisCommand(server.port, 'SET', 'own:users', 'somebody')
  await expect(open(server, { cluster: 'own', ...pinned('prod_eu') })).rejects.toMatchObject({ kind: 'taken' })
})
