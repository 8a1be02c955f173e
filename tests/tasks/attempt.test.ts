/** How attempts end: each once, whoever comes second is told how. */
import { describe, expect, test } from 'vitest'
import { explainEnd, holdResult, loseAttempt, releaseLease } from '../../src/tasks/attempt.js'
import { cancelTask } from '../../src/tasks/cancellation.js'
import { settleDue } from '../../src/tasks/due.js'
import { cardKey } from '../../src/tasks/keys.js'
import { endsKept } from '../../src/tasks/task.js'
import { expectBooksBalance } from './books.js'
import { crawler, failAttempt, heldWord, noon, output, passResult, sub, tenant, World } from './world.js'

const error = { code: 'E', message: 'no' }
const owner = { shard: 0, epoch: 0 }

describe('a result that passed', () => {
  test('[G1 W20] of the last step completes the task, with its output and an outcome', async () => {
    const world = new World()
    const id = await world.submitOne()
    const reply = await world.perform(passResult(await world.take(), output(), noon))
    expect(reply).toEqual({ kind: 'done', status: 'COMPLETED', duplicate: false })
    expect(await world.task(id)).toMatchObject({ status: 'COMPLETED', output: output(), agent: 'crawler' })
    expect(await world.outcomes()).toEqual([{ task: id, status: 'COMPLETED', final: true, step: 1, at: noon }])
    expectBooksBalance(world)
  })

  test('[W21] of another step queues the next one: output handed on, attempts anew, a new turn, nobody its agent', async () => {
    const world = new World()
    const id = await world.submitOne({ steps: ['mail', 'file'], ttlMs: 1_000 })
    const first = await world.take()
    await world.perform(failAttempt(world.desk, first, { error, retry: true }, noon))
    world.now += 500
    await world.perform(settleDue(owner))
    const reply = await world.perform(passResult(await world.take(), output(), world.now))
    expect(reply).toEqual({ kind: 'done', status: 'QUEUED', duplicate: false })
    const task = await world.task(id)
    expect(task).toMatchObject({ status: 'QUEUED', step: 2, attempts: 0, turn: 3, previous: output() })
    expect(task).toMatchObject({ expiresAt: world.now + 1_000 })
    expect(task.agent).toBeUndefined()
    expect(task.output).toBeUndefined()
    expect(await world.outcomes()).toEqual([])
    expectBooksBalance(world)
    const last = await world.take({ queue: 'file' })
    await world.perform(passResult(last, output('p'), world.now))
    expect(await world.task(id)).toMatchObject({ status: 'COMPLETED', output: output('p') })
    expectBooksBalance(world)
  })

  test('[G2 W22] sent again is told the same, for ever, and changes nothing', async () => {
    const world = new World()
    const id = await world.submitOne({ steps: ['mail', 'file'] })
    const lease = await world.take()
    await world.perform(passResult(lease, output(), noon))
    await world.perform(passResult(await world.take({ queue: 'file' }), output(), noon))
    const before = await world.record(id)
    const again = await world.perform(passResult(lease, output('z'), noon))
    expect(again).toEqual({ kind: 'done', status: 'QUEUED', duplicate: true })
    const explained = await world.perform(explainEnd(lease.place, 'crawler', tenant, 'result', noon))
    expect(explained).toEqual({ kind: 'done', status: 'QUEUED', duplicate: true })
    expect(await world.record(id)).toEqual(before)
    expect(await world.audit()).toEqual([])
  })
})

describe('a result that the gate held', () => {
  test('[G3 G6 W23] makes a card, an outcome without output and one audit entry, in one transaction', async () => {
    const world = new World()
    const id = await world.submitOne()
    const lease = await world.take()
    const reply = await world.perform(holdResult(world.desk, lease, heldWord(lease), noon))
    expect(reply).toEqual({ kind: 'done', status: 'NEEDS_REVIEW', duplicate: false })
    const task = await world.task(id)
    expect(task.status).toBe('NEEDS_REVIEW')
    expect(task.output).toBeUndefined()
    expect(await world.outcomes()).toEqual([{ task: id, status: 'NEEDS_REVIEW', final: false, step: 1, at: noon }])
    expect(await world.audit()).toMatchObject([{ kind: 'held', task: id, review: task.review }])
    expectBooksBalance(world)
  })
})

describe('a failure', () => {
  test('[W24] with attempts left is scheduled with back-off; the last one ends it as a dead letter', async () => {
    const world = new World()
    const id = await world.submitOne({ maxAttempts: 3 })
    const dues: number[] = []
    for (let attempt = 1; attempt <= 3; attempt++) {
      const lease = await world.take()
      const reply = await world.perform(failAttempt(world.desk, lease, { error, retry: true }, world.now))
      expect(reply).toMatchObject({ status: attempt < 3 ? 'SCHEDULED' : 'FAILED' })
      const { dueAt = world.now } = await world.task(id)
      dues.push(dueAt - world.now)
      expectBooksBalance(world)
      world.now = dueAt
      await world.perform(settleDue(owner))
    }
    expect(dues).toEqual([500, 1_000, 0])
    expect(await world.task(id)).toMatchObject({ status: 'FAILED', attempts: 3, error })
    expect(await world.outcomes()).toMatchObject([{ status: 'FAILED', final: true, error }])
  })

  test('[W24] that asks for no other attempt ends the task at once', async () => {
    const world = new World()
    const id = await world.submitOne()
    await world.perform(failAttempt(world.desk, await world.take(), { error, retry: false }, noon))
    expect(await world.task(id)).toMatchObject({ status: 'FAILED', attempts: 1 })
    expectBooksBalance(world)
  })

  test('[G3 W25] whose text the gate held tells a code and the card, and never the text', async () => {
    const world = new World()
    const id = await world.submitOne({ maxAttempts: 1 })
    const lease = await world.take()
    const said = { error: { code: 'SECRET', message: 'hunter2' }, retry: true, word: heldWord(lease, 'text') }
    await world.perform(failAttempt(world.desk, lease, said, noon))
    const { review = '' } = (await world.task(id)).error ?? {}
    expect(await world.task(id)).toMatchObject({ status: 'FAILED', error: { code: 'HELD', review } })
    expect(JSON.stringify([await world.record(id), await world.outcomes(), await world.audit()])).not.toMatch(
      /hunter|SECRET/,
    )
    expect((await world.ledger.read(0, [cardKey(review)]))[0]).toMatchObject({ status: 'PENDING', kind: 'text' })
    expectBooksBalance(world)
  })
})

describe('a lease that ends without its agent', () => {
  test('[W26] counts as an attempt, and the last one fails the task', async () => {
    const world = new World()
    const id = await world.submitOne({ maxAttempts: 1 })
    await world.perform(loseAttempt(world.desk, await world.take(), error, noon))
    expect(await world.task(id)).toMatchObject({ status: 'FAILED', attempts: 1 })
    expectBooksBalance(world)
  })

  test('[W27] given back counts no attempt, comes again soon, and goes to another agent if there is one', async () => {
    const world = new World()
    const id = await world.submitOne({ maxAttempts: 1 })
    const reply = await world.perform(releaseLease(await world.take(), 'release', noon))
    expect(reply).toEqual({ kind: 'done', status: 'SCHEDULED', duplicate: false })
    expect(await world.task(id)).toMatchObject({ status: 'SCHEDULED', attempts: 0, dueAt: noon + 250 })
    expectBooksBalance(world)
    world.now += 250
    await world.perform(settleDue(owner))
    const { leases } = await world.claim([crawler, { agent: 'other', connection: 4 }])
    expect(leases).toMatchObject([{ agent: 'other', task: { agent: 'other', agentConnection: 4 } }])
  })

  test('[W27] goes to the agent that gave it back where there is no other', async () => {
    const world = new World()
    await world.submitOne()
    await world.perform(releaseLease(await world.take(), 'release', noon))
    world.now += 250
    await world.perform(settleDue(owner))
    expect(await world.take()).toMatchObject({ agent: 'crawler' })
  })
})

describe('whoever comes second', () => {
  test('[G2 W28] with another kind of end is stale', async () => {
    const world = new World()
    await world.submitOne()
    const lease = await world.take()
    await world.perform(failAttempt(world.desk, lease, { error, retry: true }, noon))
    expect(await world.perform(releaseLease(lease, 'release', noon))).toEqual({ kind: 'stale' })
    expect(await world.perform(passResult(lease, output(), noon))).toEqual({ kind: 'stale' })
    const again = await world.perform(failAttempt(world.desk, lease, { error, retry: false }, noon))
    expect(again).toEqual({ kind: 'done', status: 'SCHEDULED', duplicate: true })
    expectBooksBalance(world)
  })

  test('[G2 G6 W29] with a stale result changes nothing, and is on record once for its lease', async () => {
    const world = new World()
    const id = await world.submitOne()
    const lease = await world.take()
    const by = { tenant, sub, ownOnly: true }
    await world.perform(cancelTask(world.desk, by, id, undefined))
    for (let again = 0; again < 3; again++) {
      expect(await world.perform(passResult(lease, output(), noon + again))).toEqual({ kind: 'stale' })
      const explained = await world.perform(explainEnd(lease.place, 'crawler', tenant, 'result', noon + again))
      expect(explained).toEqual({ kind: 'stale' })
    }
    expect(await world.task(id)).toMatchObject({ status: 'CANCELLED' })
    expect((await world.audit()).map(({ kind }) => kind)).toEqual(['cancelled', 'staleResult'])
    expect((await world.audit())[1]).toMatchObject({ at: noon, by: 'crawler', task: id, turn: 1 })
    expectBooksBalance(world)
  })

  test('[G2 W30] by an older connection of the agent is stale, and not on record: it is sent again by the newer', async () => {
    const world = new World()
    const id = await world.submitOne()
    const lease = await world.take()
    const write = { kind: 'put', record: `task/${id}`, fields: { agentConnection: 2 } } as const
    await world.ledger.commit(0, 'n2.a', 1, [{ guards: [], writes: [write] }])
    expect(await world.perform(passResult(lease, output(), noon))).toEqual({ kind: 'stale' })
    expect(await world.task(id)).toMatchObject({ status: 'RUNNING' })
    expect(await world.audit()).toEqual([])
  })

  test('[G8 W31] of another tenant, or for a task that is forgotten, learns nothing', async () => {
    const world = new World()
    await world.submitOne()
    const lease = await world.take()
    await world.perform(passResult(lease, output(), noon))
    expect(await world.perform(explainEnd(lease.place, 'crawler', 't_other', 'result', noon))).toEqual({
      kind: 'stale',
    })
    const place = { ...lease.place, task: 'gone' }
    expect(await world.perform(explainEnd(place, 'crawler', tenant, 'result', noon))).toEqual({ kind: 'stale' })
    expect(await world.audit()).toEqual([])
  })

  test('[G9 W32] is answered from a record that keeps a bounded number of ends', async () => {
    const world = new World()
    const id = await world.submitOne()
    for (let turn = 0; turn < endsKept + 10; turn++) {
      await world.perform(releaseLease(await world.take(), 'release', world.now))
      world.now += 250
      await world.perform(settleDue(owner))
    }
    const { ends, attempts } = await world.task(id)
    expect(ends).toHaveLength(endsKept)
    expect(ends.at(-1)).toEqual({ turn: endsKept + 10, by: 'release', status: 'SCHEDULED' })
    expect(attempts).toBe(0)
    expectBooksBalance(world)
  })
})

test('[G9 W33] where the ledger has no room for its end, the lease stays as it was', async () => {
  const world = new World()
  const id = await world.submitOne()
  const lease = await world.take()
  world.isFullFor = () => true
  expect(await world.perform(passResult(lease, output(), noon))).toEqual({ kind: 'overloaded', retryAfterMs: 250 })
  world.isFullFor = () => false
  expect(await world.task(id)).toMatchObject({ status: 'RUNNING' })
  expect(await world.perform(passResult(lease, output(), noon))).toMatchObject({ status: 'COMPLETED' })
})
