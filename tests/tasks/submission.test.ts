/** Tasks come in: once for each key, in the right place, with what they were asked to be. */
import { describe, expect, test } from 'vitest'
import { shardOf } from '../../src/tasks/shardOf.js'
import { submitTasks, taskIdOfKey } from '../../src/tasks/submission.js'
import { expectBooksBalance } from './books.js'
import { noon, output, passResult, sub, subscriber, tenant, World } from './world.js'

describe('a submission', () => {
  test('[G1 W10] waits in its lane from the moment it is acknowledged', async () => {
    const world = new World()
    const id = await world.submitOne({ priority: 'high', trace: 'tr' })
    expect(await world.task(id)).toMatchObject({
      status: 'QUEUED',
      steps: ['mail'],
      step: 1,
      turn: 1,
      attempts: 0,
      maxAttempts: 3,
      timeoutMs: 600_000,
      createdAt: noon,
      trace: 'tr',
      subscriber,
    })
    expect(await world.ledger.ready(0, '')).toEqual([{ lane: `${tenant}/mail/high`, waiting: 1 }])
    expectBooksBalance(world)
  })

  test('[G1 W11] sent again with its key is the same task, whatever its options say', async () => {
    const world = new World({ shards: 3 })
    const [first] = await world.trySubmit({ key: 'order 7' })
    const [again] = await world.trySubmit({ key: 'order 7', priority: 'low', delayMs: 5_000, maxAttempts: 9 })
    const id = taskIdOfKey(tenant, sub, 'order 7')
    expect(first).toEqual({ kind: 'accepted', id, existing: false })
    expect(again).toEqual({ kind: 'accepted', id, existing: true })
    expect(await world.task(id)).toMatchObject({ status: 'QUEUED', priority: 'normal', maxAttempts: 3 })
    expectBooksBalance(world)
  })

  test('[G1 W11] is known by its key after it has ended', async () => {
    const world = new World()
    await world.submitOne({ key: 'k' })
    await world.perform(passResult(await world.take(), output(), noon))
    expect(await world.trySubmit({ key: 'k' })).toMatchObject([{ kind: 'accepted', existing: true }])
  })

  test('[W11] of the same key with another payload or other steps is a conflict, and changes nothing', async () => {
    const world = new World()
    await world.submitOne({ key: 'k' })
    const replies = await world.trySubmit({ key: 'k', payload: output('z') }, { key: 'k', steps: ['mail', 'file'] })
    expect(replies).toEqual([{ kind: 'conflict' }, { kind: 'conflict' }])
    expectBooksBalance(world)
  })

  test('[W11] twice in one call is one task', async () => {
    const world = new World()
    const replies = await world.trySubmit({ key: 'k' }, { key: 'k' })
    expect(replies).toMatchObject([{ existing: false }, { existing: true }])
    expectBooksBalance(world)
  })

  test('[G8 W12] has an id of its own for each tenant and each submitter', () => {
    const ids = [taskIdOfKey('t_a', 'x', 'k'), taskIdOfKey('t_b', 'x', 'k'), taskIdOfKey('t_a', 'y', 'k')]
    expect(new Set(ids).size).toBe(3)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/)
  })

  test('[G9 W13] to a full lane is told to come again, and so far as it fits it is taken', async () => {
    const world = new World({ laneEntries: 2 })
    const replies = await world.trySubmit({}, {}, {}, { priority: 'high' })
    expect(replies.map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'overloaded', 'accepted'])
    expectBooksBalance(world)
  })

  test('[G9 W13] of a known key to a full lane is answered by the task that there is', async () => {
    const world = new World({ laneEntries: 1 })
    await world.submitOne({ key: 'k' })
    expect(await world.trySubmit({ key: 'k' })).toMatchObject([{ kind: 'accepted', existing: true }])
  })

  test('[G9 W13] for which the ledger has no room is told so', async () => {
    const world = new World()
    world.isFullFor = ({ drains }) => !drains
    expect(await world.trySubmit({})).toEqual([{ kind: 'overloaded', retryAfterMs: 250 }])
    expectBooksBalance(world)
  })

  test('[W14] with a delay is scheduled, and its time to live begins when the delay is over', async () => {
    const world = new World()
    const id = await world.submitOne({ delayMs: 5_000, ttlMs: 1_000 })
    expect(await world.task(id)).toMatchObject({ status: 'SCHEDULED', dueAt: noon + 5_000, expiresAt: noon + 6_000 })
    expect(await world.ledger.ready(0, '')).toEqual([])
    expectBooksBalance(world)
  })

  test('[W15] of many goes to the shards that their ids name, and is answered in order', async () => {
    const world = new World({ shards: 3 })
    const asked = Array.from({ length: 20 }, (_, i) => ({ steps: ['mail'], payload: output(), key: `k${i}` }))
    const replies = await world.perform(submitTasks(world.desk, { tenant, sub }, asked, noon))
    const ids = asked.map(({ key }) => taskIdOfKey(tenant, sub, key))
    expect(replies.map((reply) => reply.kind === 'accepted' && reply.id)).toEqual(ids)
    for (const id of ids) {
      const [fields] = await world.ledger.read(shardOf(id, 3), [`task/${id}`])
      expect(fields?.id).toBe(id)
    }
    expectBooksBalance(world)
  })
})
