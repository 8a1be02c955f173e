/** What a webhook is told, in which order, how often, and what becomes of what doesn't arrive. */
import { describe, expect, test } from 'vitest'
import { cardDesk } from '../../src/review/cardDesk.js'
import { decideCard } from '../../src/review/decision.js'
import { holdResult } from '../../src/tasks/attempt.js'
import { cancelTask } from '../../src/tasks/cancellation.js'
import { outcomeLog } from '../../src/tasks/keys.js'
import { boundOutcomes } from '../../src/tasks/outcomes.js'
import { againSet, deadSet } from '../../src/tasks/webhook.js'
import { deliver } from '../../src/webhooks/delivery.js'
import { sourcesOf } from '../../src/webhooks/sources.js'
import { heldWord, output, passResult, sub, subscriber, tenant } from '../tasks/world.js'
import { isSigned } from './target.js'
import { arrived, HookWorld, inbox, refused } from './world.js'

const hourMs = 3_600_000

/** A task whose result is held: its card's id. */
const hold = async (world: HookWorld): Promise<{ task: string; review: string }> => {
  const { tasks } = world
  const task = await tasks.submitOne()
  const lease = await tasks.take()
  const word = heldWord(lease)
  await tasks.perform(holdResult(tasks.desk, lease, word, tasks.now))
  return { task, review: tasks.desk.cards.open(word, tasks.now).review }
}

const complete = async (world: HookWorld, letter = 'o'): Promise<string> => {
  const task = await world.tasks.submitOne()
  await world.tasks.perform(passResult(await world.tasks.take(), output(letter), world.tasks.now))
  return task
}

const reject = async ({ tasks }: HookWorld, review: string): Promise<void> => {
  const judge = { judge: () => ({ kind: 'pass', policyVersion: 'p1' }) as const, hashOf: () => 'h' }
  const decision = { review, status: 'REJECTED', reason: 'the customer is Ann Lee', reasonCode: 'TONE' } as const
  const by = { tenant, sub: 'olga', roles: ['operator'] }
  const reply = await tasks.perform(decideCard(tasks.desk.shards, by, decision, judge, tasks.now))
  expect(reply.kind).toBe('decided')
}

describe('what is told', () => {
  test('[WH10] cards are told as they are opened, decided and withdrawn, each once', async () => {
    const world = new HookWorld()
    await world.set()
    const first = await hold(world)
    const second = await hold(world)
    expect(await world.deliver()).toEqual({ kind: 'clean' })
    await reject(world, first.review)
    await world.tasks.perform(cancelTask(world.tasks.desk, { tenant, sub, ownOnly: true }, second.task, undefined))
    await world.deliver()
    await world.deliver()
    const told = world.sent.map(({ event: { type, data } }) => [type, data.card?.reviewId, data.card?.status])
    expect(told.sort()).toEqual(
      [
        ['card.decided', first.review, 'REJECTED'],
        ['card.opened', first.review, 'PENDING'],
        ['card.opened', second.review, 'PENDING'],
        ['card.withdrawn', second.review, 'WITHDRAWN'],
      ].sort(),
    )
    expect(new Set(world.sent.map(({ event }) => event.id)).size).toBe(4)
  })

  test('[WH10] one that time decided is told as expired, by nobody', async () => {
    const world = new HookWorld({ shards: 1 })
    const cards = cardDesk({ high: hourMs, normal: hourMs, low: hourMs })
    Object.assign(world.tasks.desk, { cards })
    await world.set()
    const { review } = await hold(world)
    await world.deliver()
    for (let n = 0; n < 4; n++) {
      await world.tasks.perform(cards.settleDue({ shard: 0, epoch: 0 }))
      world.tasks.now += hourMs
    }
    await world.deliver()
    expect(world.types).toEqual(['card.opened', 'card.expired'])
    const [opened, expired] = world.sent.map(({ event }) => event.data.card)
    expect(opened).toMatchObject({ reviewId: review, deadline: expect.any(Number) })
    expect(expired).toMatchObject({ reviewId: review, status: 'EXPIRED' })
    expect(expired).not.toHaveProperty('operatorId')
  })

  test('[WH11] nothing that was held, and nothing that an operator wrote, is in it', async () => {
    const world = new HookWorld()
    await world.set()
    const { review } = await hold(world)
    await reject(world, review)
    await world.deliver()
    const [opened, decided] = world.sent.map(({ event }) => event.data.card)
    expect(opened).toEqual({
      reviewId: review,
      taskId: expect.any(String),
      status: 'PENDING',
      queue: 'mail',
      step: 1,
      attempt: 1,
      kind: 'result',
      reason: 'SENSITIVE_KEYWORD',
      severity: 'high',
      createdAt: world.tasks.now,
      agentId: 'crawler',
      rules: expect.any(Array),
      policyVersion: 'p1',
    })
    expect(decided).toMatchObject({ operatorId: 'olga', reasonCode: 'TONE', edited: false })
    expect(JSON.stringify(world.sent)).not.toContain('Ann Lee')
  })

  test('[WH12] outcomes of its subscribers are told with what was released, and are then seen', async () => {
    const world = new HookWorld()
    await world.set({ cards: false, outcomes: [inbox] })
    const done = await complete(world, 'z')
    const held = await hold(world)
    await world.deliver()
    expect(world.types).toEqual(['task.outcome', 'task.outcome'])
    const outcomes = world.sent.map(({ event }) => event.data.outcome)
    expect(outcomes).toContainEqual(expect.objectContaining({ task: done, status: 'COMPLETED', output: 'z' }))
    const waiting = outcomes.find((one) => (one as { task: string }).task === held.task)
    expect(waiting).toMatchObject({ status: 'NEEDS_REVIEW', final: false })
    expect(waiting).not.toHaveProperty('output')
    expect(await world.tasks.outcomes()).toEqual([])
  })

  test('[WH12] a subscriber whose outcomes had to go is told of the gap', async () => {
    const world = new HookWorld({ shards: 1 })
    await world.set({ cards: false, outcomes: [inbox] })
    for (const letter of ['a', 'b', 'c']) await complete(world, letter)
    const bounds = { outcomesKept: 1, outcomeRetentionMs: hourMs }
    await world.tasks.perform(boundOutcomes({ shard: 0, epoch: 0 }, bounds, world.tasks.now))
    await world.deliver()
    await complete(world, 'd')
    await world.deliver()
    expect(world.types).toEqual(['outcomes.gap', 'task.outcome', 'task.outcome'])
    expect(world.sent[0]?.event.data).toMatchObject({ subscriber: 'inbox', gap: { since: world.tasks.now } })
  })

  test('[WH13] what went by before it was there is not told, however much it is', async () => {
    const world = new HookWorld()
    for (let n = 0; n < 300; n++) await hold(world)
    world.tasks.now += 1
    await world.set()
    const { review } = await hold(world)
    await world.deliver()
    expect(world.sent.map(({ event }) => event.data.card?.reviewId)).toEqual([review])
  })

  test('[WH14] it is signed, by both secrets for a day after a change', async () => {
    const world = new HookWorld()
    const { secret: former } = await world.set()
    const { secret } = await world.set({ rotate: true })
    const signedBy = async (one: unknown) => {
      await hold(world)
      await world.deliver()
      const { headers, event } = world.sent.at(-1) ?? {}
      const text = JSON.stringify(event)
      return isSigned({ headers, text } as Parameters<typeof isSigned>[0], String(one))
    }
    expect(await signedBy(secret)).toBe(true)
    expect(await signedBy(former)).toBe(true)
    world.tasks.now += 25 * hourMs
    expect(await signedBy(secret)).toBe(true)
    expect(await signedBy(former)).toBe(false)
  })
})

describe('what does not arrive', () => {
  test('[WH20] it holds up what is behind it, and is tried again after pauses that grow', async () => {
    const world = new HookWorld({ shards: 1 })
    await world.set()
    const first = await hold(world)
    await hold(world)
    world.answer = () => refused
    const pauses: number[] = []
    for (let n = 0; n < 6; n++) {
      const round = await world.deliver()
      if (round.kind !== 'waits') throw new Error(round.kind)
      pauses.push(round.until - world.tasks.now)
      expect(await world.deliver(), 'not before').toMatchObject({ kind: 'waits', until: round.until })
      world.tasks.now = round.until
    }
    // Half of each, since chance is 0 here.
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000])
    expect(new Set(world.sent.map(({ event }) => event.data.card?.reviewId))).toEqual(new Set([first.review]))
    expect(new Set(world.sent.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(new Set(world.sent.map(({ headers }) => headers['webhook-signature'])).size).toBeGreaterThan(1)
    world.answer = () => arrived
    expect(await world.deliver()).toEqual({ kind: 'clean' })
    expect(world.sent).toHaveLength(8)
    expect(await world.progress()).toMatchObject({ delivered: 2, dead: 0 })
  })

  test('[WH20] who answers may ask for a longer pause, up to ten minutes', async () => {
    const world = new HookWorld({ shards: 1 })
    await world.set()
    await hold(world)
    for (const [asked, waits] of [
      [60_000, 60_000],
      [9_000_000, 600_000],
    ] as const) {
      world.answer = () => ({ kind: 'answered', status: 429, tookMs: 1, retryAfterMs: asked })
      const round = await world.deliver()
      expect(round).toMatchObject({ kind: 'waits', until: world.tasks.now + waits })
      world.tasks.now += waits
    }
  })

  test('[WH21] after so many tries it is given up, and those behind it are told', async () => {
    const world = new HookWorld({ shards: 1 })
    await world.set()
    const first = await hold(world)
    const second = await hold(world)
    world.answer = ({ event }) => (event.data.card?.reviewId === first.review ? refused : arrived)
    for (let round = await world.deliver(); round.kind === 'waits'; round = await world.deliver()) {
      world.tasks.now = round.until
    }
    expect(world.sent.filter(({ event }) => event.data.card?.reviewId === first.review)).toHaveLength(16)
    expect(world.sent.at(-1)?.event.data.card?.reviewId).toBe(second.review)
    const { dead } = await world.ask('deadDeliveries', { name: 'pager' })
    expect(dead).toEqual([
      {
        event: world.sent[0]?.event.id,
        type: 'card.opened',
        at: expect.any(Number),
        diedAt: expect.any(Number),
        tries: 16,
        lastError: 'answered 500',
      },
    ])
    expect(await world.progress()).toMatchObject({ delivered: 1, dead: 1 })
  })

  test('[WH21] what is older than a day gets one more try', async () => {
    const world = new HookWorld({ shards: 1 })
    await world.set()
    await hold(world)
    await hold(world)
    await world.seal()
    world.tasks.now += 25 * hourMs
    world.answer = () => ({ kind: 'failed', why: 'connect ECONNREFUSED', tookMs: 1 })
    expect(await world.deliver()).toEqual({ kind: 'clean' })
    expect(world.sent).toHaveLength(2)
    expect((await world.progress()).dead).toBe(2)
  })

  test('[WH22] what was given up can be sent again: one, or all, with the same id and its output', async () => {
    const world = new HookWorld({ shards: 1 })
    await world.set({ outcomes: [inbox] })
    const task = await complete(world, 'z')
    await hold(world)
    await world.seal()
    world.tasks.now += 25 * hourMs
    world.answer = () => refused
    await world.deliver()
    const { dead } = (await world.ask('deadDeliveries', { name: 'pager' })) as { dead: { event: string }[] }
    expect(dead.map(({ event }) => event).sort()).toEqual(world.sent.map(({ event }) => event.id).sort())

    expect(await world.ask('resend', { name: 'pager', event: 'evt_nobody' })).toMatchObject({ code: 'NOT_FOUND' })
    expect(await world.ask('resend', { name: 'pager', event: dead[0]?.event ?? '' })).toEqual({ resent: 1 })
    await world.deliver()
    expect(await world.ask('deadDeliveries', { name: 'pager' })).toMatchObject({ dead: { length: dead.length } })

    world.answer = () => arrived
    world.sent.length = 0
    expect(await world.ask('resend', { name: 'pager' })).toEqual({ resent: dead.length })
    await world.deliver()
    expect(world.sent.map(({ event }) => event.id).sort()).toEqual(dead.map(({ event }) => event).sort())
    const outcome = world.sent.find(({ event }) => (event.data.outcome as { task?: string } | undefined)?.task === task)
    expect(outcome?.event.data.outcome).toMatchObject({ status: 'COMPLETED', output: 'z' })
    expect(await world.ask('deadDeliveries', { name: 'pager' })).toEqual({ dead: [] })
    world.sent.length = 0
    await world.deliver()
    expect(world.sent).toEqual([])
  })

  test('[WH22] however much was given up, all of it is sent again, or removed with its webhook', async () => {
    const world = new HookWorld({ shards: 1 })
    await world.set()
    for (let n = 0; n < 400; n++) await hold(world)
    await world.seal()
    world.tasks.now += 25 * hourMs
    world.answer = () => refused
    await world.deliver()
    expect(await world.ask('resend', { name: 'pager' })).toEqual({ resent: 400 })
    await world.deliver()
    expect(world.sent).toHaveLength(800)
    expect(await world.ask('removeWebhook', { name: 'pager' })).toEqual({ removed: 'pager' })
    for (const set of [deadSet(tenant, 'pager'), againSet(tenant, 'pager')]) {
      expect(await world.tasks.ledger.range(0, set, { limit: 1 })).toEqual({ members: [] })
    }
  })
})

describe('whoever dies or sleeps in between', () => {
  test('[WH30] what was delivered and not noted is delivered again under the same id', async () => {
    for (const source of ['cards', 'outcomes'] as const) {
      const world = new HookWorld({ shards: 1 })
      await world.set({ cards: source === 'cards', outcomes: source === 'outcomes' ? [inbox] : [] })
      await (source === 'cards' ? hold(world) : complete(world))
      await world.seal()
      const webhook = await world.webhook()
      const duty = { shard: world.home, epoch: 0 }
      const performance = world.tasks.begin(deliver(world.tasks.desk, duty, webhook, sourcesOf(webhook, 1)))
      while (world.sent.length === 0) await performance.step()
      await world.deliver()
      await world.deliver()
      expect(world.sent).toHaveLength(2)
      expect(world.sent[0]?.event).toEqual(world.sent[1]?.event)
    }
  })

  test('[WH31] an owner that slept through its replacement moves nothing', async () => {
    const world = new HookWorld({ shards: 1 })
    await world.set()
    await hold(world)
    await world.seal()
    await world.tasks.ledger.commit(0, 'n2.b', 1, [{ guards: [], writes: [{ kind: 'raise', epoch: 7 }] }])
    const webhook = await world.webhook()
    const late = deliver(world.tasks.desk, { shard: 0, epoch: 0 }, webhook, sourcesOf(webhook, 1))
    expect(await world.tasks.perform(late)).toEqual({ kind: 'lost' })
    expect((await world.progress()).delivered).toBe(0)
    world.epoch = 7
    expect(await world.deliver()).toEqual({ kind: 'clean' })
    expect((await world.progress()).delivered).toBe(1)
  })

  test('[WH31] one that was changed or removed meanwhile is not gone on with', async () => {
    const world = new HookWorld({ shards: 1 })
    await world.set()
    await hold(world)
    await world.seal()
    const before = await world.webhook()
    const run = () =>
      world.tasks.perform(deliver(world.tasks.desk, { shard: 0, epoch: 0 }, before, sourcesOf(before, 1)))
    await world.set({ url: 'https://b.example/' })
    expect(await run()).toEqual({ kind: 'lost' })
    await world.ask('removeWebhook', { name: 'pager' })
    expect(await run()).toEqual({ kind: 'lost' })
    expect(world.sent).toEqual([])
  })

  test('[WH32] outcomes that come while one is delivered are not dropped with it', async () => {
    const world = new HookWorld({ shards: 1 })
    await world.set({ cards: false, outcomes: [inbox] })
    await complete(world, 'a')
    const webhook = await world.webhook()
    const performance = world.tasks.begin(
      deliver(world.tasks.desk, { shard: 0, epoch: 0 }, webhook, sourcesOf(webhook, 1)),
    )
    while (world.sent.length === 0) await performance.step()
    await complete(world, 'b')
    while (!(await performance.step()).isDone);
    await world.deliver()
    const told = world.sent.map(({ event }) => (event.data.outcome as { output: string }).output)
    expect(told).toEqual(['a', 'b'])
    const { size } = await world.tasks.ledger.log(0, outcomeLog(tenant, sub, subscriber), { limit: 1 })
    expect(size).toBe(0)
  })
})
