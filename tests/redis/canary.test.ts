/** A loss is noticed, and makes one new generation, whoever notices it first. */
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { newId } from '../../src/ids.js'
import type { LedgerRefusal } from '../../src/ledger/ledgerRefusal.js'
import { type CanaryOptions, openCanary } from '../../src/ledger/redis/canary.js'
import { CanaryWatch } from '../../src/ledger/redis/canaryWatch.js'
import { startRedis } from '../../src/prove/redisServer.js'
import { startRedisCluster } from './redisCluster.js'
import { redisCommand } from './redisCommand.js'
import { connected } from './world.js'

const prefixesOf = (cluster: string, shards: number): readonly string[] =>
  Array.from({ length: shards }, (_, shard) => `${cluster}:{${shard}}:`)

const optionsFor = async (url: string, shards = 4, cluster = 'c'): Promise<CanaryOptions> => ({
  connection: await connected(url),
  cluster,
  prefixes: prefixesOf(cluster, shards),
  newId,
})

const joined = (id = '') => ({ id, hasJoined: true })

const watching = async (options: CanaryOptions) => {
  const told: string[] = []
  const watch = new CanaryWatch({
    ...options,
    canary: await openCanary(options),
    clock: systemClock(),
    everyMs: 600_000,
    onLost: (shards) => told.push(`lost ${shards}`),
    onRenewed: (canary, shards) => told.push(`renewed ${shards} ${canary.generation}`),
    onForeign: (refusal: LedgerRefusal) => told.push(refusal.kind),
  })
  onTestFinished(() => watch.stop())
  return { watch, told }
}

test('[RC70] many nodes that make a cluster at once make one, on a Redis Cluster too', async () => {
  await using server = await startRedis()
  await using cluster = await startRedisCluster()
  for (const { url } of [server, cluster]) {
    const all = await Promise.all(Array.from({ length: 5 }, async () => openCanary(await optionsFor(url))))
    expect(new Set(all.map((canary) => JSON.stringify(canary))).size).toBe(1)
    const [first] = all
    expect(await openCanary(await optionsFor(url), joined(first?.clusterId))).toEqual(first)
  }
})

test('[RC71] a flush is noticed at the next look, and makes one new generation for all nodes', async () => {
  await using server = await startRedis()
  const one = await watching(await optionsFor(server.url))
  const two = await watching(await optionsFor(server.url))
  const before = one.watch.canary
  await one.watch.look()
  await redisCommand(server.port, 'FLUSHALL')
  await Promise.all([one.watch.look(), two.watch.look()])
  await Promise.all([one.watch.look(), two.watch.look()])
  const { generation, clusterId } = one.watch.canary
  expect(two.watch.canary).toEqual(one.watch.canary)
  expect(generation).not.toBe(before.generation)
  expect(clusterId).toBe(before.clusterId)
  for (const { told } of [one, two]) expect(told.at(-1)).toBe(`renewed 0,1,2,3 ${generation}`)
  expect([...one.told, ...two.told]).toContain('lost 0,1,2,3')
})

test('[RC72] the loss of one shard is its own, and every node gets the same generation', async () => {
  await using server = await startRedis()
  const one = await watching(await optionsFor(server.url))
  const two = await watching(await optionsFor(server.url))
  await redisCommand(server.port, 'DEL', 'c:{2}:canary')
  await one.watch.look()
  await two.watch.look()
  const { generation } = one.watch.canary
  expect(one.told).toEqual(['lost 2', `renewed 2 ${generation}`])
  expect(two.told).toEqual([`renewed 2 ${generation}`])
})

test('[RC73] shards that went back in time get a new token once, whoever says so', async () => {
  await using server = await startRedis()
  const one = await watching(await optionsFor(server.url))
  const two = await watching(await optionsFor(server.url))
  await Promise.all([one.watch.renew([1, 3]), two.watch.renew([1, 3])])
  await Promise.all([one.watch.look(), two.watch.look()])
  const { generation } = one.watch.canary
  expect(one.told).toEqual(['lost 1,3', `renewed 1,3 ${generation}`])
  expect(two.told).toEqual(one.told)
})

test('[RC74] what is missing of a known cluster is made again, with another generation', async () => {
  await using server = await startRedis()
  const options = await optionsFor(server.url)
  const before = await openCanary(options)
  await redisCommand(server.port, 'DEL', 'c:cluster')
  expect(await openCanary(options)).toEqual(before)
  await redisCommand(server.port, 'FLUSHALL')
  const after = await openCanary(options, joined(before.clusterId))
  expect(after.clusterId).toBe(before.clusterId)
  expect(after.generation).not.toBe(before.generation)
})

test('[RC75] another number of shards, another cluster of the name, and keys of others are refused', async () => {
  await using server = await startRedis()
  const options = await optionsFor(server.url)
  const { clusterId } = await openCanary(options)
  await expect(openCanary(await optionsFor(server.url, 8))).rejects.toMatchObject({
    kind: 'different',
    message: expect.stringMatching(/made with 4 shards, not 8/),
  })
  await expect(openCanary(options, joined(newId()))).rejects.toMatchObject({
    kind: 'different',
    message: expect.stringContaining('another cluster called "c"'),
  })
  await openCanary(options, joined(clusterId))
  await redisCommand(server.port, 'HSET', 'other:users', 'a', 'b')
  await redisCommand(server.port, 'HSET', 'third:cluster', 'a', 'b')
  for (const [name, key] of [
    ['other', 'other:users'],
    ['third', 'third:cluster'],
  ] as const) {
    await expect(openCanary(await optionsFor(server.url, 4, name))).rejects.toMatchObject({
      kind: 'taken',
      message: expect.stringContaining(key),
    })
  }
  // Names that only begin alike.
  await openCanary(await optionsFor(server.url, 4, 'oth'))
})

test('[RC76] keys that are suddenly those of another cluster are told, and left alone', async () => {
  await using server = await startRedis()
  const { watch, told } = await watching(await optionsFor(server.url))
  const before = watch.canary
  await redisCommand(server.port, 'FLUSHALL')
  const other = await openCanary(await optionsFor(server.url))
  await watch.look()
  expect(told).toEqual(['different'])
  expect(watch.canary).toEqual(before)
  expect(await openCanary(await optionsFor(server.url))).toEqual(other)
})

test('[RC77] a Redis that can not be reached is no loss', async () => {
  await using server = await startRedis({ appendonly: 'yes', appendfsync: 'always' })
  const { watch, told } = await watching(await optionsFor(server.url))
  await server.kill()
  await watch.look()
  await server.restart()
  await watch.look()
  expect(told).toEqual([])
})
