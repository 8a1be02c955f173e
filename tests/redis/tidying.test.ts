/** Functions of versions that nobody uses any more are removed, and of no others. */
import { expect, onTestFinished, test } from 'vitest'
import { virtualClock } from '../../src/clock.js'
import { type Library, libraryOf, readLibrary } from '../../src/ledger/redis/library.js'
import { loadLibrary } from '../../src/ledger/redis/libraryLoading.js'
import { keepLibrariesTidy } from '../../src/ledger/redis/libraryTidying.js'
import { openRedisLedger } from '../../src/ledger/redis/openRedisLedger.js'
import { type RedisServer, startRedis } from '../../src/prove/redisServer.js'
import { redisCommand } from './redisCommand.js'
import { connected, patience, untilAnswered } from './world.js'

const version = (n: number): Library => libraryOf(`register('now', function() return ${n} end)`)
const [old, current, strange] = [version(1), version(2), version(3)]

/** A node of a version, as far as the server sees it. */
const node = (server: RedisServer, library: Library) =>
  connected(server.url, { clientName: library.name, onConnected: (send) => loadLibrary(send, library) })

const librariesOf = async (server: RedisServer): Promise<readonly string[]> =>
  [...new Set((await redisCommand(server.port, 'FUNCTION', 'LIST')).match(/^chimera_[0-9a-f]{8}$/gm))].sort()

const sorted = (...libraries: readonly Library[]) => libraries.map(({ name }) => name).sort()

test('[R16] functions of a version without a connection are removed once an upgrade is over, those in use stay', async () => {
  await using server = await startRedis()
  const older = await node(server, old)
  const gone = await node(server, strange)
  await gone.close()
  await redisCommand(server.port, 'FUNCTION', 'LOAD', "#!lua name=theirs\nredis.register_function('t', function() end)")
  const clock = virtualClock()
  const removed: (readonly string[])[] = []
  const connection = await node(server, current)
  const tidying = keepLibrariesTidy({ connection, library: current, clock, onTidied: (names) => removed.push(names) })
  clock.advance(9 * 60_000)
  expect(await librariesOf(server)).toEqual(sorted(old, current, strange))
  clock.advance(60_000)
  await expect.poll(() => removed, patience).toEqual([[strange.name]])
  expect(await librariesOf(server)).toEqual(sorted(old, current))
  expect(await redisCommand(server.port, 'FUNCTION', 'LIST', 'LIBRARYNAME', 'theirs')).toContain('theirs')
  await older.close()
  clock.advance(24 * 60 * 60_000)
  await expect.poll(() => librariesOf(server), patience).toEqual(sorted(current))
  tidying.cancel()
  expect(clock.nextDue()).toBeUndefined()
})

test('[R16] nothing is removed while a connection does not say which version it is of, or where nobody may look', async () => {
  await using server = await startRedis()
  await (await node(server, old)).close()
  const unnamed = await connected(server.url)
  await redisCommand(server.port, 'ACL', 'SETUSER', 'few', 'on', '>pw', '~*', '&*', '+@all', '-client|list')
  const blind = await connected(`redis://few:pw@127.0.0.1:${server.port}`, { clientName: current.name })
  const connection = await node(server, current)
  const look = async (through: typeof connection) => {
    const clock = virtualClock()
    const removed: string[] = []
    const done = new Promise<void>((resolve) => {
      const watched = {
        ...through,
        askEach: async (ask: Parameters<typeof through.askEach>[0]) => {
          const answers = await through.askEach(ask)
          queueMicrotask(resolve)
          return answers
        },
      } as typeof connection
      keepLibrariesTidy({
        connection: watched,
        library: current,
        clock,
        onTidied: (names) => removed.push(...names),
      })
      clock.advance(10 * 60_000)
    })
    await done
    return removed
  }
  expect(await look(connection)).toEqual([])
  await unnamed.close()
  await expect.poll(() => redisCommand(server.port, 'CLIENT', 'LIST'), patience).not.toMatch(/name=chimera /)
  expect(await look(blind)).toEqual([])
  expect(await look(connection)).toEqual([old.name])
})

test('[R16] a version that is removed although it is in use is loaded again by whoever uses it', async () => {
  await using server = await startRedis()
  const connection = await node(server, current)
  await redisCommand(server.port, 'FUNCTION', 'DELETE', current.name)
  expect(await untilAnswered(() => connection.call('FCALL', [current.functionName('now'), 0]))).toBe(2)
})

test('[R16] each connection of a ledger says which version it uses', async () => {
  await using server = await startRedis()
  const ledger = await openRedisLedger({ url: server.url, shards: 2 })
  onTestFinished(() => ledger.close())
  const clients = (await redisCommand(server.port, 'CLIENT', 'LIST')).split('\n')
  const names = clients.filter((line) => !/cmd=client/.test(line)).map((line) => /name=(\S*)/.exec(line)?.[1])
  // One for calls, one for what is listened to.
  expect(names).toEqual([readLibrary().name, readLibrary().name])
})
