/** On a Redis Cluster that changes under a ledger at work: what it was told is done once, whole, and nothing is gone. */
import { setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type Ledger, LedgerFault, type Write } from '../../src/ledger/port.js'
import { openRedisLedger } from '../../src/ledger/redis/openRedisLedger.js'
import { middleOf } from '../../src/ledger/redis/shardKeys.js'
import { startRedisCluster } from '../redis/redisCluster.js'
import { redisCommand, untilAnswer } from '../redis/redisCommand.js'
import { patience, untilAnswered } from '../redis/world.js'
import { answersOf, put } from './opened.js'

const shards = 3
/** As nodes do, a worker asks again a little later; for as long as a failover may take. */
const faultPauseMs = 20
const mostFaults = 1_000

const open = async (url: string): Promise<Ledger> => {
  const ledger = await openRedisLedger({ url, shards, deadlineMs: 1_000 })
  onTestFinished(() => ledger.close())
  return ledger
}

const add = (record: string, n = 1): Write => ({ kind: 'add', record, field: 'n', n })

/**
 * Calls one after the other, each sent again until it is answered: a count, a record of its own and a task that waits,
 * all or nothing. `stop` ends it, and returns how many were done.
 */
const work = (ledger: Ledger, shard: number) => {
  const state = { done: 0, isStopped: false }
  onTestFinished(() => {
    state.isStopped = true
  })
  const again = async <T>(call: () => Promise<T>): Promise<T> => {
    for (let faults = 0; faults < mostFaults; faults++) {
      try {
        return await call()
      } catch (error) {
        if (!(error instanceof LedgerFault)) throw error
        await setTimeout(faultPauseMs)
      }
    }
    throw new Error('no answer')
  }
  const working = (async () => {
    for (let seq = 1; !state.isStopped; seq++) {
      const record = `task/${seq}`
      const writes = [add('count'), put(record, { seq }), enqueue(record), { kind: 'hint', hint: 'h' } as const]
      const reply = await again(() => ledger.commit(shard, 'worker.a', seq, [{ guards: [], writes }]))
      expect(answersOf(reply)).toEqual([{ kind: 'done' }])
      state.done = seq
    }
    return state.done
  })()
  working.catch(() => {})
  return {
    state,
    stop: () => {
      state.isStopped = true
      return working
    },
  }
}

const enqueue = (record: string): Write => ({ kind: 'enqueue', lane: 'l', record, idInto: 'entry' })

/** All that was done is there, once, and can be claimed once. */
const expectWhole = async (ledger: Ledger, shard: number, done: number): Promise<void> => {
  expect(await untilAnswered(() => ledger.read(shard, ['count']))).toEqual([{ n: done }])
  const request = {
    lanes: [{ lane: 'l', share: 1_024 }],
    takers: Array.from({ length: 1_024 }, () => ({})),
    maxBytes: 1 << 24,
    writes: {},
    entryField: 'entry',
    overdueField: 'due',
  }
  const claimed: string[] = []
  for (let claimSeq = 1; claimed.length < done; claimSeq++) {
    const reply = await ledger.claim(shard, 'taker.a', claimSeq, request)
    if (reply.kind !== 'claimed' || reply.claimed.length === 0) break
    claimed.push(...reply.claimed.map(({ record }) => record))
  }
  expect(claimed).toEqual(Array.from({ length: done }, (_, at) => `task/${at + 1}`))
}

test('[R21] while a slot is moved its shard is a fault, nothing is half done and nothing claimed; then it goes on', async () => {
  await using cluster = await startRedisCluster()
  const ledger = await open(cluster.url)
  const [, to] = cluster.servers
  if (to === undefined) throw new Error('expected a server')
  const hints: number[] = []
  ;(await open(cluster.url)).onHint((shard) => hints.push(shard))
  const workers = Array.from({ length: shards }, (_, shard) => work(ledger, shard))
  const counts = () => workers.map(({ state }) => state.done)
  await expect.poll(() => Math.min(...counts()), patience).toBeGreaterThan(10)
  const { generation } = ledger.durability
  await cluster.moveSlot(middleOf(0, shards), to, async () => {
    const before = counts()
    await expect
      .poll(() =>
        counts()
          .slice(1)
          .every((count, at) => count > (before[at + 1] ?? 0) + 10),
      )
      .toBe(true)
    const request = { takers: [{}], maxBytes: 1, writes: {}, entryField: 'entry', overdueField: 'due' }
    const claim = ledger.claim(0, 'thief.a', 1, { ...request, lanes: [{ lane: 'l', share: 1 }] })
    await expect(claim).rejects.toBeInstanceOf(LedgerFault)
    expect(counts()[0]).toBe(before[0])
  })
  const [after = 0] = counts()
  await expect.poll(() => counts()[0], patience).toBeGreaterThan(after + 10)
  const done = await Promise.all(workers.map(({ stop }) => stop()))
  for (const [shard, count] of done.entries()) await expectWhole(ledger, shard, count)
  expect(await redisCommand(to.port, 'CLUSTER', 'COUNTKEYSINSLOT', `${middleOf(0, shards)}`)).not.toBe('0')
  expect(ledger.durability.generation).toBe(generation)
  hints.length = 0
  await ledger.commit(0, 'worker.a', 1_000_000, [{ guards: [], writes: [{ kind: 'hint', hint: 'h' }] }])
  await expect.poll(() => hints, patience).toContain(0)
}, 60_000)

test('[R21] a call on a slot that is being moved has written nothing, wherever its keys are', async () => {
  await using cluster = await startRedisCluster()
  const ledger = await open(cluster.url)
  const [, to] = cluster.servers
  if (to === undefined) throw new Error('expected a server')
  await ledger.commit(0, 'n1.a', 1, [{ guards: [], writes: [add('count'), put('old', { n: 1 })] }])
  const slot = middleOf(0, shards)
  const [from] = cluster.servers
  const [fromId, toId] = await Promise.all(
    [from, to].map((server) => redisCommand(server?.port ?? 0, 'CLUSTER', 'MYID')),
  )
  await redisCommand(to.port, 'CLUSTER', 'SETSLOT', `${slot}`, 'IMPORTING', `${fromId}`)
  await redisCommand(from?.port ?? 0, 'CLUSTER', 'SETSLOT', `${slot}`, 'MIGRATING', `${toId}`)
  // All keys are where they were; a new one would belong elsewhere.
  const both = [{ guards: [], writes: [add('count'), put('new', { n: 1 })] }]
  await expect(ledger.commit(0, 'n1.a', 2, both)).rejects.toBeInstanceOf(LedgerFault)
  await redisCommand(from?.port ?? 0, 'CLUSTER', 'SETSLOT', `${slot}`, 'STABLE')
  expect(await ledger.read(0, ['count', 'new'])).toEqual([{ n: 1 }, null])
  const reply = await untilAnswered(() => ledger.commit(0, 'n1.a', 2, both))
  expect(answersOf(reply as never)).toEqual([{ kind: 'done' }])
  expect(await ledger.read(0, ['count', 'new'])).toEqual([{ n: 2 }, { n: 1 }])
})

test.each([
  ['an operator puts a replica in its place', false],
  ['it is killed', true],
])(
  '[R22] a master of a Redis Cluster changes while a ledger works: %s',
  async (_, isKilled) => {
    await using cluster = await startRedisCluster({ replicas: 1 })
    const ledger = await open(cluster.url)
    const [master] = cluster.servers
    const [replica] = cluster.replicas
    if (master === undefined || replica === undefined) throw new Error('expected servers')
    const { generation } = ledger.durability
    const workers = Array.from({ length: shards }, (_, shard) => work(ledger, shard))
    await expect.poll(() => workers[0]?.state.done, patience).toBeGreaterThan(20)
    if (isKilled) {
      // What the replica hasn't got is gone with its master: here it has all.
      const { stop } = workers.shift() ?? { stop: async () => 0 }
      const done = await stop()
      await redisCommand(master.port, 'WAIT', '1', '5000')
      await untilAnswer(new RegExp(`^${await offsetOf(master.port)}$`), replica.port, 'EVAL', offsetScript, '0')
      await master.kill()
      await untilAnswered(() => ledger.commit(0, 'other.a', 1, [{ guards: [], writes: [put('after', { n: 1 })] }]))
      await expectWhole(ledger, 0, done)
    } else {
      await redisCommand(replica.port, 'CLUSTER', 'FAILOVER')
      await untilAnswer(/role:master/, replica.port, 'INFO', 'replication')
      const before = workers[0]?.state.done ?? 0
      await expect.poll(() => workers[0]?.state.done, patience).toBeGreaterThan(before + 20)
    }
    const done = await Promise.all(workers.map(({ stop }) => stop()))
    for (const [at, count] of done.entries()) await expectWhole(ledger, isKilled ? at + 1 : at, count)
    expect(await redisCommand(replica.port, 'ROLE')).toMatch(/^master/)
    expect(ledger.durability.generation).toBe(generation)
  },
  60_000,
)

/** Of what was replicated, in bytes. */
const offsetScript = `local info = redis.call('INFO', 'replication')
return string.match(info, 'slave_repl_offset:(%d+)') or string.match(info, 'master_repl_offset:(%d+)')`

const offsetOf = (port: number): Promise<string> => redisCommand(port, 'EVAL', offsetScript, '0')
