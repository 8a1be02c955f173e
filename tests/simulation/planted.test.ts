/**
 * The checker bites: bugs are planted between a node and its ports, and it finds each of them within a few seeds.
 */
import { expect, test, vi } from 'vitest'
import type { Clock } from '../../src/clock.js'
import type { Answer, Guard, Ledger, Transaction } from '../../src/ledger/port.js'
import type { Gate } from '../../src/tasks/verdict.js'
import type { Plant } from './incarnation.js'
import { withCommit } from './plantedLedger.js'
import { type Report, runSeed } from './run.js'

// Sixty seeds that are clean take half a minute.
vi.setConfig({ testTimeout: 120_000 })

const seeds = Array.from({ length: 60 }, (_, at) => at + 1)

/** The first run that breaks the rule. */
const firstToBreak = async (rule: string, plant: Plant): Promise<Report | undefined> => {
  for (const seed of seeds) {
    const report = await runSeed(seed, { plant })
    if (report.violations.some((violation) => violation.startsWith(rule))) return report
  }
  return undefined
}

const fences = new Set<string>(['turn', 'agentConnection'])

const isFence = (guard: Guard): boolean =>
  guard.kind === 'holds' || (guard.kind === 'equals' && fences.has(guard.field))

/** Ends of attempts without the guards of their lease: whoever had it once ends the task. */
const unfenced = (transaction: Transaction): Transaction => {
  if (!transaction.writes.some(({ kind }) => kind === 'settle')) return transaction
  return {
    guards: transaction.guards.filter((guard) => !isFence(guard)),
    writes: transaction.writes.map((write) => (write.kind === 'settle' ? { ...write, kind: 'withdraw' } : write)),
  }
}

test('[Z3] a ledger that takes results under stale leases is found', async () => {
  const plant: Plant = {
    ledger: (inner) =>
      withCommit(inner, (shard, holder, seq, all) => inner.commit(shard, holder, seq, all.map(unfenced))),
  }
  expect(await firstToBreak('G2', plant)).toBeDefined()
})

const done: Answer = { kind: 'done' }
const flushMs = 400

/** Says that it is done, and does it later: what was acknowledged in between dies with the node. */
const hasty = (inner: Ledger, clock: Clock): Ledger =>
  withCommit(inner, async (shard, holder, seq, all) => {
    clock.at(clock.now() + flushMs, () => void inner.commit(shard, holder, seq, all).catch(() => {}))
    return { kind: 'answers', answers: all.map(() => done), now: clock.now() }
  })

test('[Z4] a ledger that acknowledges before it committed is found', async () => {
  expect(await firstToBreak('G1', { ledger: hasty })).toBeDefined()
})

const lenient = (): Gate => ({ judge: () => ({ kind: 'pass', policyVersion: 'none' }) })

test('[Z5] a gate that lets out what is to be held is found', async () => {
  expect(await firstToBreak('G3', { gate: lenient })).toBeDefined()
})

/** Lets every action pass, and nothing else that it shouldn't. */
const trusting = (inner: Gate): Gate => ({
  judge: (said) => (said.kind === 'action' ? { kind: 'pass', policyVersion: 'none' } : inner.judge(said)),
})

test('[PP60] a gate that lets actions pass that are to be held is found', async () => {
  expect(await firstToBreak('G4', { gate: trusting })).toBeDefined()
})

/** Reads that never tell what operators said of the fleet. */
const deaf = (inner: Ledger): Ledger => ({
  ...withCommit(inner, (...call) => inner.commit(...call)),
  read: async (shard, records) => {
    const found = await inner.read(shard, records)
    return found.map((fields, at) => (records[at]?.startsWith('fleet/') ? null : fields))
  },
})

test('[Z7] a node that hands out what was stopped is found', async () => {
  expect(await firstToBreak('FC2', { ledger: deaf })).toBeDefined()
})

const isCopy = ({ writes: [write, more] }: Transaction): boolean =>
  write?.kind === 'put' && write.record.startsWith('policy/') && more === undefined

/** Says that a policy is in all shards, and has it in its own; and nodes never hear of it. */
const halfSpread = (inner: Ledger): Ledger => ({
  ...withCommit(inner, async (shard, holder, seq, all) => {
    const reply = await inner.commit(
      shard,
      holder,
      seq,
      all.filter((one) => !isCopy(one)),
    )
    if (reply.kind !== 'answers') return reply
    const answers = [...reply.answers]
    return { ...reply, answers: all.map((one) => (isCopy(one) ? done : (answers.shift() ?? done))) }
  }),
  read: async (shard, records) => {
    const found = await inner.read(shard, records)
    return found.map((fields, at) => (records[at]?.startsWith('policy/') ? null : fields))
  },
})

test('[PO38] a ledger that keeps a policy to one shard is found', async () => {
  expect(await firstToBreak('PO38', { ledger: halfSpread })).toBeDefined()
})

test('[Z6] without anything planted the same seeds are clean', async () => {
  const report = await firstToBreak('', {})
  expect(report?.violations ?? []).toEqual([])
})

/** Changes of cards without the version that they were planned on. */
const anyVersion = ({ guards, writes }: Transaction): Transaction => ({
  guards: guards.filter((guard) => guard.kind !== 'equals' || guard.field !== 'version'),
  writes,
})

test('[Z3] a ledger that lets somebody decide under another’s claim is found', async () => {
  const plant: Plant = {
    ledger: (inner) =>
      withCommit(inner, (shard, holder, seq, all) => inner.commit(shard, holder, seq, all.map(anyVersion))),
  }
  expect(await firstToBreak('G5', plant)).toBeDefined()
})
