/** What a Redis has done so far, by its own books (`INFO`). */
import { systemClock } from '../../src/clock.js'
import { parseRedisAddress } from '../../src/ledger/redis/address.js'
import { connectRedis } from '../../src/ledger/redis/connection.js'
import { systemRandom } from '../../src/random.js'

export type RedisUse = {
  readonly atMs: number
  readonly cpuUs: number
  /** Of the ledger's functions, each of which is one call of a node. */
  readonly calls: number
  /** All commands, with those that functions carry out. */
  readonly commands: number
  readonly inBytes: number
  readonly outBytes: number
  readonly memoryBytes: number
  /** Of the append-only file. */
  readonly fileBytes: number
}

export interface RedisMeter {
  use(): Promise<RedisUse>
  close(): Promise<void>
}

export const openRedisMeter = async (url: string): Promise<RedisMeter> => {
  const connection = await connectRedis(parseRedisAddress(url), { clock: systemClock(), random: systemRandom })
  return {
    use: async () => {
      const info = String(await connection.call('INFO', ['everything']))
      const sum = (pattern: RegExp) => [...info.matchAll(pattern)].reduce((total, [, n]) => total + Number(n), 0)
      return {
        atMs: performance.now(),
        cpuUs: sum(/^used_cpu_(?:sys|user):([\d.]+)/gm) * 1e6,
        calls: sum(/^cmdstat_fcall(?:_ro)?:calls=(\d+)/gm),
        commands: sum(/^total_commands_processed:(\d+)/gm),
        inBytes: sum(/^total_net_input_bytes:(\d+)/gm),
        outBytes: sum(/^total_net_output_bytes:(\d+)/gm),
        memoryBytes: sum(/^used_memory:(\d+)/gm),
        fileBytes: sum(/^aof_current_size:(\d+)/gm),
      }
    },
    close: () => connection.close(),
  }
}
