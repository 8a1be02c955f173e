/** Acknowledgements that wait for replicas: real ones, that stop, fall behind and take over. */
import { expect, onTestFinished, test } from 'vitest'
import { type Ledger, LedgerFault, type Write } from '../../src/ledger/port.js'
import type { BootReport } from '../../src/ledger/redis/bootCheck.js'
import { Health } from '../../src/ledger/redis/health.js'
import { openRedisLedger, type RedisLedgerOptions } from '../../src/ledger/redis/openRedisLedger.js'
import { type RedisOptions, type RedisServer, startRedis } from '../../src/prove/redisServer.js'
import { answersOf, put } from '../ledger/opened.js'
import { startRedisCluster } from './redisCluster.js'
import { redisCommand, untilAnswer } from './redisCommand.js'
import { startSentinel } from './redisSentinel.js'
import { patience, untilAnswered } from './world.js'

const open = async (url: string, options: Partial<RedisLedgerOptions> = {}) => {
  const health = new Health()
  let report: BootReport | undefined
  const ledger = await openRedisLedger({
    url,
    shards: 3,
    replicas: 1,
    deadlineMs: 2_000,
    health,
    onReport: (told) => {
      report = told
    },
    ...options,
  })
  onTestFinished(() => ledger.close())
  return { ledger, health, report: () => report }
}

const quick = ['--repl-diskless-sync-delay', '0']

const startReplica = async (master: RedisServer, options: RedisOptions = {}): Promise<RedisServer> => {
  const replica = await startRedis({ ...options, extra: [...quick, '--replicaof', '127.0.0.1', `${master.port}`] })
  await untilAnswer(/master_link_status:up/, replica.port, 'INFO', 'replication')
  return replica
}

const write = (ledger: Ledger, shard: number, seq: number, ...writes: readonly Write[]) =>
  ledger.commit(shard, 'n1.a', seq, [{ guards: [], writes }])

test('[RC80] what is acknowledged is on the replica, in each shard, and the ledger says so', async () => {
  const options: RedisOptions = { appendonly: 'yes', appendfsync: 'always', extra: quick }
  await using master = await startRedis(options)
  await using replica = await startReplica(master, options)
  const { ledger, report } = await open(master.url)
  expect(ledger.durability).toMatchObject({ durability: 'replicated', windowMs: 0 })
  expect(report()?.warnings).toEqual([])
  for (let round = 1; round <= 20; round++) {
    await Promise.all([0, 1, 2].map((shard) => write(ledger, shard, round, put('r', { round }))))
    // Nothing is waited for in between.
    const kept = (await redisCommand(replica.port, 'EVAL', keptRounds, '0')).split('\n')
    expect(kept).toEqual([`${round}`, `${round}`, `${round}`])
  }
})

test('[RC80] on a Redis Cluster each write waits for the replicas of its own server', async () => {
  await using cluster = await startRedisCluster({ replicas: 3 })
  const { ledger, health, report } = await open(cluster.url)
  expect(ledger.durability.durability).toBe('replicated')
  expect(report()?.warnings.join()).not.toMatch(/replicas/)
  await Promise.all([0, 1, 2].map((shard) => write(ledger, shard, 1, put('r', { shard }))))
  for (const replica of cluster.replicas) {
    expect(await redisCommand(replica.port, 'KEYS', '*:r:r')).toMatch(/:r:r$/)
  }
  const [, second] = cluster.replicas
  process.kill(second?.pid ?? 0, 'SIGSTOP')
  await expect(write(ledger, 1, 2, put('r', { n: 2 }))).rejects.toThrow(/0 of 1 replicas/)
  expect(health.unreadyFor).toMatch(/0 of 1 replicas/)
  expect(await write(ledger, 0, 2, put('r', { n: 2 }))).toMatchObject({ kind: 'answers' })
  process.kill(second?.pid ?? 0, 'SIGCONT')
  await untilAnswered(() => write(ledger, 1, 2, put('r', { n: 2 })))
  expect(health.unreadyFor).toBeUndefined()
}, 60_000)

/** Of each shard, the round that its record has. */
const keptRounds = `local rounds = {}
for _, key in ipairs(redis.call('KEYS', '*:r:r')) do rounds[#rounds + 1] = string.match(redis.call('HGET', key, 'round'), '%d+') end
return rounds`

test('[RC81] with too few replicas nothing is acknowledged, it says so, and goes on once there are enough', async () => {
  await using master = await startRedis({ extra: quick })
  const replica = await startReplica(master)
  const { ledger, health } = await open(master.url)
  await write(ledger, 0, 1, put('r', { n: 1 }))
  expect(health.unreadyFor).toBeUndefined()
  process.kill(replica.pid, 'SIGSTOP')
  await expect(write(ledger, 0, 2, put('r', { n: 2 }))).rejects.toThrow(/0 of 1 replicas have what was written/)
  await expect(write(ledger, 0, 2, put('r', { n: 2 }))).rejects.toBeInstanceOf(LedgerFault)
  expect(health.unreadyFor).toMatch(/0 of 1 replicas/)
  // What only reads goes on.
  expect(await ledger.read(0, ['q'])).toEqual([null])
  process.kill(replica.pid, 'SIGCONT')
  const again = await untilAnswered(() => write(ledger, 0, 2, { kind: 'add', record: 'r', field: 'n', n: 100 }))
  expect(answersOf(again as never)).toEqual([{ kind: 'done' }])
  // The call was carried out before, once.
  expect(await ledger.read(0, ['r'])).toEqual([{ n: 2 }])
  await expect.poll(() => health.unreadyFor, patience).toBeUndefined()
  await replica.kill()
  await expect(write(ledger, 1, 1, put('r', { n: 1 }))).rejects.toBeInstanceOf(LedgerFault)
  await replica.restart()
  await untilAnswered(() => write(ledger, 1, 1, put('r', { n: 1 })))
  await expect.poll(() => health.unreadyFor, patience).toBeUndefined()
  await replica[Symbol.asyncDispose]()
})

test('[RC81] a claim is not handed out before replicas have it', async () => {
  await using master = await startRedis({ extra: quick })
  await using replica = await startReplica(master)
  const { ledger } = await open(master.url)
  await write(ledger, 0, 1, put('r', { id: 'r' }), { kind: 'enqueue', lane: 'l', record: 'r', idInto: 'entry' })
  process.kill(replica.pid, 'SIGSTOP')
  const request = { takers: [{}], maxBytes: 1 << 20, writes: {}, entryField: 'entry', overdueField: 'due' }
  const lanes = [{ lane: 'l', share: 1 }]
  await expect(ledger.claim(0, 'n1.a', 1, { ...request, lanes })).rejects.toBeInstanceOf(LedgerFault)
  process.kill(replica.pid, 'SIGCONT')
  expect((await ledger.held(0, 'n1.a')).map(({ record }) => record)).toEqual(['r'])
})

test('[RC82] a start without replicas waits for them, and says so', async () => {
  await using master = await startRedis({ extra: quick })
  const health = new Health()
  let warnings: readonly string[] = []
  const opening = open(master.url, { health, onReport: (report) => (warnings = report.warnings) })
  await expect.poll(() => health.unreadyFor, patience).toMatch(/0 of 1 replicas/)
  await using replica = await startReplica(master)
  const { ledger } = await opening
  expect(warnings).not.toEqual([])
  await write(ledger, 0, 1, put('r', { n: 1 }))
  expect(await redisCommand(replica.port, 'EXISTS', 'chimera:cluster')).toBe('1')
  expect(health.unreadyFor).toBeUndefined()
})

test('[RC83] after a failover by Sentinel nothing that was acknowledged is gone, and work goes on', async () => {
  await using group = await startSentinel({ sentinels: 3, replicas: 2 })
  const { ledger, report, health } = await open(group.url, { replicas: 2 })
  expect(report()?.warnings.join()).not.toMatch(/replicas/)
  const { generation } = ledger.durability
  const acknowledged = [0, 0, 0]
  let isDead = false
  /** Each shard counts on, one call after the other, until the master has died and the next one has answered. */
  const work = async (shard: number): Promise<void> => {
    for (let seq = 1; ; seq++) {
      const wasDead = isDead
      await untilAnswered(() => write(ledger, shard, seq, put(`r${seq}`, { seq })))
      acknowledged[shard] = seq
      if (wasDead) return
    }
  }
  const working = [0, 1, 2].map(work)
  for (const one of working) one.catch(() => {})
  await expect.poll(() => Math.min(...acknowledged), patience).toBeGreaterThan(20)
  // From here on one replica is enough, or a set with one server less could never answer.
  const one = await open(group.url, { replicas: 1, shards: 3 })
  await group.master.kill()
  isDead = true
  const rest = [0, 1, 2].map((shard) =>
    untilAnswered(() => one.ledger.commit(shard, 'n2.a', 1, [{ guards: [], writes: [put('after', { shard })] }])),
  )
  await Promise.all(rest)
  for (const shard of [0, 1, 2]) {
    const names = Array.from({ length: acknowledged[shard] ?? 0 }, (_, at) => `r${at + 1}`)
    const records = await untilAnswered(() => one.ledger.read(shard, names))
    expect(records).toEqual(names.map((_, at) => ({ seq: at + 1 })))
  }
  expect(one.ledger.durability.generation).toBe(generation)
  // The other one wants two, and there is only one left until the old master is back.
  await expect.poll(() => health.unreadyFor, patience).toMatch(/of 2 replicas/)
  await group.master.restart()
  await Promise.all(working)
  await expect.poll(() => health.unreadyFor, patience).toBeUndefined()
}, 90_000)
