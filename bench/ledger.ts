/**
 * What a task's life costs in the embedded ledger: submit, claim, result, trim, in batches of 64.
 *
 * Processor time is the whole process's, all threads. `stallMs` is the longest the event loop stood. One JSON line a
 * case. Run on built code: `node dist/bench/ledger.js [--tasks N] [--batch N]`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { openEmbeddedLedger } from '../src/ledger/embedded/openEmbeddedLedger.js'
import type { Claimed, CommitReply, Ledger, Transaction } from '../src/ledger/port.js'

const lane = 'acme/mail/normal'
const outcomes = 'out/acme/web/main'
const holder = 'n1.bench'

type Case = {
  readonly name: string
  /** Tasks that wait all the while. */
  readonly backlog: number
  /** Batches under way at a time. */
  readonly abreast: number
  readonly bodyBytes: number
}

type Counters = { seq: number; done: number }

function submission(id: string, now: number, body: Uint8Array): Transaction {
  const record = `task/${id}`
  return {
    guards: [
      { kind: 'absent', record },
      { kind: 'atMost', lane, n: 10_000_000 },
    ],
    writes: [
      {
        kind: 'put',
        record,
        fields: {
          id,
          tenant: 'acme',
          sub: 'web',
          subscriber: 'main',
          status: 'QUEUED',
          steps: 'mail',
          step: 1,
          priority: 'normal',
          turn: 1,
          attempts: 0,
          createdAt: now,
          payload: body,
        },
      },
      { kind: 'enqueue', lane, record, idInto: 'entry' },
      { kind: 'index', set: 'tasks/acme/open', member: id, score: now },
      { kind: 'index', set: 'due', member: id, score: now + 600_000 },
      { kind: 'add', record: 'count/acme', field: 'open', n: 1 },
      { kind: 'hint', hint: `lane/${lane}` },
    ],
  }
}

function result({ entry, record, fields }: Claimed, now: number, output: Uint8Array, outcome: Uint8Array): Transaction {
  const id = String(fields.id)
  return {
    guards: [
      { kind: 'holds', lane, entry },
      { kind: 'equals', record, field: 'turn', value: 1 },
      { kind: 'equals', record, field: 'agentConnection', value: 7 },
    ],
    writes: [
      { kind: 'settle', lane, entry },
      { kind: 'put', record, fields: { status: 'COMPLETED', updatedAt: now, output, end1: 'ok' } },
      { kind: 'append', log: outcomes, entry: outcome },
      { kind: 'unindex', set: 'tasks/acme/open', member: id },
      { kind: 'unindex', set: 'due', member: id },
      { kind: 'index', set: 'tasks/acme/final', member: id, score: now },
      { kind: 'add', record: 'count/acme', field: 'open', n: -1 },
      { kind: 'hint', hint: outcomes },
    ],
  }
}

function check(reply: CommitReply): void {
  if (reply.kind !== 'answers') throw new Error(`commit: ${reply.kind}`)
  for (const answer of reply.answers)
    if (answer.kind !== 'done') throw new Error(`a transaction: ${JSON.stringify(answer)}`)
}

/** One batch's lives, from submission to the outcome that was seen. */
async function live(ledger: Ledger, batch: number, from: number, counters: Counters, body: Uint8Array): Promise<void> {
  const commit = async (transactions: readonly Transaction[]) => {
    counters.seq += 1
    check(await ledger.commit(0, holder, counters.seq, transactions))
  }
  const outcome = new Uint8Array(120)
  await commit(Array.from({ length: batch }, (_, at) => submission(taskId(from + at), ledger.now(), body)))
  const takers = Array.from({ length: batch }, (_, at) => ({ agent: `agent-${at}`, agentConnection: 7 }))
  const reply = await ledger.claim(0, holder, 1, {
    lanes: [{ lane, share: batch }],
    takers,
    maxBytes: 1 << 22,
    writes: { status: 'RUNNING', node: 'n1', startedAt: 1_700_000_000_100, deadline: 1_700_000_600_100 },
    entryField: 'entry',
    overdueField: 'expiresAt',
  })
  if (reply.kind !== 'claimed' || reply.claimed.length !== batch)
    throw new Error(`claim: ${JSON.stringify(reply).slice(0, 200)}`)
  await commit(reply.claimed.map((claimed) => result(claimed, ledger.now(), body, outcome)))
  const { entries } = await ledger.log(0, outcomes, { limit: batch })
  const last = entries.at(-1)
  if (last === undefined) throw new Error('no outcome')
  await commit([{ guards: [], writes: [{ kind: 'trim', log: outcomes, upTo: last.id }] }])
  counters.done += batch
}

/** As scattered as ids are. */
const taskId = (n: number): string =>
  `${((n * 2_654_435_761) % 2 ** 32).toString(36)}${n.toString(36)}abcdefghijk`.slice(0, 21)

async function run({ name, backlog, abreast, bodyBytes }: Case, tasks: number, batch: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-bench-'))
  const ledger = await openEmbeddedLedger({ folder, clock: Date.now })
  const counters = { seq: 0, done: 0 }
  const body = new Uint8Array(bodyBytes).fill(7)
  let next = 0
  try {
    for (; next < backlog; next += batch) {
      counters.seq += 1
      check(
        await ledger.commit(
          0,
          holder,
          counters.seq,
          Array.from({ length: batch }, (_, at) => submission(taskId(next + at), ledger.now(), body)),
        ),
      )
    }
    const delay = monitorEventLoopDelay({ resolution: 1 })
    const rounds = Math.ceil(tasks / batch / abreast)
    delay.enable()
    const cpu = process.cpuUsage()
    const start = performance.now()
    const worker = async () => {
      for (let round = 0; round < rounds; round++) {
        const from = next
        next += batch
        await live(ledger, batch, from, counters, body)
      }
    }
    await Promise.all(Array.from({ length: abreast }, worker))
    const elapsedMs = performance.now() - start
    const { user, system } = process.cpuUsage(cpu)
    delay.disable()
    const line = {
      case: name,
      tasks: counters.done,
      batch,
      abreast,
      backlog,
      bodyBytes,
      processorUsPerTask: round((user + system) / counters.done),
      userUsPerTask: round(user / counters.done),
      tasksPerSecond: Math.round((counters.done / elapsedMs) * 1_000),
      stallMs: round(delay.max / 1e6),
      stallP99Ms: round(delay.percentile(99) / 1e6),
    }
    process.stdout.write(`${JSON.stringify(line)}\n`)
  } finally {
    await ledger.close()
    await rm(folder, { recursive: true })
  }
}

const round = (n: number): number => Math.round(n * 100) / 100

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '200000' },
    batch: { type: 'string', default: '64' },
    backlog: { type: 'string', default: '1000000' },
  },
})
const tasks = Number(values.tasks)
const batch = Number(values.batch)
const cases: readonly Case[] = [
  { name: 'one batch at a time', backlog: 0, abreast: 1, bodyBytes: 256 },
  { name: 'four abreast', backlog: 0, abreast: 4, bodyBytes: 256 },
  {
    name: 'four abreast, many waiting',
    backlog: Math.min(Number(values.backlog), tasks * 5),
    abreast: 4,
    bodyBytes: 256,
  },
  { name: 'large bodies', backlog: 0, abreast: 2, bodyBytes: 16_384 },
]
for (const one of cases) await run(one, one.bodyBytes > 1_024 ? Math.ceil(tasks / 20) : tasks, batch)
