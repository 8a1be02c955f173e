/**
 * What does a task's life cost in the Redis ledger: submit, claim, result, outcome read and trimmed, in batches of 64?
 *
 * `functionsUsPerTask` is what the server says it spent in functions, `redisUsPerTask` its whole processor time, with
 * sockets and the append-only file; `nodeUsPerTask` is this process's, all threads, with the making of the transactions.
 * The server is started by the benchmark.
 */
import { performance } from 'node:perf_hooks'
import { openRedisLedger } from '../src/ledger/redis/openRedisLedger.js'
import { batch, checkDelivery, fill, type Load, liveAll } from './load/ledgerLives.js'
import { type Flush, startBenchRedis } from './process/benchRedis.js'
import { isTiny, printCase, printMachine } from './report.js'

type Case = Load & { readonly tasks: number; readonly appendfsync: Flush }

async function run(one: Case): Promise<void> {
  const server = await startBenchRedis(one.appendfsync)
  const ledger = await openRedisLedger({ url: server.url, shards: 1 })
  const counters = { seq: 0, done: 0, next: 0 }
  try {
    await fill(ledger, one.backlog, counters)
    await liveAll(ledger, one, one.tasks / 5, counters)
    const warm = counters.done
    const before = await server.spent()
    const cpu = process.cpuUsage()
    const start = performance.now()
    await liveAll(ledger, one, one.tasks, counters)
    const elapsedMs = performance.now() - start
    const { user, system } = process.cpuUsage(cpu)
    const after = await server.spent()
    const tasks = counters.done - warm
    await checkDelivery(ledger, one, counters)
    printCase('redisLedger', one.name, {
      appendfsync: one.appendfsync,
      tasks,
      functionsUsPerTask: (after.functions - before.functions) / tasks,
      redisUsPerTask: (after.processor - before.processor) / tasks,
      nodeUsPerTask: (user + system) / tasks,
      tasksPerSecond: Math.round((tasks / elapsedMs) * 1_000),
    })
  } finally {
    await ledger.close()
    await server.stop()
  }
}

const few = isTiny ? 640 : 50_000
const plain = { tasks: few, backlog: 0, abreast: 4, bodyBytes: 256 } as const
const cases: readonly Case[] = [
  { ...plain, name: 'one batch at a time', abreast: 1, appendfsync: 'everysec' },
  { ...plain, name: 'four batches abreast', appendfsync: 'none' },
  { ...plain, name: 'four batches abreast', appendfsync: 'everysec' },
  { ...plain, name: 'four batches abreast', appendfsync: 'always' },
  { ...plain, name: 'four abreast, many waiting', backlog: few * 2, appendfsync: 'everysec' },
  { ...plain, name: 'bodies of 16 KiB', tasks: few / 20, bodyBytes: 16_384, abreast: 2, appendfsync: 'everysec' },
]

printMachine('redisLedger', { batch })
for (const one of cases) await run(one)
