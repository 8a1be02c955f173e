/** A Redis of its own for a benchmark, and what it has spent. */
import { systemClock } from '../../src/clock.js'
import { parseRedisAddress } from '../../src/ledger/redis/address.js'
import { connectRedis } from '../../src/ledger/redis/connection.js'
import { startRedis } from '../../src/prove/redisServer.js'
import { systemRandom } from '../../src/random.js'

export type Flush = 'always' | 'everysec' | 'none'

export interface BenchRedis {
  readonly url: string
  readonly port: number
  /** As it was started, to print. */
  readonly settings: string
  /** Processor time of the server so far, and what of it functions took, µs. */
  spent(): Promise<{ readonly processor: number; readonly functions: number }>
  stop(): Promise<void>
}

export const startBenchRedis = async (flush: Flush): Promise<BenchRedis> => {
  const server = await startRedis(flush === 'none' ? { appendonly: 'no' } : { appendonly: 'yes', appendfsync: flush })
  const { url, port } = server
  const connection = await connectRedis(parseRedisAddress(url), { clock: systemClock(), random: systemRandom })
  const sum = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].reduce((total, [, amount]) => total + Number(amount), 0)
  return {
    url,
    port,
    settings: `appendonly ${flush === 'none' ? 'no' : `yes --appendfsync ${flush}`}, save ""`,
    spent: async () => ({
      functions: sum(
        `${await connection.call('INFO', ['commandstats'])}`,
        /^cmdstat_fcall(?:_ro)?:calls=\d+,usec=(\d+)/gm,
      ),
      processor: sum(`${await connection.call('INFO', ['cpu'])}`, /^used_cpu_(?:sys|user):([\d.]+)/gm) * 1e6,
    }),
    stop: async () => {
      await connection.close()
      await server[Symbol.asyncDispose]()
    },
  }
}
