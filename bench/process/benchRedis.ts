/** A Redis of its own for a benchmark: on a free port, in a folder that goes with it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/clock.js'
import { parseRedisAddress } from '../../src/ledger/redis/address.js'
import { connectRedis } from '../../src/ledger/redis/connection.js'
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

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

export const startBenchRedis = async (flush: Flush): Promise<BenchRedis> => {
  const folder = await mkdtemp(join(tmpdir(), 'chimera-bench-redis-'))
  const port = await freePort()
  const file = flush === 'none' ? ['no'] : ['yes', '--appendfsync', flush]
  const settings = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, '--save', '', '--appendonly', ...file]
  const server = spawn('redis-server', settings, { stdio: 'ignore' })
  const ended = once(server, 'exit')
  const url = `redis://127.0.0.1:${port}`
  const connection = await connectRedis(parseRedisAddress(url), { clock: systemClock(), random: systemRandom })
  const sum = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].reduce((total, [, amount]) => total + Number(amount), 0)
  return {
    url,
    port,
    settings: `appendonly ${file.join(' ')}, save ""`,
    spent: async () => ({
      functions: sum(
        `${await connection.call('INFO', ['commandstats'])}`,
        /^cmdstat_fcall(?:_ro)?:calls=\d+,usec=(\d+)/gm,
      ),
      processor: sum(`${await connection.call('INFO', ['cpu'])}`, /^used_cpu_(?:sys|user):([\d.]+)/gm) * 1e6,
    }),
    stop: async () => {
      await connection.close()
      server.kill()
      await ended
      await rm(folder, { recursive: true })
    },
  }
}
