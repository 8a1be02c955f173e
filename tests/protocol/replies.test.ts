/** What a node answers beside the main road: what the page promises of requests that may go without an answer. */
import { expect, test } from 'vitest'
import {
  openAgent,
  openIdleAgent,
  openProducer,
  openReviewer,
  openWorld,
  submit,
  submitOne,
} from '../integration/world.js'

test('[F60] progress with an id is acknowledged, under a lease that ended it is stale, and without an id silent', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const agent = await openIdleAgent(world)
  const task = await submitOne(producer)
  const { lease } = await agent.task()
  expect(await agent.request('progress', { task, lease, percent: 50 })).toEqual({ type: 'ack', re: expect.any(Number) })
  expect(await agent.ask('progress', { task: 'other', lease })).toMatchObject({ code: 'STALE_LEASE' })
  await agent.request('result', { task, lease, confidence: 1 })
  expect(await agent.ask('progress', { task, lease })).toMatchObject({ code: 'STALE_LEASE' })
  agent.send({ type: 'progress', task, lease })
  await agent.settle()
  expect(agent.kept).toEqual([])
})

test('[F61] seen with an id is acknowledged once its outcomes are dropped: none of them comes again', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const agent = await openIdleAgent(world, { capacity: 2 })
  const tasks = (await submit(producer, {}, {})).map(({ id }) => id)
  for (const id of tasks) {
    const { lease } = await agent.task(id)
    await agent.request('result', { task: id, lease, confidence: 1 })
    await producer.outcome(id, 'COMPLETED')
  }
  expect(await producer.request('seen', { seq: 2 })).toEqual({ type: 'ack', re: expect.any(Number) })
  expect(await producer.request('seen', { seq: 2 })).toEqual({ type: 'ack', re: expect.any(Number) })
  producer.close()
  await producer.closed
  const again = await openProducer(world)
  const last = await submitOne(again)
  await agent.request('pull', { credits: 1 })
  const { lease } = await agent.task(last)
  await agent.request('result', { task: last, lease, confidence: 1 })
  expect(await again.outcome(last, 'COMPLETED')).toMatchObject({ seq: 1 })
})

test('[F61] seen with an id from a producer without a subscriber name is acknowledged', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  expect(await producer.request('seen', { seq: 9 })).toEqual({ type: 'ack', re: expect.any(Number) })
})

test('[F63] a confidence that is no number is named on the card for what it is', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const operator = await openReviewer(world)
  const agent = await openIdleAgent(world)
  const task = await submitOne(producer)
  const { lease } = await agent.task()
  expect(await agent.request('result', { task, lease, confidence: '0.9' })).toMatchObject({ status: 'NEEDS_REVIEW' })
  const { card } = await operator.frame('card')
  expect(card).toMatchObject({ reason: 'LOW_CONFIDENCE', confidence: 0 })
  expect((card as { details: string }).details).toContain('not a number')
  expect((card as { details: string }).details).not.toContain('object')
})

test('[F64] the end of a lease is answered with tasks and credits where credits were sent, and only there', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const agent = await openAgent(world, { capacity: 4 })
  await agent.request('pull', { credits: 4 })
  await submit(producer, {}, {}, {}, {})
  const error = { code: 'E', message: 'm' }
  const end = async (type: string, fields: object) => {
    const { id: task, lease } = await agent.task()
    const first = await agent.request(type, { task, lease, ...fields })
    const again = await agent.request(type, { task, lease, ...fields })
    return [first, again].map((ack) => ['status' in ack, ack.tasks, ack.credits])
  }
  const without = [true, undefined, undefined]
  expect(await end('result', { confidence: 1 })).toEqual([without, without])
  expect(await end('fail', { error, retry: false })).toEqual([without, without])
  expect(await end('release', {})).toEqual([without, without])
  expect(await end('result', { confidence: 1, credits: 0 })).toEqual([
    [true, [], 0],
    [true, [], 0],
  ])
})

test('[F64] of two that end a lease at once each is answered by what it sent', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const agent = await openIdleAgent(world)
  const task = await submitOne(producer)
  const { lease } = await agent.task()
  const result = { type: 'result', task, lease, confidence: 1 }
  agent.send({ ...result, id: 71 }, { ...result, id: 72, credits: 1 })
  expect(await agent.frame('ack', { re: 71 })).not.toHaveProperty('credits')
  expect(await agent.frame('ack', { re: 72 })).toMatchObject({ duplicate: true, tasks: [], credits: 1 })
})
