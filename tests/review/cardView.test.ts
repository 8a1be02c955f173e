import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shardOfReview } from '../../src/review/cardReads.js'
import {
  type CardSummary,
  comparePlaces,
  matches,
  type Place,
  stated,
  summaryOf,
} from '../../src/review/cardSummary.js'
import { fingerprintOf } from '../../src/review/cardTally.js'
import { CardView } from '../../src/review/cardView.js'
import type { Reason, Severity } from '../../src/tasks/verdict.js'
import { aCard, aTask } from './fixtures.js'

const shards = 3

const minutes = 60_000

/** Card number n is always the same one. */
const cardNumber = (n: number): CardSummary => {
  const severity = (['low', 'normal', 'high'] satisfies Severity[])[n % 3] ?? 'low'
  const reason = (['PII', 'SECRET'] satisfies Reason[])[n % 2] ?? 'PII'
  const task = aTask({ id: `task${n}`, steps: [`queue${n % 4}`] })
  const verdict = { severity, reason, details: `Is Number ${n % 10}.` }
  return summaryOf(aCard({ task, verdict, createdAt: (n % 17) * minutes }))
}

const change = fc.record({ n: fc.integer({ min: 0, max: 60 }), isAdded: fc.boolean() })
const filter = fc.record(
  {
    severity: fc.constantFrom('low', 'normal', 'high'),
    reason: fc.constantFrom('PII', 'SECRET'),
    queue: fc.constantFrom('queue0', 'queue3', 'elsewhere'),
    text: fc.constantFrom('number 3', 'TASK1', 'no such words'),
    status: fc.constantFrom('PENDING', 'APPROVED'),
  },
  { requiredKeys: [] },
)

describe('the view of waiting cards', () => {
  it('[V80] pages, totals, counts and tallies as a plain list of them would', () => {
    fc.assert(
      fc.property(fc.array(change), filter, fc.integer({ min: 1, max: 7 }), (changes, asked, limit) => {
        const view = new CardView(shards, (review) => shardOfReview(review, shards))
        const model = new Map<string, CardSummary>()
        for (const { n, isAdded } of changes) {
          const card = cardNumber(n)
          if (isAdded) {
            view.add(card)
            model.set(card.id, card)
          } else {
            view.remove(card.id)
            model.delete(card.id)
          }
        }
        const sorted = [...model.values()].sort(comparePlaces)
        const wanted = sorted.filter((card) => matches(stated(asked), card)).map(({ id }) => id)
        expect(view.total(stated(asked), undefined)).toEqual({ cards: wanted.length })
        const paged: string[] = []
        for (let isLast = false; !isLast; ) {
          const last = paged.at(-1)
          const page = view.page(stated(asked), last === undefined ? undefined : model.get(last), limit)
          paged.push(...page.reviews)
          isLast = page.reviews.length < limit
        }
        expect(paged).toEqual(wanted)

        const now = 20 * minutes
        const counts = view.counts(now)
        expect(counts.waiting).toBe(sorted.length)
        expect(counts.bySeverity.high ?? 0).toBe(sorted.filter(({ severity }) => severity === 'high').length)
        expect(counts.byReason.PII ?? 0).toBe(sorted.filter(({ reason }) => reason === 'PII').length)
        const between = (from: number, to: number) =>
          sorted.filter(({ createdAt }) => now - createdAt >= from * minutes && now - createdAt < to * minutes).length
        expect(counts.byAge).toMatchObject({ '5m': between(1, 5), '15m': between(5, 15), '1h': between(15, 60) })
        expect(counts.oldestAt).toBe(
          sorted.length === 0 ? undefined : Math.min(...sorted.map((card) => card.createdAt)),
        )

        for (let shard = 0; shard < shards; shard++) {
          const there = sorted.map(({ id }) => id).filter((id) => shardOfReview(id, shards) === shard)
          const fingerprint = there.reduce((sum, id) => sum + fingerprintOf(id), 0)
          expect(view.tally(shard)).toEqual({ cards: there.length, fingerprint })
          expect(new Set(view.missingIn(shard, new Set(there.slice(1))))).toEqual(new Set(there.slice(0, 1)))
        }
      }),
    )
  })

  it('[V97] looks at so many cards at a time, and says where it stopped', () => {
    const view = new CardView(1, () => 0)
    const wanted: string[] = []
    for (let n = 0; n < 10_000; n++) {
      const task = aTask({ id: `task${n}` })
      const details = n % 1_000 === 999 ? 'rare' : 'frequent'
      const card = summaryOf(aCard({ task, verdict: { details }, createdAt: n }))
      view.add(card)
      if (details === 'rare') wanted.push(card.id)
    }
    const filter = stated({ text: 'rare' })
    const found: string[] = []
    let [total, looks] = [0, 0]
    let from: Place | undefined
    do {
      const page = view.page(filter, from, 100)
      total += view.total(filter, from).cards
      found.push(...page.reviews)
      from = page.next
      looks++
    } while (from !== undefined)
    expect([found, total, looks]).toEqual([wanted, 10, 3])
  })

  it('[V81] puts what weighs most first, and of equals what has waited longest', () => {
    const places = [
      { severity: 'low', createdAt: 1, id: 'a' },
      { severity: 'high', createdAt: 9, id: 'b' },
      { severity: 'normal', createdAt: 5, id: 'd' },
      { severity: 'normal', createdAt: 5, id: 'c' },
      { severity: 'high', createdAt: 3, id: 'e' },
    ] as const
    expect(
      [...places]
        .sort(comparePlaces)
        .map(({ id }) => id)
        .join(''),
    ).toBe('ebcda')
  })
})
