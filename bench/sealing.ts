/**
 * What sealing an entry of the record costs: on the embedded ledger and on Redis, whole (reads, hashes, the commit), and
 * the hash and line alone. Entries are written and sealed in turn, as many at a time as the owner of a shard finds when
 * it looks: what they cost doesn't hang on how many thousands wait.
 *
 * Each case prints one JSON line. `node dist/bench/sealing.js [--tiny]`
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RecordCheck } from '../src/cli/record/recordCheck.js'
import { newId } from '../src/ids.js'
import { openEmbeddedLedger } from '../src/ledger/embedded/openEmbeddedLedger.js'
import type { Ledger } from '../src/ledger/port.js'
import { openRedisLedger } from '../src/ledger/redis/openRedisLedger.js'
import { checkpointOf, readLines } from '../src/review/auditExport.js'
import type { Desk } from '../src/tasks/desk.js'
import { type AuditEntry, auditWrites } from '../src/tasks/entries.js'
import { createNotary } from '../src/tasks/notary.js'
import type { Call, Procedure } from '../src/tasks/procedure.js'
import { genesis, sealEntry } from '../src/tasks/recordLines.js'
import { sealRecord } from '../src/tasks/sealing.js'
import { startBenchRedis } from './process/benchRedis.js'
import { isTiny, printCase, printMachine } from './report.js'

const bench = 'sealing'
const tenant = 't_bench'
const holder = 'n1.bench'
const batch = 128
/** Every 400 ms the owner looks: this is a shard with 1,280 decisions a second. */
const found = isTiny ? batch : 4 * batch
/** Until the code is compiled: each of the first 25,000 entries took 35 µs of processor time, and 20 from then on. */
const warmup = isTiny ? 1 : 50
const rounds = isTiny ? 1 : 200
const entries = (warmup + rounds) * found
const noon = Date.UTC(2026, 6, 1, 12)

const entryNumber = (n: number): AuditEntry => ({
  at: noon + n,
  kind: 'decided',
  by: 'ann@example.org',
  task: `V1StGXR8_Z5jdHi6B-m${n}`,
  review: `r_V1StGXR8_Z5jdHi6B-m${n}_1`,
  status: 'REJECTED',
  version: 0,
  hash: 'a'.repeat(64),
  policyVersion: 'p_0123456789abcdef',
  edited: false,
  // One of four says why.
  ...(n % 4 === 0 ? { reason: 'names a customer who asked not to be named' } : {}),
})

class Bench {
  readonly #ledger: Ledger
  readonly desk: Desk
  #seq = 0

  constructor(ledger: Ledger) {
    this.#ledger = ledger
    const notary = createNotary(new Uint8Array(32), () => 'g')
    // What sealing needs of a desk.
    this.desk = { shards: ledger.shards, notary, newId } as unknown as Desk
  }

  /** Entries from this number on. */
  async fill(first: number): Promise<void> {
    for (let from = first; from < first + found; from += batch) {
      const transactions = Array.from({ length: batch }, (_, n) => ({
        guards: [],
        writes: auditWrites(tenant, entryNumber(from + n)),
      }))
      await this.#ledger.commit(0, holder, ++this.#seq, transactions)
    }
  }

  /** How many it sealed. */
  async seal(): Promise<number> {
    let sealed = 0
    for (let more = true; more; ) {
      const round = await this.perform(sealRecord(this.desk, { shard: 0, epoch: 0 }))
      sealed += round.sealed
      more = round.hasMore
    }
    return sealed
  }

  async perform<Result>(procedure: Procedure<Result>): Promise<Result> {
    let step = procedure.next()
    while (!step.done) step = procedure.next(await this.#carryOut(step.value))
    return step.value
  }

  async #carryOut(call: Call): Promise<unknown> {
    switch (call.kind) {
      case 'commit': {
        const transactions = call.orders.map(({ transaction }) => transaction)
        const reply = await this.#ledger.commit(0, holder, ++this.#seq, transactions)
        return reply.kind === 'answers' ? reply.answers : []
      }
      case 'read':
        return this.#ledger.read(0, call.records)
      case 'range':
        return this.#ledger.range(0, call.set, call)
      case 'log':
        return this.#ledger.log(0, call.log, call)
      default:
        return this.#ledger.now()
    }
  }
}

/** Wall and processor time, of all threads, between each start and stop. */
class Stopwatch {
  #tookUs = 0
  #processorUs = 0
  #startedAt = 0
  #before = process.cpuUsage()

  start(): void {
    this.#startedAt = performance.now()
    this.#before = process.cpuUsage()
  }

  stop(): void {
    const { user, system } = process.cpuUsage(this.#before)
    this.#tookUs += (performance.now() - this.#startedAt) * 1_000
    this.#processorUs += user + system
  }

  perEntry(count: number) {
    return { usPerEntry: this.#tookUs / count, processorUsPerEntry: this.#processorUs / count }
  }
}

const measure = async (name: string, ledger: Ledger): Promise<void> => {
  const run = new Bench(ledger)
  const spent = new Stopwatch()
  const whole = new Stopwatch()
  let sealed = 0
  for (let round = 0; round < warmup + rounds; round++) {
    if (round === warmup) whole.start()
    await run.fill(round * found)
    if (round >= warmup) spent.start()
    sealed += await run.seal()
    if (round >= warmup) spent.stop()
  }
  whole.stop()
  const check = new RecordCheck(run.desk.notary.publicKey)
  const exporting = performance.now()
  const checkpoint = await run.perform(checkpointOf(1, run.desk.notary, tenant, noon))
  for (let after: string | undefined, isOver = false; !isOver; isOver = after === undefined) {
    const part = { shard: 0, upTo: sealed, ...(after === undefined ? {} : { after }) }
    const page = await run.perform(readLines(tenant, part))
    for (const line of page?.lines ?? []) check.take(Buffer.from(line))
    after = page?.after
  }
  check.take(Buffer.from(checkpoint))
  const exportUs = (performance.now() - exporting) * 1_000
  const checked = check.end()
  if (sealed !== entries || checked.kind !== 'right') throw new Error(`sealed ${sealed} of ${entries}: ${checked.kind}`)
  printCase(bench, name, {
    entries: sealed,
    ...spent.perEntry(rounds * found),
    // What is put off, as the pages' taking over, may fall into the writing of the next ones.
    processorUsWrittenAndSealed: whole.perEntry(rounds * found).processorUsPerEntry,
    exportAndCheckUsPerEntry: exportUs / sealed,
  })
}

printMachine(bench, { batch, found })

const spent = new Stopwatch()
let prev = genesis
for (let n = 0; n < entries; n++) {
  if (n === warmup * found) spent.start()
  const place = { tenant, shard: 0, generation: 'g', seq: n + 1 }
  prev = sealEntry(place, entryNumber(n), { prev, sealedAt: noon, newSalt: newId }).hash
}
spent.stop()
printCase(bench, 'line and hash alone', { entries: rounds * found, ...spent.perEntry(rounds * found) })

const folder = await mkdtemp(join(tmpdir(), 'chimera-sealing-'))
const embedded = await openEmbeddedLedger({ folder, shards: 1, clock: Date.now })
await measure('embedded', embedded)
await embedded.close()
await rm(folder, { recursive: true })

const redis = await startBenchRedis('everysec')
const shared = await openRedisLedger({ url: redis.url, shards: 1 })
const before = await redis.spent()
await measure('redis', shared)
const after = await redis.spent()
printCase(bench, 'redis, its own time, filling and export included', {
  usPerEntry: (after.functions - before.functions) / entries,
})
await shared.close()
await redis.stop()
