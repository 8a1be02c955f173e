/** Leases on one node: who holds a task, for how long, and what becomes of it when an agent goes away. */
import { expect, test } from 'vitest'
import {
  open,
  openAgent,
  openIdleAgent,
  openOperator,
  openProducer,
  openWorld,
  recordOf,
  submit,
  submitOne,
} from './world.js'

const beatMs = 200

test('[T013 G2] a task that is given back goes to another agent, and no attempt counts', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const first = await openIdleAgent(world, { sub: 'first' })
  const id = await submitOne(producer)
  const task = await first.task()
  // The first is ready for more before the second comes, and is passed over all the same.
  await first.request('pull', { credits: 1 })
  const second = await openIdleAgent(world, { sub: 'second' })
  expect(await first.request('release', { task: id, lease: task.lease })).toMatchObject({ type: 'ack' })
  const again = await second.task()
  expect(again).toMatchObject({ id, attempt: 1 })
  expect(await first.ask('result', { task: id, lease: task.lease, confidence: 1 })).toMatchObject({
    code: 'STALE_LEASE',
  })
  await second.request('result', { task: id, lease: again.lease, confidence: 1 })
})

test('[T010 G2] whoever sends a result again is told the same; another kind of end is stale', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const agent = await openIdleAgent(world)
  const id = await submitOne(producer)
  const { lease } = await agent.task()
  const result = { task: id, lease, output: 'x', confidence: 1 }
  expect(await agent.request('result', result)).not.toHaveProperty('duplicate')
  expect(await agent.request('result', { ...result, output: 'y' })).toMatchObject({
    status: 'COMPLETED',
    duplicate: true,
  })
  const fail = { task: id, lease, error: { code: 'E', message: 'late' } }
  expect(await agent.ask('fail', fail)).toMatchObject({ code: 'STALE_LEASE' })
  expect(await agent.ask('release', { task: id, lease })).toMatchObject({ code: 'STALE_LEASE' })
  expect(await producer.outcome(id, 'COMPLETED')).toMatchObject({ output: 'x' })
  expect(await recordOf(producer, id)).toMatchObject({ output: 'x' })
})

test('[T010 G2] results that are sent twice at once are accepted once', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const agent = await openIdleAgent(world)
  const id = await submitOne(producer)
  const { lease } = await agent.task()
  const result = { type: 'result', task: id, lease, confidence: 1 }
  agent.send({ ...result, id: 71, output: 'first' }, { ...result, id: 72, output: 'second' })
  expect(await agent.frame('ack', { re: 71 })).toMatchObject({ status: 'COMPLETED' })
  expect(await agent.frame('ack', { re: 72 })).toMatchObject({ status: 'COMPLETED', duplicate: true })
  expect(await producer.outcome(id, 'COMPLETED')).toMatchObject({ output: 'first' })
})

test('[T010 G2 G6] a result under a lease that has ended changes nothing, and is on record once', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const admin = await openOperator(world, { roles: ['admin'] })
  const slow = await openIdleAgent(world, { sub: 'slow' })
  const id = await submitOne(producer, { timeoutMs: 200 })
  const task = await slow.task()
  await slow.frame('cancel', { task: id })
  const quick = await openIdleAgent(world, { sub: 'quick' })
  const again = await quick.task(id)
  expect(again.attempt).toBe(2)
  for (const confidence of [1, 0.9]) {
    const late = await slow.ask('result', { task: id, lease: task.lease, output: 'late', confidence })
    expect(late).toMatchObject({ type: 'error', code: 'STALE_LEASE' })
  }
  await quick.request('result', { task: id, lease: again.lease, output: 'in time', confidence: 1 })
  expect(await producer.outcome(id, 'COMPLETED')).toMatchObject({ output: 'in time' })
  const { entries } = await admin.request('audit')
  expect((entries as { kind: string }[]).filter(({ kind }) => kind === 'staleResult')).toMatchObject([
    { task: id, by: 'slow' },
  ])
})

test('[T010 G2] a lease is of use to its agent alone', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const agent = await openIdleAgent(world)
  const thief = await openAgent(world, { sub: 'thief' })
  const id = await submitOne(producer)
  const { lease } = await agent.task()
  for (const type of ['result', 'release']) {
    expect(await thief.ask(type, { task: id, lease, confidence: 1 })).toMatchObject({ code: 'STALE_LEASE' })
  }
  expect(await recordOf(producer, id)).toMatchObject({ status: 'RUNNING', agentId: 'bot' })
})

test('[T011 G2] of the leases that a heartbeat lists those live on, and the others are lost attempts', async () => {
  const world = await openWorld({ leaseMs: '1000' })
  const producer = await openProducer(world)
  const agent = await openIdleAgent(world, { capacity: 2 })
  await submit(producer, {}, {})
  const kept = await agent.task()
  const left = await agent.task()
  const beating = setInterval(() => agent.send({ type: 'heartbeat', holding: [kept.lease] }), beatMs)
  const cancel = await agent.frame('cancel')
  clearInterval(beating)
  expect(cancel).toMatchObject({ task: left.id, lease: left.lease })
  expect(await recordOf(producer, left.id)).toMatchObject({ status: 'SCHEDULED', error: { code: 'LEASE_EXPIRED' } })
  expect(await agent.request('result', { task: kept.id, lease: kept.lease, confidence: 1 })).toMatchObject({
    status: 'COMPLETED',
  })
})

test('[T011 G7] an agent that comes back goes on with its leases, and no attempt counts', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const before = await openIdleAgent(world, { capacity: 2 })
  const id = await submitOne(producer)
  const { lease } = await before.task()
  before.cut()
  const foreign = `${lease.slice(0, -1)}${lease.endsWith('A') ? 'B' : 'A'}`
  const holding = [
    { task: id, lease },
    { task: id, lease: foreign },
  ]
  const after = await openAgent(world, { capacity: 2, hello: { session: before.welcome.session, holding } })
  expect(after.welcome).toMatchObject({ resumed: [lease], lost: [foreign] })
  expect(await recordOf(producer, id)).toMatchObject({ status: 'RUNNING', attempt: 1 })
  expect(await after.request('result', { task: id, lease, output: 1, confidence: 1 })).toMatchObject({
    status: 'COMPLETED',
  })
})

test('[T011 G7] what an agent does not list when it comes back is a lost attempt', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const before = await openIdleAgent(world)
  const id = await submitOne(producer)
  const { lease } = await before.task()
  before.cut()
  const after = await openIdleAgent(world, { hello: { session: before.welcome.session } })
  expect(after.welcome).toMatchObject({ resumed: [], lost: [] })
  expect(await after.task()).toMatchObject({ id, attempt: 2 })
  expect(await after.ask('result', { task: id, lease, confidence: 1 })).toMatchObject({ code: 'STALE_LEASE' })
})

test('[T011 G7] an agent that does not come back within resumeMs loses its attempt', async () => {
  const world = await openWorld({ resumeMs: '200' })
  const producer = await openProducer(world)
  const agent = await openIdleAgent(world)
  const id = await submitOne(producer, { maxAttempts: 1 })
  const { lease } = await agent.task()
  agent.cut()
  expect(await producer.outcome(id, 'FAILED')).toMatchObject({ error: { code: 'AGENT_LOST' } })
  const holding = [{ task: id, lease }]
  const back = await openAgent(world, { hello: { session: agent.welcome.session, holding } })
  expect(back.welcome).toMatchObject({ resumed: [], lost: [lease] })
})

test('[T011 G2] the newer connection of an agent takes its leases over, and the older closes with 4001', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const older = await openIdleAgent(world)
  const id = await submitOne(producer)
  const { lease } = await older.task()
  const newer = await openAgent(world, { hello: { holding: [{ task: id, lease }] } })
  expect(newer.welcome).toMatchObject({ resumed: [lease] })
  expect((await older.closed).code).toBe(4001)
  expect(await newer.request('result', { task: id, lease, confidence: 1 })).toMatchObject({ status: 'COMPLETED' })
})

test('[T012 G9] an agent never has more tasks than its capacity, whatever it asks for', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const tasks = await submit(producer, ...Array.from({ length: 12 }, () => ({})))
  const agent = await openAgent(world, { capacity: 2 })
  const inHand = new Map<string, string>()
  let most = 0
  let done = 0
  const isDone = new Promise<void>((resolve) => {
    agent.onFrame = ({ type, task }) => {
      if (type !== 'task') return false
      const { id, lease } = task as { id: string; lease: string }
      inHand.set(id, lease)
      most = Math.max(most, inHand.size)
      // Works on each when it has two of them, so that there always is a reason to give it a third.
      if (inHand.size < 2) return true
      for (const [each, token] of inHand) {
        inHand.delete(each)
        agent.send({ type: 'result', id: 1_000 + done++, task: each, lease: token, confidence: 1, credits: 1_024 })
      }
      if (done === tasks.length) resolve()
      return true
    }
  })
  await agent.request('pull', { credits: 1_024 })
  await isDone
  for (const { id } of tasks) await producer.outcome(id, 'COMPLETED')
  expect(most).toBe(2)
})

test('[T012 G9] credits are gone with their connection', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const before = await openAgent(world, { capacity: 8 })
  expect(await before.request('pull', { credits: 100 })).toMatchObject({ credits: 8 })
  before.cut()
  const after = await openAgent(world, { capacity: 8, hello: { session: before.welcome.session } })
  const other = await openIdleAgent(world, { sub: 'other' })
  const id = await submitOne(producer)
  expect(await other.task()).toMatchObject({ id, attempt: 1 })
  await after.settle()
  expect(after.kept).toEqual([])
})

test('[T009 G9] before hello nothing is served, and a second hello is refused', async () => {
  const world = await openWorld()
  const agent = await open(world, 'agent')
  expect(await agent.ask('pull', { credits: 1 })).toMatchObject({ code: 'NOT_READY' })
  await agent.hello({ queues: ['q'], capacity: 1 })
  expect(await agent.ask('hello', { queues: ['q'], capacity: 1 })).toMatchObject({ code: 'INVALID' })
})
