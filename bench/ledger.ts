/**
 * What does a task's life cost in the embedded ledger: submit, claim, result, outcome read and trimmed, in batches of 64?
 *
 * Processor time is the whole process's, all threads, with the making of the transactions. `stallMs` is the longest
 * that the event loop stood. No load comes from another process: it is the calls themselves that are measured.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { openEmbeddedLedger } from '../src/ledger/embedded/openEmbeddedLedger.js'
import { batch, checkDelivery, fill, type Load, liveAll } from './load/ledgerLives.js'
import { isTiny, printCase, printMachine } from './report.js'

type Case = Load & { readonly tasks: number }

async function run(one: Case): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-bench-'))
  const ledger = await openEmbeddedLedger({ folder, clock: Date.now })
  const counters = { seq: 0, done: 0, next: 0 }
  try {
    await fill(ledger, one.backlog, counters)
    await liveAll(ledger, one, one.tasks / 5, counters)
    const warm = counters.done
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const cpu = process.cpuUsage()
    const start = performance.now()
    await liveAll(ledger, one, one.tasks, counters)
    const elapsedMs = performance.now() - start
    const { user, system } = process.cpuUsage(cpu)
    delay.disable()
    const tasks = counters.done - warm
    await checkDelivery(ledger, one, counters)
    printCase('ledger', one.name, {
      tasks,
      processorUsPerTask: (user + system) / tasks,
      systemUsPerTask: system / tasks,
      tasksPerSecond: Math.round((tasks / elapsedMs) * 1_000),
      stallMs: delay.max / 1e6,
      stallP99Ms: delay.percentile(99) / 1e6,
    })
  } finally {
    await ledger.close()
    await rm(folder, { recursive: true })
  }
}

const few = isTiny ? 640 : 100_000
const cases: readonly Case[] = [
  { name: 'one batch at a time', tasks: few, backlog: 0, abreast: 1, bodyBytes: 256 },
  { name: 'four batches abreast', tasks: few, backlog: 0, abreast: 4, bodyBytes: 256 },
  { name: 'four abreast, many waiting', tasks: few, backlog: few * 5, abreast: 4, bodyBytes: 256 },
  { name: 'bodies of 16 KiB', tasks: few / 20, backlog: 0, abreast: 2, bodyBytes: 16_384 },
]

printMachine('ledger', { batch })
for (const one of cases) await run(one)
