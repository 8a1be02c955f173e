/** The life of a task on one node, from end to end, on real sockets. */
import { expect, test } from 'vitest'
import {
  openAgent,
  openIdleAgent,
  openOperator,
  openProducer,
  openReviewer,
  openWorld,
  recordOf,
  submit,
  submitOne,
} from './world.js'

test('[T026 G1] a task is submitted, worked on, and its outcome told', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const agent = await openIdleAgent(world)
  const id = await submitOne(producer, { payload: { text: 'good morning', big: 2 ** 40 }, trace: 'tr-1' })
  const task = await agent.task()
  expect(task).toMatchObject({ id, queue: 'q', step: 1, steps: 1, attempt: 1, trace: 'tr-1' })
  expect(task.payload).toEqual({ text: 'good morning', big: 2 ** 40 })
  expect(await recordOf(producer, id)).toMatchObject({ status: 'RUNNING', agentId: 'bot', final: false })
  const reply = await agent.request('result', { task: id, lease: task.lease, output: ['done'], confidence: 0.9 })
  expect(reply).toMatchObject({ status: 'COMPLETED' })
  const outcome = await producer.outcome(id, 'COMPLETED')
  expect(outcome).toMatchObject({ seq: 1, final: true, step: 1, output: ['done'] })
  expect(await recordOf(producer, id)).toMatchObject({ status: 'COMPLETED', final: true, output: ['done'] })
})

test('[T024 G1] a task goes through its steps, each with the output of the one before', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const reader = await openIdleAgent(world, { sub: 'reader', queues: ['read'] })
  const writer = await openIdleAgent(world, { sub: 'writer', queues: ['write'] })
  const id = await submitOne(producer, { steps: ['read', 'write'], payload: 'mail' })
  const first = await reader.task()
  expect(first).toMatchObject({ id, queue: 'read', step: 1, steps: 2, payload: 'mail' })
  expect(first).not.toHaveProperty('previous')
  const { status } = await reader.request('result', {
    task: id,
    lease: first.lease,
    output: { read: 1 },
    confidence: 1,
  })
  expect(status).toBe('QUEUED')
  const second = await writer.task()
  expect(second).toMatchObject({ id, queue: 'write', step: 2, attempt: 1, payload: 'mail', previous: { read: 1 } })
  await writer.request('result', { task: id, lease: second.lease, output: 'written', confidence: 1 })
  expect(await producer.outcome(id, 'COMPLETED')).toMatchObject({ step: 2, output: 'written' })
})

test('[T013 G9] a high priority overtakes, and a low one does not starve', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const low = await submitOne(producer, { priority: 'low' })
  const high = await submit(producer, ...Array.from({ length: 40 }, () => ({ priority: 'high' })))
  const agent = await openAgent(world)
  const order: string[] = []
  await agent.request('pull', { credits: 1 })
  while (order.length < high.length + 1) {
    const { id, lease } = await agent.task()
    order.push(id)
    agent.send({ type: 'result', id: order.length + 100, task: id, lease, confidence: 1, credits: 1 })
  }
  expect(order[0]).toBe(high[0]?.id)
  expect(order.indexOf(low)).toBeLessThan(21)
})

test('[T013 G1] a delayed task waits as SCHEDULED until it is due', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const agent = await openIdleAgent(world)
  const id = await submitOne(producer, { delayMs: 400 })
  const record = await recordOf(producer, id)
  expect(record.status).toBe('SCHEDULED')
  await agent.task(id)
  const { now } = await agent.request('heartbeat')
  expect(Number(now) - Number(record.createdAt)).toBeGreaterThanOrEqual(400)
})

test('[T013 G1] a task that no agent takes within ttlMs is EXPIRED', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const id = await submitOne(producer, { ttlMs: 200 })
  expect(await producer.outcome(id, 'EXPIRED')).toMatchObject({ final: true })
  const agent = await openIdleAgent(world)
  await submitOne(producer, { payload: 'next' })
  expect(await agent.task()).toMatchObject({ payload: 'next' })
})

test('[T013 G2] an attempt that takes longer than timeoutMs is lost, and its agent told', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const agent = await openIdleAgent(world)
  const id = await submitOne(producer, { timeoutMs: 300, maxAttempts: 1 })
  const { lease } = await agent.task()
  expect(await agent.frame('cancel', { task: id })).toMatchObject({ lease })
  expect(await producer.outcome(id, 'FAILED')).toMatchObject({ final: true, error: { code: 'TIMEOUT' } })
})

test('[T013 G1] a failed attempt is tried again after a pause, and the last one makes a dead letter to replay', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const agent = await openIdleAgent(world)
  const id = await submitOne(producer, { maxAttempts: 2, payload: 'hard' })
  const error = { code: 'E_MODEL', message: 'the model is away' }
  const first = await agent.task()
  expect(await agent.request('fail', { task: id, lease: first.lease, error, credits: 1 })).toMatchObject({
    status: 'SCHEDULED',
  })
  expect(await recordOf(producer, id)).toMatchObject({ status: 'SCHEDULED', error })
  const second = await agent.task()
  expect(second).toMatchObject({ id, attempt: 2 })
  expect(second.lease).not.toBe(first.lease)
  expect(await agent.request('fail', { task: id, lease: second.lease, error })).toMatchObject({ status: 'FAILED' })
  expect(await producer.outcome(id, 'FAILED')).toMatchObject({ final: true, error })

  const { task: again } = await producer.request('replay', { task: id })
  expect(await producer.request('replay', { task: id })).toMatchObject({ task: again, existing: true })
  await agent.request('pull', { credits: 1 })
  expect(await agent.task()).toMatchObject({ id: again, attempt: 1, payload: 'hard' })
  expect(await recordOf(producer, String(again))).toMatchObject({ replayOf: id })
})

test('[T013 G1] retry: false ends the task at once', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const agent = await openIdleAgent(world)
  const id = await submitOne(producer)
  const { lease } = await agent.task()
  const reply = await agent.request('fail', { task: id, lease, error: { code: 'E', message: 'no use' }, retry: false })
  expect(reply).toMatchObject({ status: 'FAILED' })
  expect(await producer.outcome(id, 'FAILED')).toMatchObject({ error: { code: 'E', message: 'no use' } })
})

test('[T013 G1] a task that waits is cancelled, SCHEDULED or QUEUED, and never given out', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const scheduled = await submitOne(producer, { delayMs: 600_000 })
  const queued = await submitOne(producer)
  for (const task of [scheduled, queued]) {
    expect(await producer.request('cancel', { task, reason: 'not needed' })).toMatchObject({ status: 'CANCELLED' })
    expect(await producer.outcome(task, 'CANCELLED')).toMatchObject({ final: true })
    expect(await producer.request('cancel', { task })).toMatchObject({ status: 'CANCELLED' })
  }
  const agent = await openIdleAgent(world)
  const other = await submitOne(producer)
  expect(await agent.task()).toMatchObject({ id: other })
})

test('[T013 G2] a running task is cancelled: its agent stops, and its result counts for nothing', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const agent = await openIdleAgent(world)
  const id = await submitOne(producer)
  const { lease } = await agent.task()
  await producer.request('cancel', { task: id, reason: 'changed my mind' })
  expect(await agent.frame('cancel', { task: id })).toMatchObject({ lease, reason: 'changed my mind' })
  const late = await agent.ask('result', { task: id, lease, output: 1, confidence: 1 })
  expect(late).toMatchObject({ type: 'error', code: 'STALE_LEASE' })
  expect(await producer.outcome(id, 'CANCELLED')).toMatchObject({ final: true })
  expect(await recordOf(producer, id)).not.toHaveProperty('output')
})

test('[T022 G5] cancelling a held task withdraws its card', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const operator = await openReviewer(world)
  const agent = await openIdleAgent(world)
  const id = await submitOne(producer)
  const { lease } = await agent.task()
  await agent.request('result', { task: id, lease, output: 'maybe', confidence: 0.1 })
  const { card } = await operator.frame('card')
  const { reviewId: review } = card as { reviewId: string }
  expect(await producer.request('cancel', { task: id })).toMatchObject({ status: 'CANCELLED' })
  await operator.next(
    'the card withdrawn',
    (frame) => (frame.card as { status?: string } | undefined)?.status === 'WITHDRAWN',
  )
  const late = await operator.ask('decide', { review, status: 'APPROVED' })
  expect(late).toMatchObject({ type: 'error', code: 'ALREADY_DECIDED', card: { status: 'WITHDRAWN' } })
  await producer.outcome(id, 'CANCELLED')
})

test('[T013 G1] a submission with a known key is the same task; with other content it is a CONFLICT', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const task = { key: 'order-7', payload: { n: 7 } }
  const [first] = await submit(producer, task)
  const [again, other] = await submit(producer, { ...task, priority: 'high' }, { key: 'order-7', payload: { n: 8 } })
  expect(again).toEqual({ id: first?.id, existing: true })
  expect(other?.error).toMatchObject({ code: 'CONFLICT' })
  const someoneElse = await openProducer(world, { sub: 'carl' })
  expect((await submit(someoneElse, task))[0]?.id).not.toBe(first?.id)
  expect((await producer.request('tasks')).tasks).toHaveLength(1)
})

test('[T013 G9] an agent of several queues is given tasks of each', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const queues = ['alpha', 'beta', 'gamma']
  const agent = await openIdleAgent(world, { queues, capacity: 3 })
  await submit(producer, ...queues.map((queue) => ({ queue })))
  const given = [await agent.task(), await agent.task(), await agent.task()]
  expect(given.map(({ queue }) => queue).sort()).toEqual(queues)
})

test('[T003 G8] an operator sees the agents, what they do, and that they went', async () => {
  const world = await openWorld({ resumeMs: '0' })
  const operator = await openOperator(world)
  const agent = await openAgent(world, { hello: { instance: 'i1' } })
  await agent.request('heartbeat', { status: 'ACTIVE', metrics: { load: 0.5 } })
  const here = await operator.request('agents')
  expect(here.agents).toMatchObject([
    { id: 'bot/i1', status: 'ACTIVE', queues: ['q'], holding: 0, metrics: { load: 0.5 } },
  ])
  agent.close()
  await agent.closed
  const gone = await operator.request('agents')
  expect(gone.agents).toMatchObject([{ id: 'bot/i1', status: 'OFFLINE' }])
})
