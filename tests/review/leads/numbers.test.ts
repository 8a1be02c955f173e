/** Figures of the review, from cards as people dealt with them. */
import { describe, expect, test } from 'vitest'
import type { CalibrationNumbers, DecidedNumbers } from '../../../src/protocol/leadRecords.js'
import { Raw } from '../../../src/protocol/raw.js'
import { claimCard } from '../../../src/review/claim.js'
import { decideCard } from '../../../src/review/decision.js'
import { calibrationOf } from '../../../src/review/leads/calibration.js'
import { type DecidedCard, readDecided } from '../../../src/review/leads/decidedCards.js'
import { leadRequests } from '../../../src/review/leads/leadRequests.js'
import { decidedNumbers } from '../../../src/review/leads/reviewNumbers.js'
import { shareOf, spreadOf } from '../../../src/review/leads/shares.js'
import { openWorld, passing, type World } from '../world.js'

const tenant = 't_acme'
const by = (sub: string) => ({ tenant, sub, roles: ['operator'] })
const dayMs = 86_400_000

const claim = async (world: World, review: string, sub: string) => {
  const reply = await world.perform(claimCard(world.desk.shards, by(sub), { review }, 120_000, world.now))
  expect(reply.kind).toBe('done')
}

const decide = async (world: World, review: string, sub: string, fields: object = { status: 'APPROVED' }) => {
  const decision = { review, status: 'APPROVED', ...fields } as const
  const reply = await world.perform(decideCard(world.desk.shards, by(sub), decision, passing, world.now))
  expect(reply.kind).toBe('decided')
}

const decided = (world: World, { since = 0, most = 100 } = {}) =>
  world.perform(readDecided(world.desk.shards, tenant, { since, most }))

const card = (fields: Partial<DecidedCard> = {}): DecidedCard => ({
  status: 'APPROVED',
  kind: 'result',
  severity: 'normal',
  reason: 'LOW_CONFIDENCE',
  queue: 'mail',
  agent: 'bo',
  confidence: 0.5,
  createdAt: 0,
  resolvedAt: 1_000,
  edited: false,
  operator: 'ann',
  people: ['ann'],
  chars: 100,
  ...fields,
})

const times = (n: number, fields: Partial<DecidedCard>): DecidedCard[] => Array.from({ length: n }, () => card(fields))

describe('figures', () => {
  test('[LN1] a share says how far it can be trusted', () => {
    // Values of the Wilson interval for 95 %, computed by hand from its formula.
    expect(shareOf(8, 10)).toEqual({ of: 10, count: 8, share: 0.8, low: 0.4902, high: 0.9433 })
    expect(shareOf(0, 10)).toMatchObject({ share: 0, low: 0, high: 0.2775 })
    expect(shareOf(10, 10)).toMatchObject({ share: 1, low: 0.7225, high: 1 })
    expect(shareOf(0, 0)).toBeNull()
  })

  test('[LN1] percentiles are of values that there were', () => {
    expect(spreadOf([5, 1, 9])).toEqual({ count: 3, p50: 5, p90: 9, p99: 9 })
    expect(spreadOf(Array.from({ length: 100 }, (_, n) => n + 1))).toEqual({ count: 100, p50: 50, p90: 90, p99: 99 })
    expect(spreadOf([])).toBeNull()
  })
})

describe('numbers', () => {
  test('[LN2] time to first look and to decision, and how long whoever decided had it', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const start = world.now
    world.now = start + 5_000
    await claim(world, review, 'ann')
    world.now = start + 20_000
    // Goes on with it: that is no new beginning.
    await claim(world, review, 'ann')
    world.now = start + 35_000
    await decide(world, review, 'ann')
    const [one] = (await decided(world)).cards
    expect(one).toMatchObject({
      firstLookAt: start + 5_000,
      resolvedAt: start + 35_000,
      dwellMs: 30_000,
      operator: 'ann',
    })
    expect(decidedNumbers([one ?? card()])).toMatchObject({
      firstLookMs: { all: { p50: 5_000 } },
      decisionMs: { all: { p50: 35_000 } },
      operators: [{ operator: 'ann', decisions: 1, dwellMs: { p50: 30_000 } }],
    })
  })

  test('[LN2] what nobody claimed has no dwell time, and a claim of somebody else is none of whoever decides', async () => {
    const world = await openWorld()
    const [plain, handed] = [await world.hold(), await world.hold()]
    await decide(world, plain, 'ann')
    await claim(world, handed, 'bob')
    world.now += 121_000
    await decide(world, handed, 'ann')
    for (const one of (await decided(world)).cards) expect(one).not.toHaveProperty('dwellMs')
  })

  test('[LN3] decisions quicker than the text can be read are counted, of those that can be told', () => {
    const cards = [
      card({ chars: 1_000, dwellMs: 9_999 }),
      card({ chars: 1_000, dwellMs: 10_000 }),
      card({ chars: 1_000 }),
      card({ chars: 0, dwellMs: 0, operator: 'bob', people: ['bob'] }),
    ]
    const { quick, operators } = decidedNumbers(cards)
    expect(quick).toMatchObject({ count: 1, of: 3 })
    expect(operators).toMatchObject([
      { operator: 'ann', decisions: 3, quick: { count: 1, of: 2 } },
      { operator: 'bob', decisions: 1, quick: { count: 0, of: 1 } },
    ])
  })

  test('[LN3] the text that is to be read is all of the output, however deep', async () => {
    const world = await openWorld()
    const value = { a: ['four', { b: 'fifteen letters' }], n: 1 }
    await decide(world, await world.hold({}, { value }), 'ann')
    expect((await decided(world)).cards).toMatchObject([{ chars: 19 }])
  })

  test('[LN4] agreement is of cards about which several people said something', () => {
    const both = { people: ['ann', 'bob'] }
    const cards = [...times(3, both), card({ ...both, status: 'REJECTED' }), ...times(5, {})]
    expect(decidedNumbers(cards).agreement).toMatchObject({ count: 3, of: 4 })
    expect(decidedNumbers(times(5, {})).agreement).toBeNull()
  })

  test('[LN5] the window is of days, and of the latest cards where there are too many', async () => {
    const world = await openWorld()
    await decide(world, await world.hold(), 'ann')
    world.now += 2 * dayMs
    for (let n = 0; n < 3; n++) {
      world.now += 1
      await decide(world, await world.hold({}, { value: n }), 'ann', { status: 'REJECTED', reason: 'no' })
    }
    expect(await decided(world)).toMatchObject({ cards: { length: 4 }, isBounded: false })
    const late = await decided(world, { since: world.now - dayMs })
    expect(late.cards.map(({ status }) => status)).toEqual(['REJECTED', 'REJECTED', 'REJECTED'])
    const few = await decided(world, { most: 2 })
    expect(few).toMatchObject({ cards: { length: 2 }, isBounded: true })
    expect(Math.min(...few.cards.map(({ resolvedAt }) => resolvedAt))).toBe(world.now - 1)
  })

  test('[LN5] the answer says which cards it is about, of the own tenant alone', async () => {
    const world = await openWorld()
    world.ask = async () => ({ kind: 'counted', counts: { waiting: 0 } })
    await decide(world, await world.hold(), 'ann')
    const { numbers, calibration } = leadRequests(world.desk.shards)
    const ask = async (of: string) => {
      const who = { ...by('lea'), tenant: of }
      const reply = await world.perform(numbers(who, { type: 'numbers', id: 1, days: 3 }, world.now))
      return (reply.kind === 'ack' ? reply.fields.numbers : null) as DecidedNumbers
    }
    const window = { since: world.now - 3 * dayMs, until: world.now, days: 3, cards: 1, isBounded: false }
    expect(await ask(tenant)).toMatchObject({ window, byStatus: { APPROVED: 1 }, waiting: { waiting: 0 } })
    expect(await ask('t_other')).toMatchObject({ window: { cards: 0 }, byStatus: {}, operators: [] })
    const reply = await world.perform(calibration(by('lea'), { type: 'calibration', id: 1, queue: 'mail' }, world.now))
    expect(reply).toMatchObject({ kind: 'ack', fields: { calibration: { cards: 1, window: { days: 7 } } } })
  })
})

describe('calibration', () => {
  test('[LN10] says for each band of confidence how often people approved what was held as it was', () => {
    const cards = [
      ...times(8, { confidence: 0.65 }),
      ...times(1, { confidence: 0.65, edited: true }),
      ...times(1, { confidence: 0.6, status: 'REJECTED' }),
      ...times(2, { confidence: 1, reason: 'PII' }),
      ...times(4, { confidence: 0, status: 'REJECTED' }),
    ]
    const { bands } = calibrationOf(cards)
    expect(bands).toHaveLength(10)
    expect(bands[6]).toMatchObject({ from: 0.6, to: 0.7, cards: 10, edited: 1, rejected: 1, meanConfidence: 0.645 })
    expect(bands[6]?.approved).toEqual(shareOf(8, 10))
    expect(bands[9]).toMatchObject({ from: 0.9, to: 1, cards: 2, approved: { share: 1 } })
    expect(bands[0]).toMatchObject({ cards: 4, meanConfidence: 0, approved: { share: 0 } })
    expect(bands[3]).toMatchObject({ cards: 0, meanConfidence: null, approved: null })
  })

  test('[LN10] a confidence at the edge of two bands is in the upper one', () => {
    for (const confidence of [0.1, 0.2, 0.3, 0.6, 0.7]) {
      const { bands } = calibrationOf([card({ confidence })])
      expect(bands.find(({ cards }) => cards === 1)?.from).toBe(confidence)
    }
  })

  test('[LN11] queues and agents stand by how much is known of them', () => {
    const cards = [...times(2, { queue: 'a', agent: 'x' }), ...times(3, { queue: 'b', agent: 'y', status: 'REJECTED' })]
    const { queues, agents } = calibrationOf(cards)
    expect(queues.map(({ queue, cards: n, rejected }) => [queue, n, rejected])).toEqual([
      ['b', 3, 3],
      ['a', 2, 0],
    ])
    expect(agents.map(({ agent }) => agent)).toEqual(['y', 'x'])
  })

  test('[LN12] another threshold lets pass what was held for confidence alone, and says how much of it was wrong', () => {
    const cards = [
      ...times(3, { confidence: 0.65 }),
      ...times(1, { confidence: 0.6, status: 'REJECTED' }),
      ...times(1, { confidence: 0.62, edited: true }),
      ...times(9, { confidence: 0.66, reason: 'SECRET', status: 'REJECTED' }),
    ]
    const { thresholds } = calibrationOf(cards)
    const at = (threshold: number): CalibrationNumbers['thresholds'][number] | undefined =>
      thresholds.find((one) => one.threshold === threshold)
    expect(at(0.6)).toMatchObject({ passed: 5, wrongly: { count: 2, of: 5 } })
    expect(at(0.65)).toMatchObject({ passed: 3, wrongly: { count: 0, of: 3 } })
    expect(at(0.7)).toBeUndefined()
  })

  test('[LN12] what time decided, and what an agent said beside its results, is no part of it', () => {
    expect(calibrationOf([card({ kind: 'text' }), card({ status: 'EXPIRED' })])).toMatchObject({
      cards: 0,
      thresholds: [],
    })
  })
})

test('[LN2] an edit, and the approvals that a card needed, are told', async () => {
  const world = await openWorld()
  await decide(world, await world.hold(), 'ann', { edited: Raw.of('other') })
  expect((await decided(world)).cards).toMatchObject([{ edited: true, people: ['ann'] }])
})
