/**
 * The checker bites where people decide: in a crowd, what is planted between a node and its ledger is found within a few
 * seeds.
 */
import { expect, test, vi } from 'vitest'
import type { Clock } from '../../src/clock.js'
import type { Fields, Ledger, Transaction, Write } from '../../src/ledger/port.js'
import { tallyKey } from '../../src/review/cardTally.js'
import type { Plant } from './incarnation.js'
import { planted } from './plantedLedger.js'
import { runSeed } from './run.js'

vi.setConfig({ testTimeout: 120_000 })

const seeds = Array.from({ length: 24 }, (_, at) => at + 8)

/** What the first run said that broke the rule. */
const firstToBreak = async (rule: RegExp, plant: Plant): Promise<string | undefined> => {
  for (const seed of seeds) {
    const { violations } = await runSeed(seed, { plant, scene: 'crowd' })
    const found = violations.find((violation) => rule.test(violation))
    if (found !== undefined) return found
  }
  return undefined
}

/** Nodes read cards, and write them, as these say. */
const withCards = (
  inner: Ledger,
  read: (fields: Fields) => Fields,
  write: (transaction: Transaction) => Transaction = (transaction) => transaction,
): Ledger =>
  planted(inner, {
    read: async (shard, records) => {
      const found = await inner.read(shard, records)
      return found.map((fields, at) => (fields !== null && records[at]?.startsWith('card/') ? read(fields) : fields))
    },
    commit: (shard, holder, seq, all) => inner.commit(shard, holder, seq, all.map(write)),
  })

test('[Z9] a node that minds nobody’s claim is found', async () => {
  const plant: Plant = {
    ledger: (inner) => withCards(inner, ({ claimedBy: _, claimedUntil: __, ...fields }) => fields),
  }
  expect(await firstToBreak(/^G5 .* decided .* while .* had it/, plant)).toBeDefined()
})

const isExpiry = (write: Write): boolean => write.kind === 'put' && write.fields.status === 'EXPIRED'

/** Planned on a card that waited, and carried out whatever has become of it. */
const blind = (transaction: Transaction): Transaction =>
  transaction.writes.some(isExpiry) ? { ...transaction, guards: [] } : transaction

const lateMs = 300

/** What is read of a card whose time is up comes late, so that it may be decided before it is acted on. */
const readLate = (inner: Ledger, clock: Clock): Ledger =>
  planted(inner, {
    read: async (shard, records) => {
      const found = await inner.read(shard, records)
      const isDue = found.some((fields) => fields?.status === 'PENDING' && Number(fields.deadline) <= clock.now())
      if (isDue) await new Promise<void>((resolve) => clock.at(clock.now() + lateMs, resolve))
      return found
    },
    commit: (shard, holder, seq, all) => inner.commit(shard, holder, seq, all.map(blind)),
  })

test('[Z10] a time-out that overwrites a decision is found', async () => {
  const plant: Plant = { ledger: readLate }
  expect(await firstToBreak(/^G5 card.* went from (APPROVED|REJECTED) to EXPIRED/, plant)).toBeDefined()
})

const mark = '*'

/** Approvals so far are somebody else's. */
const estranged = (fields: Fields): Fields =>
  typeof fields.approvals === 'string'
    ? { ...fields, approvals: fields.approvals.replaceAll(/"by":"([^"*]*)"/g, `"by":"$1${mark}"`) }
    : fields

const recognised = ({ guards, writes }: Transaction): Transaction => ({
  guards,
  writes: writes.map((write) =>
    write.kind === 'put' && typeof write.fields.approvals === 'string'
      ? { ...write, fields: { ...write.fields, approvals: write.fields.approvals.replaceAll(mark, '') } }
      : write,
  ),
})

test('[Z11] approvals that are counted by decisions, not by people, are found', async () => {
  const plant: Plant = { ledger: (inner) => withCards(inner, estranged, recognised) }
  expect(await firstToBreak(/^G5 .* was released by .*, and takes [23]/, plant)).toBeDefined()
})

test('[Z12] an approval that counts for an edit which its giver was not shown is found', async () => {
  const plant: Plant = { ledger: (inner) => withCards(inner, ({ basis: _, ...fields }) => fields) }
  expect(await firstToBreak(/^G5 .* had not been shown it/, plant)).toBeDefined()
})

const isOfView = (write: Write): boolean =>
  (write.kind === 'hint' && write.hint.startsWith('card/')) ||
  (write.kind === 'add' && write.record.startsWith(tallyKey('')))

/** Nobody hears of cards, and the figures by which a view would see that are missing. */
const silent = ({ guards, writes }: Transaction): Transaction => ({
  guards,
  writes: writes.filter((write) => !isOfView(write)),
})

test('[Z13] a queue that doesn’t show what waits is found', async () => {
  const plant: Plant = { ledger: (inner) => withCards(inner, (fields) => fields, silent) }
  expect(await firstToBreak(/^V90 n[123] shows/, plant)).toBeDefined()
})
