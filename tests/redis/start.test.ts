/** What stands in the way of a start: what a person has to change is refused in a sentence, what passes is waited for. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import type { Ledger } from '../../src/ledger/port.js'
import { nodeRights } from '../../src/ledger/redis/connectionRefusal.js'
import { Health } from '../../src/ledger/redis/health.js'
import { openRedisLedger, type RedisLedgerOptions } from '../../src/ledger/redis/openRedisLedger.js'
import { functionCommands } from '../../src/ledger/redis/rightsCheck.js'
import { type RedisServer, startRedis } from '../../src/prove/redisServer.js'
import { Caller, put } from '../ledger/opened.js'
import { redisCommand } from './redisCommand.js'
import { patience } from './world.js'

const open = async (url: string, options: Partial<RedisLedgerOptions> = {}): Promise<Ledger> => {
  const ledger = await openRedisLedger({ url, shards: 2, secrets: { tokens: null }, ...options })
  onTestFinished(() => ledger.close())
  return ledger
}

const exhaust = ({ port }: RedisServer) => redisCommand(port, 'CONFIG', 'SET', 'maxmemory', '1')
const makeRoom = ({ port }: RedisServer) => redisCommand(port, 'CONFIG', 'SET', 'maxmemory', '0')

/** A start that waits: what it says while it does. */
const waitingStart = (url: string, options: Partial<RedisLedgerOptions> = {}) => {
  const health = new Health()
  const downs: string[] = []
  const opening = open(url, {
    ...options,
    health,
    onState: (state) => {
      if (state.kind === 'down') downs.push(state.why)
    },
  })
  return { opening, health, why: () => health.unreadyFor ?? downs.at(-1) ?? '' }
}

test('[RC78] a node starts while Redis is out of memory where its cluster is known, with its secrets', async () => {
  await using server = await startRedis()
  const first = await open(server.url)
  const secret = await first.secret('tokens')
  await exhaust(server)
  const second = await open(server.url)
  expect(second.durability).toEqual(first.durability)
  expect(await second.secret('tokens')).toEqual(secret)
  await new Caller(second).write(put('r', { n: 1 }))
})

test('[RC79] a new cluster waits for memory, for its functions and for its keys, says so, and goes on by itself', async () => {
  await using server = await startRedis()
  await exhaust(server)
  const one = waitingStart(server.url)
  await expect.poll(one.why, patience).toMatch(/loading its functions: OOM.*raise its maxmemory/)
  await makeRoom(server)
  await one.opening
  // Functions are there, keys of this cluster aren't.
  await exhaust(server)
  const other = waitingStart(server.url, { cluster: 'other' })
  await expect.poll(other.why, patience).toMatch(/the ledger can't be opened yet: redis:.*OOM.*raise its maxmemory/)
  await makeRoom(server)
  await new Caller(await other.opening).write(put('r', { n: 1 }))
  expect(other.health.unreadyFor).toBeUndefined()
})

test('[RC79] a start that waits is given up when it is told to', async () => {
  await using server = await startRedis()
  await open(server.url)
  await exhaust(server)
  const giveUp = new AbortController()
  const { opening, why } = waitingStart(server.url, { cluster: 'other', signal: giveUp.signal })
  await expect.poll(why, patience).toMatch(/OOM/)
  giveUp.abort()
  await expect(opening).rejects.toThrow(/gave up waiting for Redis/)
})

test('[RC26] a user who may not load functions is told that, not that its password is wrong', async () => {
  await using server = await startRedis()
  await redisCommand(server.port, 'ACL', 'SETUSER', 'few', 'on', '>pw', '~*', '&*', '+@all', '-function')
  const url = `redis://few:pw@127.0.0.1:${server.port}`
  const error = await open(url).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ name: 'LedgerRefusal', kind: 'forbidden' })
  expect(`${error}`).toMatch(/loading its functions: NOPERM .*function.*\+function/)
  expect(`${error}`).not.toMatch(/password|pw/)
})

test.each([
  ['a command of the functions', ['-xadd', '-hset'], /may not use hset, xadd on keys/],
  ['messages', ['resetchannels'], /may not use publish, subscribe on keys and channels/],
  ['keys', ['resetkeys', '~other*'], /may not use del, exists/],
  ['scripts', ['-eval'], /NOPERM .*eval.*ACL SETUSER/],
])('[RC27] at the start it is known that a user lacks %s', async (_, rules, says) => {
  await using server = await startRedis()
  await redisCommand(server.port, 'ACL', 'SETUSER', 'few', 'on', '>pw', '~*', '&*', '+@all', ...rules)
  const error = await open(`redis://few:pw@127.0.0.1:${server.port}`).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ name: 'LedgerRefusal', kind: 'forbidden', message: expect.stringMatching(says) })
})

test('[RC27] with the rights that it names a node can work', async () => {
  await using server = await startRedis()
  const rights = nodeRights.split(' ')
  await redisCommand(server.port, 'ACL', 'SETUSER', 'node', 'on', '>pw', '~chimera*', '&chimera*', ...rights)
  const ledger = await open(`redis://node:pw@127.0.0.1:${server.port}`)
  const caller = new Caller(ledger)
  const entry = await caller.enqueue('l', 'r')
  await caller.claim({ lanes: [{ lane: 'l', share: 1 }] })
  await caller.write({ kind: 'settle', lane: 'l', entry }, { kind: 'append', log: 'out', entry: new Uint8Array(3) })
})

test('[RC27] it asks for each command that the functions use', () => {
  const folder = new URL('../../src/ledger/redis/lua/', import.meta.url)
  const texts = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'))
  const used = texts.flatMap((text) =>
    [...text.matchAll(/\b(?:call|callInParts)\('([A-Z]+)'/g)].map(([, name]) => name),
  )
  const asked = new Set(functionCommands.map((line) => line.split(' ')[0]))
  expect(used.length).toBeGreaterThan(20)
  expect([...new Set(used)].filter((name) => !asked.has(name))).toEqual([])
})

test('[RC28] a server that does not take the functions is refused, one that is a replica is waited for', async () => {
  await using server = await startRedis({ extra: ['--rename-command', 'FUNCTION', ''] })
  await expect(open(server.url)).rejects.toMatchObject({
    kind: 'older',
    message: expect.stringMatching(/loading its functions: .*unknown command.*Redis 7\.0 or later/),
  })
  await using replica = await startRedis()
  await redisCommand(replica.port, 'REPLICAOF', '127.0.0.1', `${server.port}`)
  const { opening, why } = waitingStart(replica.url)
  await expect.poll(why, patience).toMatch(/is a replica/)
  await redisCommand(replica.port, 'REPLICAOF', 'NO', 'ONE')
  await opening
})
