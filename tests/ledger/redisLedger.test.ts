/** What the Redis ledger promises beyond the contract: on real servers, one for most of the tests. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Ledger, Write } from '../../src/ledger/port.js'
import { slotOf } from '../../src/ledger/redis/connectionSlot.js'
import { openRedisLedger, type RedisLedgerOptions } from '../../src/ledger/redis/openRedisLedger.js'
import { shardPrefixes } from '../../src/ledger/redis/shardKeys.js'
import { type RedisServer, startRedis } from '../../src/prove/redisServer.js'
import { redisCommand } from '../redis/redisCommand.js'
import { answersOf, Caller, put } from './opened.js'

let server: RedisServer
let clusters = 0

beforeAll(async () => {
  server = await startRedis()
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

/** A cluster of its own, to be opened more than once. */
function newCluster(options: Partial<RedisLedgerOptions> = {}) {
  clusters += 1
  const cluster = `own-${clusters}`
  const [prefix = ''] = shardPrefixes(cluster, options.shards ?? 1)
  return {
    cluster,
    prefix,
    open: async () => disposable(await openRedisLedger({ url: server.url, cluster, shards: 1, ...options })),
  }
}

const disposable = (ledger: Ledger) => ({ ledger, [Symbol.asyncDispose]: () => ledger.close() })

/** Settles with the first `count` hints. */
function heard(ledger: Ledger, count: number): Promise<string[]> {
  const hints: string[] = []
  return new Promise((resolve) => {
    ledger.onHint((shard, hint) => {
      if (hints.push(`${shard} ${hint}`) === count) resolve(hints)
    })
  })
}

const claim = (caller: Caller, lane: string, takers: number) =>
  caller.claim({ lanes: [{ lane, share: takers }], takers: Array.from({ length: takers }, () => ({})) })

test('[R2] numbers and bytes are exact, sums too, and the same number is the same however it is written', async () => {
  await using world = await newCluster().open()
  const { ledger } = world
  const caller = new Caller(ledger)
  const numbers = [0.1, 1 / 3, 2 ** 53 - 1, -(2 ** 53) + 1, 5e-324, Number.MAX_VALUE, 1e21, -0, 123_456_789_012_345.6]
  await caller.write(put('r', Object.fromEntries(numbers.map((n, at) => [`n${at}`, n]))))
  for (const [at] of numbers.entries()) await caller.write({ kind: 'add', record: 'r', field: `n${at}`, n: 0 })
  const [record] = await ledger.read(0, ['r'])
  expect(numbers.map((_, at) => record?.[`n${at}`])).toEqual(numbers.map((n) => n + 0))
  for (const [at, n] of numbers.entries())
    expect(await caller.attempt([{ kind: 'equals', record: 'r', field: `n${at}`, value: n + 0 }])).toBe('done')

  const count = (n: number): Write => ({ kind: 'add', record: 'count', field: 'n', n })
  await caller.write(count(2 ** 53 - 3), count(1), count(1))
  await caller.commit(...Array.from({ length: 100 }, () => ({ guards: [], writes: [count(-0.1), count(0.1)] })))
  let expected = 2 ** 53 - 1
  for (let at = 0; at < 100; at++) expected = expected - 0.1 + 0.1
  expect(await ledger.read(0, ['count'])).toEqual([{ n: expected }])

  const bytes = Uint8Array.from({ length: 256 }, (_, at) => at)
  await caller.write(put('b', { bytes }), { kind: 'append', log: 'l', entry: bytes })
  const [stored] = await ledger.read(0, ['b'])
  expect(Buffer.compare(stored?.bytes as Uint8Array, bytes)).toBe(0)
  expect([...((await ledger.log(0, 'l', { limit: 1 })).entries[0]?.entry ?? [])]).toEqual([...bytes])
})

test('[R3] without memory what only adds is full and took no seq; what drains goes on, and old calls are known', async () => {
  await using small = await startRedis()
  await using world = disposable(await openRedisLedger({ url: small.url, shards: 1 }))
  const { ledger } = world
  const caller = new Caller(ledger)
  await caller.enqueue('l', 'first')
  const entry = await caller.enqueue('l', 'second')
  const waits = [{ guards: [], writes: [put('third', {}), enqueue('third')] }]
  const known = answersOf(await ledger.commit(0, caller.holder, 10, waits))
  const adds = (seq: number) => ledger.commit(0, caller.holder, seq, [{ guards: [], writes: [enqueue('third')] }])
  await redisCommand(small.port, 'CONFIG', 'SET', 'maxmemory', '1')
  expect(await adds(11)).toEqual({ kind: 'full' })
  expect(answersOf(await ledger.commit(0, caller.holder, 10, waits))).toEqual(known)
  expect(await adds(9)).toEqual({ kind: 'oldSeq' })
  const { claimed } = await claim(caller, 'l', 2)
  expect(claimed.map(({ record }) => record)).toEqual(['first', 'second'])
  const ends: Write[] = [
    { kind: 'settle', lane: 'l', entry },
    put('second', { status: 'COMPLETED', output: new Uint8Array(5_000) }),
    { kind: 'append', log: 'out', entry: new Uint8Array(100) },
  ]
  expect(answersOf(await ledger.commit(0, caller.holder, 11, [{ guards: [], writes: ends }]))).toEqual([
    { kind: 'done' },
  ])
  await redisCommand(small.port, 'CONFIG', 'SET', 'maxmemory', '0')
  expect(answersOf(await adds(12))).toEqual([{ kind: 'done' }])
})

const enqueue = (record: string): Write => ({ kind: 'enqueue', lane: 'l', record, idInto: 'entry' })

test('[R4] each version loads functions of its own, and leaves those of others alone', async () => {
  const other =
    "#!lua name=chimera_0a1b2c3d\nredis.register_function('chimera_0a1b2c3d_commit', function() return 7 end)"
  await redisCommand(server.port, 'FUNCTION', 'LOAD', other)
  const { open } = newCluster()
  for (let time = 0; time < 2; time++) {
    await using world = await open()
    await new Caller(world.ledger, `n${time}`).write(put('r', { time }))
  }
  const names = (await redisCommand(server.port, 'FUNCTION', 'LIST')).match(/^chimera_[0-9a-f]{8}$/gm)
  expect(new Set(names).size).toBe(2)
  expect(await redisCommand(server.port, 'FCALL', 'chimera_0a1b2c3d_commit', '0')).toBe('7')
  await redisCommand(server.port, 'FUNCTION', 'DELETE', 'chimera_0a1b2c3d')
})

test('[R5] a hint reaches the other nodes, and its own node once', async () => {
  const { open } = newCluster({ shards: 2 })
  await using one = await open()
  await using other = await open()
  const own: string[] = []
  one.ledger.onHint((shard, hint) => own.push(`${shard} ${hint}`))
  const reached = heard(other.ledger, 3)
  const hint = (text: string): Write => ({ kind: 'hint', hint: text })
  await new Caller(one.ledger).write(hint('a"ü\n'), hint('b'), hint('b'))
  const back = heard(one.ledger, 1)
  await new Caller(other.ledger, 'n2').write(hint('back'))
  await back
  expect(own).toEqual(['0 a"ü\n', '0 b', '0 back'])
  expect(await reached).toEqual(['0 a"ü\n', '0 b', '0 back'])
})

test('[R6] after the hints were cut off and are back, each shard is told to be looked at', async () => {
  await using world = await newCluster({ shards: 3 }).open()
  const told = heard(world.ledger, 3)
  await redisCommand(server.port, 'CLIENT', 'KILL', 'TYPE', 'pubsub')
  expect((await told).sort()).toEqual(['0 *', '1 *', '2 *'])
})

test('[R7] shards lie in the middles of equal parts of all slots, each in one', () => {
  for (const shards of [1, 2, 3, 16, 100]) {
    const slots = shardPrefixes('chimera', shards).map((prefix) => {
      const ofKeys = ['shard', 'r:task/1', 'l:{a}', 'z:', 'hints'].map((key) => slotOf(`${prefix}${key}`))
      expect(new Set(ofKeys).size).toBe(1)
      return ofKeys[0]
    })
    expect(slots).toEqual(slots.map((_, shard) => Math.floor(((shard + 0.5) * 16_384) / shards)))
  }
})

test('[R8] flushed keys make another generation, keep their secrets, and have everything looked at', async () => {
  await using own = await startRedis()
  await using world = disposable(await openRedisLedger({ url: own.url, shards: 2 }))
  const { ledger } = world
  const secret = await ledger.secret('leases')
  const { generation } = ledger.durability
  const told = heard(ledger, 2)
  await redisCommand(own.port, 'FLUSHALL')
  expect(await told).toEqual(['0 *', '1 *'])
  expect(ledger.durability.generation).not.toBe(generation)
  await new Caller(ledger).write(put('r', { n: 1 }))
  await using later = disposable(await openRedisLedger({ url: own.url, shards: 2 }))
  expect(later.ledger.durability).toEqual(ledger.durability)
  expect(await later.ledger.secret('leases')).toEqual(secret)
})

test('[R9] a shard that knows less than it had acknowledged makes another generation', async () => {
  const { open, prefix } = newCluster()
  await using world = await open()
  const { ledger } = world
  const caller = new Caller(ledger)
  await caller.write(put('r', { n: 1 }))
  await caller.write(put('r', { n: 2 }))
  const { generation } = ledger.durability
  await redisCommand(server.port, 'HSET', `${prefix}h:${caller.holder}`, 'seq', '1')
  const told = heard(ledger, 1)
  await caller.write(put('r', { n: 3 }))
  expect(await told).toEqual(['0 *'])
  expect(ledger.durability.generation).not.toBe(generation)
})

test('[R10] what has ended leaves nothing behind', async () => {
  const { open, cluster } = newCluster()
  await using world = await open()
  const { ledger } = world
  const caller = new Caller(ledger)
  const keys = async () => (await redisCommand(server.port, 'KEYS', `${cluster}:*`)).split('\n').sort()
  const before = await keys()
  const entries: string[] = []
  for (const record of ['a', 'b', 'c', 'd']) entries.push(await caller.enqueue(`lane/${record}`, record))
  await caller.write(
    { kind: 'append', log: 'out', entry: new Uint8Array(9) },
    { kind: 'index', set: 's', member: 'a', score: 1 },
    { kind: 'withdraw', lane: 'lane/d', entry: entries[3] ?? '' },
    { kind: 'drop', record: 'c' },
  )
  await claim(caller, 'lane/a', 1)
  await claim(caller, 'lane/b', 1)
  expect((await claim(caller, 'lane/c', 1)).claimed).toEqual([])
  const { entries: outcomes } = await ledger.log(0, 'out', { limit: 1 })
  const last = new Caller(ledger, 'n2')
  await last.write(
    { kind: 'adopt', lane: 'lane/b', entry: entries[1] ?? '' },
    { kind: 'settle', lane: 'lane/a', entry: entries[0] ?? '' },
    { kind: 'settle', lane: 'lane/b', entry: entries[1] ?? '' },
    ...['a', 'b', 'd'].map((record): Write => ({ kind: 'drop', record })),
    { kind: 'unindex', set: 's', member: 'a' },
    { kind: 'trim', log: 'out', upTo: outcomes[0]?.id ?? '' },
    { kind: 'retire', holder: caller.holder },
    { kind: 'retire', holder: 'n2' },
  )
  // The shard's own clock and numbers stay.
  const left = (await keys()).filter((key) => !key.endsWith(':shard'))
  expect(left).toEqual(before.filter((key) => !key.endsWith(':shard')))
})

test('[R11] a call may be of any size', async () => {
  await using world = await newCluster().open()
  const { ledger } = world
  const caller = new Caller(ledger)
  const count = 9_000
  const names = Array.from({ length: count }, (_, at) => `r${at}`)
  await caller.write(
    ...names.flatMap((record): Write[] => [
      put(record, { id: record }),
      { kind: 'enqueue', lane: 'l', record, idInto: 'entry' },
      { kind: 'index', set: 's', member: record, score: 1 },
    ]),
    put('wide', Object.fromEntries(names.map((name, at) => [name, at]))),
  )
  expect(Object.keys((await ledger.read(0, ['wide']))[0] ?? {}).length).toBe(count)
  const claimed = []
  while (claimed.length < count) claimed.push(...(await claim(caller, 'l', 1_024)).claimed)
  expect(claimed.map(({ record }) => record)).toEqual(names)
  await caller.write(
    ...claimed.map(({ entry }): Write => ({ kind: 'settle', lane: 'l', entry })),
    ...names.map((member): Write => ({ kind: 'unindex', set: 's', member })),
    put('wide', Object.fromEntries(names.map((name) => [name, null]))),
  )
  expect(await ledger.read(0, ['wide'])).toEqual([{}])
  expect(await ledger.range(0, 's', { limit: 9 })).toEqual({ members: [] })
  expect(await caller.attempt([{ kind: 'atMost', lane: 'l', n: 0 }])).toBe('done')
})

test('[R12] the time is that of the server, and goes on between answers', async () => {
  await using world = await newCluster().open()
  const { ledger } = world
  const [seconds = ''] = (await redisCommand(server.port, 'TIME')).split('\n')
  const before = ledger.now()
  expect(Math.abs(before - Number(seconds) * 1_000)).toBeLessThan(60_000)
  while (ledger.now() === before) await ledger.read(0, ['r'])
  const reply = await ledger.commit(0, 'n1', 1, [])
  expect(reply.kind === 'answers' && reply.now).toBeGreaterThanOrEqual(before)
  expect(ledger.now()).toBeGreaterThanOrEqual(before)
})

test('[R15] a key that somebody spoilt fails the transaction that needs it, and no other', async () => {
  const { open, prefix } = newCluster()
  await using world = await open()
  const caller = new Caller(world.ledger)
  await redisCommand(server.port, 'SET', `${prefix}r:spoilt`, 'a text')
  const add: Write = { kind: 'add', record: 'count', field: 'n', n: 1 }
  const answers = await caller.commit(
    { guards: [], writes: [add] },
    { guards: [{ kind: 'equals', record: 'spoilt', field: 'n', value: 1 }], writes: [add] },
    { guards: [], writes: [add] },
  )
  expect(answers.map(({ kind }) => kind)).toEqual(['done', 'invalid', 'done'])
  expect(await world.ledger.read(0, ['count'])).toEqual([{ n: 2 }])
})

test('[R13] a name that keys can not begin with is refused, and so is a number of shards', async () => {
  const { url } = server
  await expect(openRedisLedger({ url, cluster: 'a{b}' })).rejects.toThrow(RangeError)
  await expect(openRedisLedger({ url, cluster: '' })).rejects.toThrow(RangeError)
  await expect(openRedisLedger({ url, shards: 0 })).rejects.toThrow(RangeError)
})
