/** Protocol section 7 as a table: every way a task may go, and none other. */
import { expect, test } from 'vitest'
import { decideCard } from '../../src/review/decision.js'
import { expireClaimed, holdResult, type Lease, loseAttempt, releaseLease } from '../../src/tasks/attempt.js'
import { cancelTask } from '../../src/tasks/cancellation.js'
import { settleDue } from '../../src/tasks/due.js'
import { replayTask } from '../../src/tasks/replay.js'
import type { Submission } from '../../src/tasks/submission.js'
import { finalStatuses, isFinal, type TaskStatus } from '../../src/tasks/task.js'
import { expectBooksBalance } from './books.js'
import { failAttempt, heldWord, noon, output, pass, passResult, sub, tenant, World } from './world.js'

const error = { code: 'E', message: 'no' }
const dayMs = 86_400_000

type At = { readonly world: World; readonly id: string; readonly lease: Lease | null }

const submitted = async (asked: Partial<Submission> = {}): Promise<At> => {
  const world = new World()
  const id = await world.submitOne({ steps: ['mail', 'mail'], maxAttempts: 2, ttlMs: dayMs, ...asked })
  return { world, id, lease: null }
}

const running = async (asked?: Partial<Submission>): Promise<At & { readonly lease: Lease }> => {
  const at = await submitted(asked)
  return { ...at, lease: await at.world.take() }
}

const held = async (asked?: Partial<Submission>): Promise<At> => {
  const at = await running(asked)
  await at.world.perform(holdResult(at.world.desk, at.lease, heldWord(at.lease), noon))
  return at
}

const decide = async ({ world, id }: At, status: 'APPROVED' | 'REJECTED'): Promise<void> => {
  const { review = 'none' } = await world.task(id)
  const decision = { review, status, reason: 'because' } as const
  const judge = { judge: () => pass, hashOf: () => 'h' }
  await world.perform(decideCard(1, { tenant, sub: 'olga' }, decision, judge, world.now))
}

/** A task in each state; `lease`: one that it had or has. */
const states: Readonly<Record<string, () => Promise<At>>> = {
  SCHEDULED: () => submitted({ delayMs: 1_000 }),
  QUEUED: () => submitted(),
  RUNNING: () => running(),
  'RUNNING, last attempt': () => running({ maxAttempts: 1 }),
  'RUNNING, last step': () => running({ steps: ['mail'] }),
  NEEDS_REVIEW: () => held(),
  'NEEDS_REVIEW, last step': () => held({ steps: ['mail'] }),
  'APPROVED, waiting': async () => {
    const at = await held()
    await decide(at, 'APPROVED')
    return at
  },
  'APPROVED, final': async () => {
    const at = await held({ steps: ['mail'] })
    await decide(at, 'APPROVED')
    return at
  },
  COMPLETED: async () => {
    const at = await running({ steps: ['mail'] })
    await at.world.perform(passResult(at.lease, output(), noon))
    return at
  },
  REJECTED: async () => {
    const at = await held()
    await decide(at, 'REJECTED')
    return at
  },
  FAILED: async () => {
    const at = await running()
    await at.world.perform(failAttempt(at.world.desk, at.lease, { error, retry: false }, noon))
    return at
  },
  CANCELLED: async () => {
    const at = await running()
    await at.world.perform(cancelTask(at.world.desk, { tenant, sub, ownOnly: true }, at.id, undefined))
    return at
  },
  EXPIRED: async () => {
    const at = await submitted({ ttlMs: 1 })
    at.world.now += 1
    await at.world.perform(settleDue({ shard: 0, epoch: 0 }))
    return at
  },
}

/** Everything that can happen to a task. Each acts as if it held what it needs. */
const events: Readonly<Record<string, (at: At) => Promise<unknown>>> = {
  claim: ({ world }) => world.claim([{ agent: 'next', connection: 9 }]),
  pass: async ({ world, lease }) => lease && world.perform(passResult(lease, output(), world.now)),
  hold: async ({ world, lease }) => lease && world.perform(holdResult(world.desk, lease, heldWord(lease), world.now)),
  fail: async ({ world, lease }) =>
    lease && world.perform(failAttempt(world.desk, lease, { error, retry: true }, world.now)),
  giveUp: async ({ world, lease }) =>
    lease && world.perform(failAttempt(world.desk, lease, { error, retry: false }, world.now)),
  lose: async ({ world, lease }) => lease && world.perform(loseAttempt(world.desk, lease, error, world.now)),
  release: async ({ world, lease }) => lease && world.perform(releaseLease(lease, 'release', world.now)),
  approve: (at) => decide(at, 'APPROVED'),
  reject: (at) => decide(at, 'REJECTED'),
  cancel: ({ world, id }) => world.perform(cancelTask(world.desk, { tenant, sub, ownOnly: true }, id, undefined)),
  replay: ({ world, id }) => world.perform(replayTask(world.desk, { tenant, sub, ownOnly: true }, id)),
  due: ({ world }) => {
    world.now += 1_000
    return world.perform(settleDue({ shard: 0, epoch: 0 }))
  },
  ttl: ({ world }) => {
    world.now += 2 * dayMs
    return world.perform(settleDue({ shard: 0, epoch: 0 }))
  },
  lateClaim: async ({ world }) => {
    world.now += 2 * dayMs
    const { overdue } = await world.claim([{ agent: 'next', connection: 9 }])
    for (const { task, ...place } of overdue) await world.perform(expireClaimed(place, task, world.now))
  },
}

/** What is not named here changes nothing. */
const allowed: Readonly<Record<string, Readonly<Record<string, TaskStatus>>>> = {
  SCHEDULED: { due: 'QUEUED', ttl: 'QUEUED', cancel: 'CANCELLED' },
  QUEUED: { claim: 'RUNNING', ttl: 'EXPIRED', lateClaim: 'EXPIRED', cancel: 'CANCELLED' },
  RUNNING: {
    pass: 'QUEUED',
    hold: 'NEEDS_REVIEW',
    fail: 'SCHEDULED',
    giveUp: 'FAILED',
    lose: 'SCHEDULED',
    release: 'SCHEDULED',
    cancel: 'CANCELLED',
  },
  'RUNNING, last attempt': {
    pass: 'QUEUED',
    hold: 'NEEDS_REVIEW',
    fail: 'FAILED',
    giveUp: 'FAILED',
    lose: 'FAILED',
    release: 'SCHEDULED',
    cancel: 'CANCELLED',
  },
  'RUNNING, last step': {
    pass: 'COMPLETED',
    hold: 'NEEDS_REVIEW',
    fail: 'SCHEDULED',
    giveUp: 'FAILED',
    lose: 'SCHEDULED',
    release: 'SCHEDULED',
    cancel: 'CANCELLED',
  },
  NEEDS_REVIEW: { approve: 'APPROVED', reject: 'REJECTED', cancel: 'CANCELLED' },
  'NEEDS_REVIEW, last step': { approve: 'APPROVED', reject: 'REJECTED', cancel: 'CANCELLED' },
  'APPROVED, waiting': { claim: 'RUNNING', ttl: 'EXPIRED', lateClaim: 'EXPIRED', cancel: 'CANCELLED' },
}

const table = Object.keys(states).flatMap((state) =>
  Object.keys(events).map((event) => ({ state, event, to: allowed[state]?.[event] ?? null })),
)

test.each(table)('[G1 W40] $state, $event: $to', async ({ state, event, to }) => {
  const at = await states[state]?.()
  if (at === undefined) throw new Error(`no state ${state}`)
  const before = await at.world.task(at.id)
  const [name = ''] = state.split(',')
  expect(before.status).toBe(name)
  await events[event]?.(at)
  const after = await at.world.task(at.id)
  expect(after.status).toBe(to ?? before.status)
  // A stale result leaves its mark in the record, which isn't part of the task.
  if (to === null) expect(after).toEqual(before)
  const isLast = before.step === before.steps.length
  const isEnd = to === 'APPROVED' ? isLast : finalStatuses.some((final) => final === to)
  expect(isFinal(after)).toBe(isFinal(before) || isEnd)
  expectBooksBalance(at.world)
})

test('[W40] each state has its row, and no row a state that there is not', () => {
  for (const state of Object.keys(allowed)) expect(Object.keys(states)).toContain(state)
})
