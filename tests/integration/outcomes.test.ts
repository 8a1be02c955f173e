/** Outcomes on their way to those who wait for them: kept until seen, in order, bounded. */
import { expect, test } from 'vitest'
import type { Client } from './client.js'
import { openIdleAgent, openProducer, openWorld, submit, submitOne } from './world.js'

/** Ends tasks without an agent: each has its outcome at once. */
const cancelAll = async (producer: Client, ids: readonly string[]): Promise<void> => {
  for (const task of ids) await producer.request('cancel', { task })
}

const submitMany = async (producer: Client, count: number): Promise<readonly string[]> =>
  (await submit(producer, ...Array.from({ length: count }, () => ({})))).map(({ id }) => id)

test('[T026 G1] outcomes are kept until they are seen, across connections', async () => {
  const world = await openWorld()
  const first = await openProducer(world)
  const ids = await submitMany(first, 3)
  await cancelAll(first, ids)
  for (const id of ids) await first.outcome(id, 'CANCELLED')
  first.send({ type: 'seen', seq: 1 })
  await first.settle()
  first.close()
  await first.closed

  const second = await openProducer(world)
  expect(await second.frame('outcome')).toMatchObject({ seq: 1, task: ids[1] })
  expect(await second.frame('outcome')).toMatchObject({ seq: 2, task: ids[2] })
  second.send({ type: 'seen', seq: 2 })
  await second.settle()
  const last = await submitOne(second)
  await second.request('cancel', { task: last })
  expect(await second.frame('outcome')).toMatchObject({ seq: 3, task: last })
  second.close()
  await second.closed

  const third = await openProducer(world)
  expect(await third.frame('outcome')).toMatchObject({ seq: 1, task: last })
})

test('[T026 G1] each subscriber is told of what was submitted under its name, and nothing else', async () => {
  const world = await openWorld()
  const one = await openProducer(world, { subscriber: 'one' })
  const two = await openProducer(world, { subscriber: 'two' })
  const [ofOne, ofTwo] = [await submitOne(one), await submitOne(two)]
  await cancelAll(two, [ofOne, ofTwo])
  expect(await one.frame('outcome')).toMatchObject({ seq: 1, task: ofOne })
  expect(await two.frame('outcome')).toMatchObject({ seq: 1, task: ofTwo })
  await one.settle()
  expect([...one.kept, ...two.kept]).toEqual([])
})

test('[T026 G9] the newer connection of a subscriber wins, and the older closes with 4001', async () => {
  const world = await openWorld()
  const older = await openProducer(world)
  const newer = await openProducer(world)
  expect((await older.closed).code).toBe(4001)
  const id = await submitOne(newer)
  await newer.request('cancel', { task: id })
  await newer.outcome(id, 'CANCELLED')
})

test('[T026 G9] no more outcomes are under way unseen than the window', async () => {
  const world = await openWorld({ outcomeWindow: '3' })
  const producer = await openProducer(world)
  const ids = await submitMany(producer, 8)
  await cancelAll(producer, ids)
  const told: unknown[] = []
  for (const upTo of [3, 6, 8]) {
    while (told.length < upTo) told.push((await producer.frame('outcome')).task)
    await producer.settle()
    expect(producer.kept).toEqual([])
    producer.send({ type: 'seen', seq: upTo })
  }
  expect(told).toEqual(ids)
})

test('[T026 G9] where outcomes had to go unseen, a gap says so', async () => {
  const world = await openWorld({ outcomesKept: '2' })
  const watcher = await openProducer(world, { subscriber: 'late' })
  const ids = await submitMany(watcher, 6)
  await cancelAll(watcher, ids)
  const gap = await watcher.frame('gap')
  expect(Number(gap.since)).toBeLessThanOrEqual(Number(gap.until))
  watcher.close()
  await watcher.closed
  const again = await openProducer(world, { subscriber: 'late' })
  expect(await again.frame('outcome')).toMatchObject({ seq: 1, task: ids[4] })
  expect(await again.frame('outcome')).toMatchObject({ seq: 2, task: ids[5] })
})

const largeOutput = Buffer.alloc(500_000, 1)

test('[G1 G9 Q44] outcomes of more bytes than a send buffer holds all come to whoever reads them', async () => {
  const world = await openWorld({ outboxMaxBytes: '4194304' })
  const first = await openProducer(world)
  const ids = await submitMany(first, 16)
  const agent = await openIdleAgent(world, { capacity: 16 })
  first.close()
  await first.closed
  for (const _ of ids) {
    const { id, lease } = await agent.task()
    await agent.request('result', { task: id, lease, output: largeOutput, confidence: 1 })
  }
  const producer = await openProducer(world)
  const told = new Set<unknown>()
  while (told.size < ids.length) {
    const { task, seq } = await producer.frame('outcome')
    told.add(task)
    producer.send({ type: 'seen', seq })
  }
  expect(told).toEqual(new Set(ids))
  expect(producer.isOpen).toBe(true)
})

test('[G9 Q32] tasks of more bytes than a send buffer holds all come to the agent that asked for them', async () => {
  const world = await openWorld({ outboxMaxBytes: '2097152' })
  const producer = await openProducer(world)
  for (let i = 0; i < 16; i++) await submitOne(producer, { payload: largeOutput })
  const agent = await openIdleAgent(world, { capacity: 16 })
  for (let i = 0; i < 16; i++) {
    const { id, lease, attempt } = await agent.task()
    expect(attempt).toBe(1)
    await agent.request('result', { task: id, lease, confidence: 1 })
  }
  expect(agent.isOpen).toBe(true)
})

test('[G8 G9 W84] lists of tasks with large outputs end by their bytes, and lead on', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const ids = await submitMany(producer, 16)
  const agent = await openIdleAgent(world, { capacity: 16 })
  for (const _ of ids) {
    const { id, lease } = await agent.task()
    await agent.request('result', { task: id, lease, output: largeOutput, confidence: 1 })
  }
  const listed: unknown[] = []
  let cursor: unknown
  do {
    const page = await producer.request('tasks', { limit: 1_000, cursor })
    const tasks = page.tasks as readonly { readonly id: string }[]
    expect(tasks.length).toBeLessThan(8)
    listed.push(...tasks.map(({ id }) => id))
    cursor = page.cursor
  } while (cursor !== undefined)
  expect([...listed].sort()).toEqual([...ids].sort())
})
