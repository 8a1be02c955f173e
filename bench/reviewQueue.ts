/**
 * Whether many waiting cards slow the review queue: what its view costs the event loop with 1,000 and with 100,000, and
 * how long a ledger's cards take to become a view.
 *
 * Each case prints one JSON line. `node dist/bench/reviewQueue.js [--tiny]`
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbeddedLedger } from '../src/ledger/embedded/openEmbeddedLedger.js'
import type { Ledger, Transaction } from '../src/ledger/port.js'
import { cardOf, fieldsOf, newCard } from '../src/review/card.js'
import { shardOfReview } from '../src/review/cardReads.js'
import { type CardSummary, type StatedFilter, stated, summaryOf } from '../src/review/cardSummary.js'
import { CardView } from '../src/review/cardView.js'
import { openWrites } from '../src/review/cardWrites.js'
import { type QueueRead, readWaiting } from '../src/review/queueReads.js'
import type { Reason, Severity } from '../src/tasks/verdict.js'

const isTiny = process.argv.includes('--tiny')
const sizes = isTiny ? [1_000] : [1_000, 100_000]
const rounds = isTiny ? 5 : 300
const tenant = 't_bench'
const noon = Date.UTC(2026, 6, 1, 12)

const severities: readonly Severity[] = ['low', 'normal', 'high']
const reasons: readonly Reason[] = ['PII', 'SENSITIVE_KEYWORD', 'LOW_CONFIDENCE']

const cardNumber = (n: number) =>
  newCard(
    {
      task: {
        id: `V1StGXR8_Z5jdHi6B-m${n}`,
        tenant,
        sub: 'shop',
        status: 'RUNNING',
        steps: [`queue${n % 50}`],
        step: 1,
        priority: 'normal',
        turn: 1,
        attempts: 0,
        maxAttempts: 3,
        timeoutMs: 60_000,
        createdAt: noon,
        updatedAt: noon,
        ends: [],
      },
      agent: `crawler/${n % 1_000}`,
      kind: 'result',
      value: new Uint8Array(256).fill(0x61),
      hash: 'a'.repeat(64),
      confidence: 0.5,
      verdict: {
        kind: 'hold',
        policyVersion: 'p_0123456789abcdef',
        reason: reasons[n % 3] ?? 'PII',
        severity: severities[(n >> 2) % 3] ?? 'low',
        details: `The confidence is below the threshold, and it says password; this is number ${n}.`,
        findings: [
          {
            reason: 'PII',
            rule: 'keyword.pii',
            path: '/text',
            start: 3,
            end: 6,
            excerpt: 'has PII in the middle of it',
          },
        ],
      },
    },
    // Neither in order nor in reverse.
    noon + ((n * 7_919) % 1_000_003),
  )

const shardOf = (review: string): number => shardOfReview(review, 1)

const report = (name: string, cards: number, figures: object): void =>
  console.log(JSON.stringify({ bench: 'reviewQueue', name, cards, ...figures }))

const measure = (name: string, cards: number, run: (round: number) => unknown): void => {
  const timesUs: number[] = []
  for (let round = 0; round < 2 * rounds; round++) {
    const started = process.hrtime.bigint()
    run(round)
    if (round >= rounds) timesUs.push(Number(process.hrtime.bigint() - started) / 1_000)
  }
  timesUs.sort((a, b) => a - b)
  const at = (share: number) => Math.round((timesUs[Math.floor(share * (rounds - 1))] ?? 0) * 10) / 10
  report(name, cards, { p50Us: at(0.5), p99Us: at(0.99) })
}

const measureView = (cards: readonly CardSummary[], others: readonly CardSummary[]): void => {
  const view = new CardView(1, shardOf)
  for (const card of cards) view.add(card)
  const page = (filter: StatedFilter, after?: CardSummary) => view.page(filter, after, 50)
  measure('add and remove a card', cards.length, (round) => {
    const card = others[round % others.length]
    if (card === undefined) return
    view.add(card)
    view.remove(card.id)
  })
  measure('first page', cards.length, () => page(stated(undefined)))
  measure('page from anywhere', cards.length, (round) => page(stated(undefined), cards[(round * 97) % cards.length]))
  measure('first page of a queue', cards.length, () => page(stated({ queue: 'queue7' })))
  measure('one look of a search', cards.length, () => page(stated({ text: 'number 777.' })))
  measure('counts', cards.length, () => view.counts(noon + 1_000_000))
}

const fill = async (ledger: Ledger, cards: number): Promise<void> => {
  let seq = 0
  for (let from = 0; from < cards; from += 256) {
    const batch: Transaction[] = []
    for (let n = from; n < Math.min(cards, from + 256); n++)
      batch.push({ guards: [], writes: openWrites(cardNumber(n)) })
    await ledger.commit(0, 'bench.1', ++seq, batch)
  }
}

/** As the queue does it at its start: page by page, one after the other. */
const measureRebuild = async (cards: number): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'chimera-bench-'))
  const ledger = await openEmbeddedLedger({ folder, clock: Date.now })
  try {
    await fill(ledger, cards)
    const started = performance.now()
    const before = process.cpuUsage()
    const view = new CardView(1, shardOf)
    let after: string | undefined
    do {
      const reading = readWaiting(tenant, 0, after)
      let step = reading.next()
      while (!step.done) {
        const call = step.value
        if (call.kind === 'range') step = reading.next(await ledger.range(call.shard, call.set, call))
        else if (call.kind === 'read') step = reading.next(await ledger.read(call.shard, call.records))
        else throw new Error(`a ${call.kind} while reading cards`)
      }
      const page = step.value as Extract<QueueRead, { kind: 'page' }>
      for (const card of page.cards) view.add(card)
      after = page.cursor
    } while (after !== undefined)
    const { user, system } = process.cpuUsage(before)
    report('rebuild from the ledger', view.size, {
      ms: Math.round(performance.now() - started),
      processorMs: Math.round((user + system) / 1_000),
      isExact: view.size === cards,
    })
  } finally {
    await ledger.close()
    await rm(folder, { recursive: true })
  }
}

for (const size of sizes) {
  const summaries = Array.from({ length: size + 100 }, (_, n) => summaryOf(cardOf(fieldsOf(cardNumber(n)))))
  measureView(summaries.slice(0, size), summaries.slice(size))
  await measureRebuild(size)
}
