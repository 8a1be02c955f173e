/** Nodes in processes of their own on one real Redis: what one of them has begun, any other goes on with. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import type { ClusterRecord } from '../../src/protocol/records.js'
import { type ChildNode, program } from '../integration/childNode.js'
import type { Assignment, Client } from '../integration/client.js'
import {
  openAgent,
  openIdleAgent,
  openOperator,
  openProducer,
  openReviewer,
  recordOf,
  submitOne,
  temporaryFolder,
} from '../integration/world.js'
import { nodesOnRedis } from './redisNodes.js'

const { pair } = nodesOnRedis()

const resultOf = ({ id, lease }: Assignment, output: unknown = 'done', confidence = 0.9): object => ({
  task: id,
  lease,
  output,
  confidence,
})

const outcomeOf = (producer: Client, task: string, status: string) =>
  producer.next(
    `the outcome ${status}`,
    (frame) => frame.type === 'outcome' && frame.task === task && frame.status === status,
  )

/** Comes back on another node with what it holds. */
const comeBack = (node: ChildNode, { session, holding }: { session: unknown; holding: readonly Assignment[] }) =>
  openAgent(node, {
    hello: { session, holding: holding.map(({ id, lease }) => ({ task: id, lease })) },
  })

test('[B11 T010] what is submitted on one node an agent of another does, and the outcome finds its producer', async () => {
  const { first, second } = await pair()
  const producer = await openProducer(first)
  const agent = await openIdleAgent(second)
  const id = await submitOne(producer)
  const task = await agent.task()
  expect(task.id).toBe(id)
  await agent.request('result', resultOf(task))
  expect(await outcomeOf(producer, id, 'COMPLETED')).toMatchObject({ final: true, output: 'done' })
})

test('[B11 G5] operators on two nodes see one card and one decision, and the task goes on', async () => {
  const { first, second } = await pair()
  const producer = await openProducer(first)
  const agent = await openIdleAgent(second, { capacity: 2 })
  const reviewers = [await openReviewer(first), await openReviewer(second, { sub: 'otto' })]
  const id = await submitOne(producer, { steps: ['q', 'q'] })
  const held = await agent.task()
  expect(await agent.request('result', resultOf(held, 'done', 0.2))).toMatchObject({ status: 'NEEDS_REVIEW' })
  const cards = await Promise.all(reviewers.map((one) => one.next('the card', ({ type }) => type === 'card')))
  const [card] = cards.map(({ card: shown }) => shown as { reviewId: string; version: number })
  if (card === undefined) throw new Error('no card')
  const decided = await Promise.all(
    reviewers.map((one) => one.ask('decide', { review: card.reviewId, status: 'APPROVED', version: card.version })),
  )
  expect(decided.map(({ type }) => type).sort()).toEqual(['ack', 'error'])
  await outcomeOf(producer, id, 'APPROVED')
  await agent.request('pull', { credits: 1 })
  const again = await agent.task()
  expect(again).toMatchObject({ id, step: 2 })
  await agent.request('result', resultOf(again))
  await outcomeOf(producer, id, 'COMPLETED')
})

test('[B12 G2] an agent that joins another node goes on with its leases there, and the older connection ends', async () => {
  const { first, second } = await pair()
  const producer = await openProducer(first)
  const older = await openIdleAgent(first)
  const id = await submitOne(producer)
  const task = await older.task()
  const newer = await comeBack(second, { session: older.welcome.session, holding: [task] })
  expect(newer.welcome).toMatchObject({ resumed: [task.lease], lost: [] })
  expect((await older.closed).code).toBe(4001)
  expect(await newer.request('result', resultOf(task))).toMatchObject({ status: 'COMPLETED' })
  expect(await recordOf(producer, id)).toMatchObject({ status: 'COMPLETED', attempt: 1 })
})

test('[B13 G7] agents of a killed node go on elsewhere with what they hold, before and after it is known dead', {
  timeout: 60_000,
}, async () => {
  const { first, second } = await pair({ resumeMs: '10000' })
  const producer = await openProducer(second)
  const agents = [await openIdleAgent(first, { sub: 'soon' }), await openIdleAgent(first, { sub: 'late' })]
  const ids = [await submitOne(producer), await submitOne(producer)]
  const tasks = await Promise.all(agents.map((agent) => agent.task()))
  await first.kill()
  for (const [at, agent] of agents.entries()) {
    const task = tasks[at]
    if (task === undefined) throw new Error('no task')
    // The second comes once the others have taken the node for dead.
    if (at === 1) await new Promise((resolve) => setTimeout(resolve, 4_500))
    const hello = { session: agent.welcome.session, holding: [{ task: task.id, lease: task.lease }] }
    const back = await openAgent(second, { sub: at === 0 ? 'soon' : 'late', hello })
    expect(back.welcome).toMatchObject({ resumed: [task.lease], lost: [] })
    await back.request('result', resultOf(task))
  }
  for (const id of ids) expect(await recordOf(producer, id)).toMatchObject({ status: 'COMPLETED', attempt: 1 })
})

test('[B13 G1 G7] what nobody comes back for is tried again, and a dead node’s delayed tasks come in time', {
  timeout: 60_000,
}, async () => {
  const { first, second } = await pair({ resumeMs: '1000' })
  const producer = await openProducer(second)
  const lost = await openIdleAgent(first)
  const delayed = await Promise.all(
    Array.from({ length: 8 }, () => submitOne(producer, { queue: 'later', delayMs: 6_000 })),
  )
  const id = await submitOne(producer)
  await lost.task()
  await first.kill()
  const agent = await openIdleAgent(second, { sub: 'other', queues: ['q', 'later'], capacity: 16 })
  for (let left = delayed.length + 1; left > 0; left--) await agent.request('result', resultOf(await agent.task()))
  for (const one of [id, ...delayed]) await outcomeOf(producer, one, 'COMPLETED')
  expect(await recordOf(producer, id)).toMatchObject({ attempt: 2 })
})

test('[B14] a node that is told to stop hands over, and its agents lose no attempt', { timeout: 60_000 }, async () => {
  const { first, second } = await pair()
  const producer = await openProducer(second)
  const agent = await openIdleAgent(first)
  const id = await submitOne(producer)
  const task = await agent.task()
  first.signal('SIGTERM')
  expect(await agent.next('a drain', ({ type }) => type === 'drain')).toMatchObject({ reconnectMs: expect.any(Number) })
  const back = await comeBack(second, { session: agent.welcome.session, holding: [task] })
  expect(back.welcome).toMatchObject({ resumed: [task.lease] })
  expect(await first.ended).toBe(0)
  await back.request('result', resultOf(task))
  expect(await recordOf(producer, id)).toMatchObject({ status: 'COMPLETED', attempt: 1 })
})

test('[B15 G7] a node that was frozen and taken for dead begins anew, and what it held counts once', {
  timeout: 60_000,
}, async () => {
  const { first, second } = await pair({ resumeMs: '1000' })
  const producer = await openProducer(second)
  const frozen = await openIdleAgent(first)
  const id = await submitOne(producer)
  const task = await frozen.task()
  first.signal('SIGSTOP')
  const other = await openIdleAgent(second, { sub: 'other' })
  const again = await other.task()
  expect(again).toMatchObject({ id, attempt: 2 })
  first.signal('SIGCONT')
  const stale = await frozen.ask('result', resultOf(task, 'too late')).catch(() => ({ type: 'closed', code: '' }))
  expect(['STALE_LEASE', '']).toContain(stale.code)
  await other.request('result', resultOf(again))
  expect(await outcomeOf(producer, id, 'COMPLETED')).toMatchObject({ output: 'done' })
  const fresh = await openIdleAgent(first, { sub: 'fresh' })
  const next = await submitOne(producer)
  expect((await fresh.task()).id).toBe(next)
})

test('[B16 G8] an admin sees nodes and shards; others do not', async () => {
  const { first } = await pair()
  const admin = await openOperator(first, { roles: ['admin'] })
  const seen = async () => (await admin.request('cluster')).cluster as ClusterRecord
  const until = Date.now() + 10_000
  const isSettled = ({ nodes, shards }: ClusterRecord) =>
    nodes.length === 2 && shards.every(({ node }) => node !== undefined)
  while (!isSettled(await seen()) && Date.now() < until) await admin.request('stats')
  const { nodes, shards } = await seen()
  expect(nodes.map(({ node, status }) => `${node} ${status}`)).toEqual(['n1 UP', 'n2 UP'])
  expect(shards).toHaveLength(4)
  for (const { node, epoch, lateMs } of shards) {
    expect(['n1', 'n2']).toContain(node)
    expect(epoch).toBeGreaterThan(0)
    expect(lateMs).toBe(0)
  }
  const operator = await openOperator(first)
  expect(await operator.ask('cluster')).toMatchObject({ type: 'error', code: 'FORBIDDEN' })
})

test('[B17] a node that is told to stop while it waits for its ledger ends at once', async () => {
  const data = await temporaryFolder()
  const waiting = spawn(process.execPath, [program, 'serve', '--redis', 'redis://127.0.0.1:1', '--data', data])
  const ended = once(waiting, 'exit')
  let said = ''
  for (const stream of [waiting.stdout, waiting.stderr]) {
    stream.on('data', (part: Buffer) => {
      said += part.toString()
      if (said.includes('waiting for it')) waiting.kill('SIGTERM')
    })
  }
  expect(await ended).toEqual([0, null])
})
