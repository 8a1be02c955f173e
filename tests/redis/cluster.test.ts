/** On a Redis Cluster: calls find their server, also one that is another now. */
import { expect, test } from 'vitest'
import { LedgerFault } from '../../src/ledger/port.js'
import { slotOf, slotOfCall } from '../../src/ledger/redis/connectionSlot.js'
import { startRedisCluster } from './redisCluster.js'
import { redisCommand } from './redisCommand.js'
import { connected, untilAnswered } from './world.js'

test('[RC40] the slot of a key is the one that the cluster says', async () => {
  await using cluster = await startRedisCluster()
  const [server] = cluster.servers
  for (const key of ['', 'a', '123456789', '{tag}a', 'a{tag}', '{}a', 'a{', '{a}{b}', 'käse', 'x'.repeat(300)]) {
    expect([key, `${slotOf(key)}`]).toEqual([key, await redisCommand(server?.port ?? 0, 'CLUSTER', 'KEYSLOT', key)])
  }
  expect(slotOfCall('FCALL', ['f', 1, '{a}k'])).toBe(slotOf('a'))
  expect(slotOfCall('HSET', ['{a}k', 'f', 'v'])).toBe(slotOf('a'))
  expect(slotOfCall('PING', [])).toBeUndefined()
})

test('[RC41] each call goes to the server of its key, and each server can be asked', async () => {
  await using cluster = await startRedisCluster()
  const connection = await connected(cluster.url)
  const keys = Array.from({ length: 60 }, (_, n) => `key${n}`)
  await Promise.all(keys.map((key) => connection.call('SET', [key, key])))
  const read = await Promise.all(keys.map((key) => connection.call('GET', [key])))
  expect(read.map(String)).toEqual(keys)
  const sizes = await connection.askEach((send) => send('DBSIZE', []))
  expect(sizes.map(Number).reduce((sum, size) => sum + size)).toBe(keys.length)
  expect(sizes.every((size) => Number(size) > 0)).toBe(true)
})

test('[RC42] a slot that has moved is followed, its channels too', async () => {
  await using cluster = await startRedisCluster()
  const connection = await connected(cluster.url)
  const [from, to] = cluster.servers
  const slot = slotOf('a')
  const owner = cluster.servers[Math.floor((slot * 3) / 16_384)] ?? from
  const next = cluster.servers.find((server) => server !== owner) ?? to
  if (owner === undefined || next === undefined) throw new Error('expected two servers')
  const heard: string[] = []
  let missed = 0
  await connection.subscribe(
    ['a', 'b', 'c', 'd'],
    (channel, message) => heard.push(`${channel}: ${message}`),
    () => missed++,
  )
  const nextId = await redisCommand(next.port, 'CLUSTER', 'MYID')
  for (const { port } of [next, owner]) await redisCommand(port, 'CLUSTER', 'SETSLOT', `${slot}`, 'NODE', nextId)
  await expect(connection.call('SET', ['a', 'moved'])).resolves.toEqual(Buffer.from('OK'))
  expect(await redisCommand(next.port, 'GET', 'a')).toBe('moved')
  await expect.poll(() => missed).toBeGreaterThan(0)
  // Each server's channels come back on their own.
  const publish = async () => {
    for (const channel of ['a', 'b', 'c', 'd']) await connection.call('SPUBLISH', [channel, 'hello'])
    return [...new Set(heard)].sort()
  }
  await expect.poll(publish, { timeout: 10_000 }).toEqual(['a: hello', 'b: hello', 'c: hello', 'd: hello'])
})

test('[RC43] a killed server is a fault for its keys alone, until it is back', async () => {
  await using cluster = await startRedisCluster({ appendonly: 'yes', appendfsync: 'always' })
  const connection = await connected(cluster.url, { deadlineMs: 500 })
  const lost = 'a'
  const server = cluster.servers[Math.floor((slotOf(lost) * 3) / 16_384)]
  const kept = ['b', 'c', 'd', 'e'].find((key) => Math.floor((slotOf(key) * 3) / 16_384) !== 2) ?? ''
  if (server === undefined) throw new Error('expected a server')
  await connection.call('SET', [lost, 'v'])
  await server.kill()
  await expect(connection.call('GET', [lost])).rejects.toBeInstanceOf(LedgerFault)
  await expect(connection.call('SET', [kept, 'v'])).resolves.toEqual(Buffer.from('OK'))
  await server.restart()
  expect(await untilAnswered(() => connection.call('GET', [lost]))).toEqual(Buffer.from('v'))
})
