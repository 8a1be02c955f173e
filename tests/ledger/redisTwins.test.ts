/** Random sequences of commands, side by side on Redis and on the model: same answers, same state. */
import fc from 'fast-check'
import { afterAll, beforeAll, test } from 'vitest'
import { openRedisLedger } from '../../src/ledger/redis/openRedisLedger.js'
import { type RedisServer, startRedis } from '../../src/prove/redisServer.js'
import { command, runTwins } from './twins.js'

const timeoutMs = 120_000
let server: RedisServer
let clusters = 0

beforeAll(async () => {
  server = await startRedis()
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

test(
  '[R1] whatever is asked, in whatever order, the Redis ledger answers as the model does',
  async () => {
    const commands = fc.array(command, { minLength: 1, maxLength: 60, size: 'max' })
    const run = fc.asyncProperty(commands, async (sequence) => {
      clusters += 1
      const cluster = `twins-${clusters}`
      await runTwins(sequence, (clock) => openRedisLedger({ url: server.url, cluster, shards: 1, clock }))
    })
    await fc.assert(run, { numRuns: 40 })
  },
  timeoutMs,
)
