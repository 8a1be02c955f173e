/** What is listened to, through losses of the connection. */
import { expect, test } from 'vitest'
import { startRedis } from '../../src/prove/redisServer.js'
import { redisCommand, untilAnswer } from './redisCommand.js'
import { connected } from './world.js'

const listening = async (url: string) => {
  const connection = await connected(url, { deadlineMs: 500 })
  const heard: string[] = []
  const state = { missed: 0 }
  await connection.subscribe(
    ['one', 'two'],
    (channel, message) => heard.push(`${channel}: ${message}`),
    () => state.missed++,
  )
  return { connection, heard, state }
}

test('[RC50] each message of the channels arrives, in order, and no other', async () => {
  await using server = await startRedis()
  const { connection, heard, state } = await listening(server.url)
  for (const [channel, message] of [
    ['one', 'a'],
    ['other', 'b'],
    ['two', ''],
    ['one', 'käse'],
  ] as const)
    await connection.call('PUBLISH', [channel, message])
  await expect.poll(() => heard).toEqual(['one: a', 'two: ', 'one: käse'])
  expect(state.missed).toBe(0)
})

test('[RC51] a cut subscription listens again, and says that it may have missed something', async () => {
  await using server = await startRedis()
  const { heard, state } = await listening(server.url)
  await redisCommand(server.port, 'CLIENT', 'KILL', 'TYPE', 'pubsub')
  await expect.poll(() => state.missed).toBe(1)
  await redisCommand(server.port, 'PUBLISH', 'two', 'again')
  await expect.poll(() => heard).toEqual(['two: again'])
  await server.kill()
  await server.restart()
  await expect.poll(() => state.missed).toBe(2)
})

test('[RC52] a subscription whose server stands still is left, and listens again once it goes on', async () => {
  await using server = await startRedis()
  const { connection, heard, state } = await listening(server.url)
  process.kill(server.pid, 'SIGSTOP')
  await expect(connection.call('PING', [])).rejects.toThrow(/no answer/)
  // By its own pings it finds the same.
  await expect.poll(() => connection.call('PING', []).then(() => '', String)).toMatch(/no answer/)
  process.kill(server.pid, 'SIGCONT')
  await expect.poll(() => state.missed, { timeout: 10_000 }).toBe(1)
  await untilAnswer(/two\s*1/, server.port, 'PUBSUB', 'NUMSUB', 'two')
  await redisCommand(server.port, 'PUBLISH', 'two', 'again')
  await expect.poll(() => heard).toEqual(['two: again'])
})
