/** Connections as the tests want them: with short deadlines, closed with their test. */
import { onTestFinished } from 'vitest'
import { systemClock } from '../../src/clock.js'
import { LedgerFault } from '../../src/ledger/port.js'
import { parseRedisAddress } from '../../src/ledger/redis/address.js'
import { type ConnectionOptions, connectRedis, type RedisConnection } from '../../src/ledger/redis/connection.js'
import { systemRandom } from '../../src/random.js'

const deadlineMs = 1_000

/** For what a server or a failover takes its time for, on a machine that is busy. */
export const patience = { timeout: 20_000 }

export async function connected(url: string, options: Partial<ConnectionOptions> = {}): Promise<RedisConnection> {
  const connection = await connectRedis(parseRedisAddress(url), {
    clock: systemClock(),
    random: systemRandom,
    deadlineMs,
    pingMs: 200,
    pauseMaxMs: 200,
    ...options,
  })
  onTestFinished(() => connection.close())
  return connection
}

/** Calls until one is answered: what is in between may only be faults. A connection that was closed stays so. */
export async function untilAnswered(call: () => Promise<unknown>): Promise<unknown> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof LedgerFault) || /(ledger is|connection was) closed/.test(error.message)) throw error
    }
  }
}
