/** What a connection does when its server doesn't do as it should: one real server, and everything that happens to one. */
import { expect, test } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { LedgerRefusal } from '../../src/ledger/ledgerRefusal.js'
import { LedgerFault } from '../../src/ledger/port.js'
import { parseRedisAddress } from '../../src/ledger/redis/address.js'
import { connectRedis } from '../../src/ledger/redis/connection.js'
import { RedisError } from '../../src/ledger/redis/connectionError.js'
import type { LinkState, Send } from '../../src/ledger/redis/connectionLink.js'
import { freePort } from '../../src/prove/freePort.js'
import { startRedis } from '../../src/prove/redisServer.js'
import { systemRandom } from '../../src/random.js'
import { redisCommand, untilAnswer } from './redisCommand.js'
import { connected, untilAnswered } from './world.js'

test('[RC10] a call carries bytes, texts and numbers there, and bytes back', async () => {
  await using server = await startRedis()
  const connection = await connected(server.url)
  const bytes = Uint8Array.from({ length: 256 }, (_, n) => n)
  await connection.call('HSET', ['k', 'bytes', bytes, 'text', 'käse', 'number', 12.5])
  const reply = await connection.call('HMGET', ['k', 'bytes', 'text', 'number'])
  expect(reply).toEqual([Buffer.from(bytes), Buffer.from('käse'), Buffer.from('12.5')])
})

test('[RC11] what the server refuses is told with its code, without the arguments of the call', async () => {
  await using server = await startRedis()
  const connection = await connected(server.url)
  await connection.call('SET', ['k', 'v'])
  await expect(connection.call('LPUSH', ['k', 'v'])).rejects.toMatchObject({ name: 'RedisError', code: 'WRONGTYPE' })
  const error = await connection.call('NOSUCH', ['a secret']).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(RedisError)
  expect(`${error}`).not.toContain('secret')
  await expect(connection.call('GET', ['k'])).resolves.toEqual(Buffer.from('v'))
})

test('[RC12] calls of one turn leave in one write', async () => {
  await using server = await startRedis()
  const connection = await connected(server.url)
  const reads = async () =>
    Number(/total_reads_processed:(\d+)/.exec(await redisCommand(server.port, 'INFO', 'stats'))?.[1])
  const before = await reads()
  await Promise.all(Array.from({ length: 100 }, (_, n) => connection.call('SET', [`k${n}`, 'v'])))
  // The question itself takes a few.
  expect((await reads()) - before).toBeLessThan(10)
})

test('[RC13] a connection that was cut comes back; what was under way is a fault, and is not sent again', async () => {
  await using server = await startRedis()
  const connection = await connected(server.url)
  const blocked = connection.call('BLPOP', ['nothing', 0])
  blocked.catch(() => {})
  await untilAnswer(/blocked_clients:1/, server.port, 'INFO', 'clients')
  await redisCommand(server.port, 'CLIENT', 'KILL', 'TYPE', 'normal')
  await expect(blocked).rejects.toBeInstanceOf(LedgerFault)
  await expect(connection.call('PING', [])).resolves.toEqual(Buffer.from('PONG'))
  await redisCommand(server.port, 'RPUSH', 'nothing', 'v')
  await expect(connection.call('LLEN', ['nothing'])).resolves.toBe(1)
})

test('[RC14] a server that takes connections and answers nothing is a fault at the deadline, and is left', async () => {
  await using server = await startRedis()
  const connection = await connected(server.url, { deadlineMs: 300 })
  await redisCommand(server.port, 'CLIENT', 'PAUSE', '1200', 'ALL')
  await expect(connection.call('PING', [])).rejects.toThrow(/no answer within 300 ms/)
  expect(await untilAnswered(() => connection.call('PING', []))).toEqual(Buffer.from('PONG'))
})

test('[RC15] a server that stands still is a fault, and serves again once it goes on', async () => {
  await using server = await startRedis()
  const connection = await connected(server.url)
  process.kill(server.pid, 'SIGSTOP')
  const calls = Array.from({ length: 20 }, (_, n) => connection.call('INCRBY', ['n', n]))
  const told = await Promise.allSettled(calls)
  expect(told.every((one) => one.status === 'rejected' && one.reason instanceof LedgerFault)).toBe(true)
  process.kill(server.pid, 'SIGCONT')
  expect(await untilAnswered(() => connection.call('PING', []))).toEqual(Buffer.from('PONG'))
})

test('[RC16] a killed server is a fault for what is under way and for what waits, until it is back', async () => {
  await using server = await startRedis({ appendonly: 'yes', appendfsync: 'always' })
  const connection = await connected(server.url, { deadlineMs: 300 })
  await connection.call('SET', ['k', 'kept'])
  await server.kill()
  await expect(connection.call('GET', ['k'])).rejects.toBeInstanceOf(LedgerFault)
  await expect(connection.call('GET', ['k'])).rejects.toThrow(/no answer within 300 ms/)
  await server.restart()
  expect(await untilAnswered(() => connection.call('GET', ['k']))).toEqual(Buffer.from('kept'))
})

test('[RC17] only so many calls wait for a connection', async () => {
  await using server = await startRedis()
  const states: LinkState['kind'][] = []
  const connection = await connected(server.url, { waitingMax: 2, onState: ({ kind }) => states.push(kind) })
  await server.kill()
  await expect.poll(() => states.at(-1)).toBe('down')
  const waiting = [connection.call('PING', []), connection.call('PING', [])]
  await expect(connection.call('PING', [])).rejects.toThrow(/2 calls wait/)
  await server.restart()
  await expect(Promise.all(waiting)).resolves.toHaveLength(2)
})

test('[RC18] a wrong password, none, one too many, and no such database are each refused with what to do', async () => {
  await using server = await startRedis({ extra: ['--requirepass', 'right'] })
  await using open = await startRedis()
  const { port } = server
  const refusal = (url: string) => connected(url).catch((error: unknown) => error)
  for (const [login, says] of [
    ['', /asks for a password: give it in the address/],
    [':wrong@', /user or the password in its address is wrong/],
    ['nobody:right@', /user or the password in its address is wrong/],
  ] as const) {
    const error = await refusal(`redis://${login}127.0.0.1:${port}`)
    expect(error).toBeInstanceOf(LedgerRefusal)
    expect(`${error}`).toMatch(says)
    expect(`${error}`).not.toMatch(/wrong@|right/)
  }
  expect(`${await refusal(`redis://:right@127.0.0.1:${port}/99`)}`).toMatch(/it has no database of that number/)
  expect(`${await refusal(`redis://:right@127.0.0.1:${open.port}`)}`).toMatch(/it has no password: leave the one/)
  const connection = await connected(`redis://default:right@127.0.0.1:${port}/7`)
  await connection.call('SET', ['k', 'v'])
  expect(await redisCommand(port, '-a', 'right', '--no-auth-warning', '-n', '7', 'GET', 'k')).toBe('v')
})

test('[RC25] a server with as many connections as it may have is waited for, and what to look at is said', async () => {
  await using server = await startRedis({ extra: ['--maxclients', '3'] })
  const others = await Promise.all([1, 2, 3].map(() => connected(server.url)))
  const whys: string[] = []
  const waiting = connected(server.url, { onState: (state) => whys.push(state.kind === 'down' ? state.why : 'up') })
  await expect.poll(() => whys.join()).toMatch(/maxclients/)
  await others[0]?.close()
  await expect((await waiting).call('PING', [])).resolves.toEqual(Buffer.from('PONG'))
})

test('[RC19] a server that can not be reached is waited for, until one gives up', async () => {
  const port = await freePort()
  const states: LinkState[] = []
  const waiting = connected(`redis://127.0.0.1:${port}`, { onState: (state) => states.push(state) })
  await expect.poll(() => states.length).toBeGreaterThan(1)
  expect(states[0]).toMatchObject({ kind: 'down', why: expect.stringContaining('ECONNREFUSED') })
  await using server = await startRedis({ port })
  expect(`${await (await waiting).call('PING', [])}`).toBe('PONG')
  expect(server.port).toBe(port)

  const giveUp = new AbortController()
  const given = connectRedis(parseRedisAddress(`redis://127.0.0.1:${await freePort()}`), {
    clock: systemClock(),
    random: systemRandom,
    signal: giveUp.signal,
  })
  giveUp.abort()
  await expect(given).rejects.toBeInstanceOf(LedgerFault)
})

test('[RC20] a server that reads its data is waited for', async () => {
  await using server = await startRedis({ extra: ['--loading-process-events-interval-bytes', '1024'] })
  const connection = await connected(server.url)
  await redisCommand(server.port, 'DEBUG', 'POPULATE', '1000')
  await redisCommand(server.port, 'CONFIG', 'SET', 'key-load-delay', '1000')
  const reloaded = redisCommand(server.port, 'DEBUG', 'RELOAD')
  await untilAnswer(/loading:1/, server.port, 'INFO', 'persistence')
  await expect(connection.call('GET', ['key:1'])).rejects.toThrow(/LOADING/)
  expect(await untilAnswered(() => connection.call('GET', ['key:1']))).toEqual(Buffer.from('value:1'))
  await reloaded
})

test('[RC21] a master that became a replica is left, and served by again once it is a master', async () => {
  await using server = await startRedis()
  const connection = await connected(server.url, { deadlineMs: 300 })
  await redisCommand(server.port, 'REPLICAOF', '127.0.0.1', `${await freePort()}`)
  await expect(connection.call('SET', ['k', 'v'])).rejects.toThrow(/READONLY/)
  await expect(connection.call('SET', ['k', 'v'])).rejects.toThrow(/is a replica/)
  await redisCommand(server.port, 'REPLICAOF', 'NO', 'ONE')
  expect(await untilAnswered(() => connection.call('SET', ['k', 'v']))).toEqual(Buffer.from('OK'))
})

test('[RC22] functions that a server lost are loaded again before it is called again', async () => {
  await using server = await startRedis()
  const library = "#!lua name=one\nredis.register_function('answer', function() return 42 end)"
  const load = async (send: Send) => {
    await send('FUNCTION', ['LOAD', 'REPLACE', library])
  }
  const connection = await connected(server.url, { onConnected: load })
  await expect(connection.call('FCALL', ['answer', 0])).resolves.toBe(42)
  await redisCommand(server.port, 'FUNCTION', 'FLUSH')
  await expect(connection.call('FCALL', ['answer', 0])).rejects.toBeInstanceOf(LedgerFault)
  expect(await untilAnswered(() => connection.call('FCALL', ['answer', 0]))).toBe(42)
})

test('[RC23] a function that runs too long is a fault that passes', async () => {
  await using server = await startRedis({ extra: ['--busy-reply-threshold', '1'] })
  const connection = await connected(server.url)
  const other = await connected(server.url, { deadlineMs: 10_000 })
  const endless = other.call('EVAL', ['while true do end', 0])
  endless.catch(() => {})
  await untilAnswer(/BUSY/, server.port, 'PING')
  await expect(connection.call('GET', ['k'])).rejects.toThrow(/BUSY/)
  await redisCommand(server.port, 'SCRIPT', 'KILL')
  await expect(endless).rejects.toBeInstanceOf(RedisError)
  expect(await untilAnswered(() => connection.call('PING', []))).toEqual(Buffer.from('PONG'))
})

test('[RC24] what is under way when a connection is closed rejects, and so does what comes later', async () => {
  await using server = await startRedis()
  const connection = await connected(server.url)
  const blocked = connection.call('BLPOP', ['nothing', 0])
  blocked.catch(() => {})
  await connection.close()
  await expect(blocked).rejects.toBeInstanceOf(LedgerFault)
  await expect(connection.call('PING', [])).rejects.toBeInstanceOf(LedgerFault)
})
