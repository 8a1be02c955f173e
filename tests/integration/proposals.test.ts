/** Agents that ask before they act, on real sockets: people decide, connections and nodes come and go in between. */
import { expect, onTestFinished, test } from 'vitest'
import { Agent, type CardListener, Operator } from '../../src/client/index.js'
import { startNode } from '../../src/main/node.js'
import { spawnNode } from './childNode.js'
import type { Assignment, Client } from './client.js'
import {
  configOf,
  type Door,
  openAgent,
  openIdleAgent,
  openOperator,
  openProducer,
  openReviewer,
  openWorld,
  recordOf,
  submitOne,
  temporaryFolder,
  tokenOf,
} from './world.js'

const pay = { pay: { to: 'the plumber', amount: 480 } }

const propose = (agent: Client, { id, lease }: Assignment, fields: object = {}) =>
  agent.ask('propose', { task: id, lease, key: 'k', action: pay, confidence: 0.2, ...fields })

/** A task in an agent's hands, and a question of it that is open. */
const asking = async (door: Door, task: object = {}) => {
  const producer = await openProducer(door)
  const agent = await openIdleAgent(door)
  const id = await submitOne(producer, task)
  const assigned = await agent.task()
  const asked = await propose(agent, assigned, { summary: 'it is due' })
  expect(asked).toMatchObject({ type: 'ack', status: 'NEEDS_REVIEW', review: expect.any(String) })
  const holding = [{ task: id, lease: assigned.lease }]
  return {
    producer,
    agent,
    id,
    assigned,
    review: String(asked.review),
    hello: { session: agent.welcome.session, holding },
  }
}

const done = ({ id, lease }: Assignment) => ({ task: id, lease, output: 'done', confidence: 1 })

test('[PP40 G3] what the gate lets pass goes on at once; what it holds waits for a person, who sees what and why', async () => {
  const door = await openWorld()
  const reviewer = await openReviewer(door)
  const { agent, assigned, review, producer, id } = await asking(door)
  const { card } = await reviewer.frame('card')
  expect(card).toMatchObject({
    reviewId: review,
    taskId: id,
    kind: 'action',
    reason: 'LOW_CONFIDENCE',
    status: 'PENDING',
    output: pay,
    summary: 'it is due',
    agentId: 'bot',
  })
  expect(await propose(agent, assigned, { key: 'other', confidence: 0.9 })).toMatchObject({ status: 'APPROVED' })
  expect(await recordOf(producer, id)).toMatchObject({ status: 'RUNNING', attempt: 1 })
  await reviewer.request('decide', { review, status: 'APPROVED', edited: { pay: { amount: 48 } }, reason: 'a typo' })
  expect(await agent.frame('decision')).toMatchObject({
    task: id,
    lease: assigned.lease,
    key: 'k',
    review,
    status: 'APPROVED',
    operatorId: 'olga',
    action: { pay: { amount: 48 } },
    reason: 'a typo',
    deadline: expect.any(Number),
  })
  await agent.request('decided', { task: id, lease: assigned.lease, key: 'k' })
  expect(await agent.request('result', done(assigned))).toMatchObject({ status: 'COMPLETED' })
})

test('[PP40 G3] says nothing of the action to anybody but who reviews it', async () => {
  const door = await openWorld()
  const { agent, assigned, producer, id, review } = await asking(door)
  const operator = await openOperator(door, { sub: 'root', roles: ['admin'] })
  await operator.request('decide', { review, status: 'REJECTED', reason: 'no' })
  expect(await agent.frame('decision')).not.toHaveProperty('action')
  const { entries } = await operator.request('audit')
  expect(entries).toMatchObject([
    { kind: 'held', review },
    { kind: 'decided', review, status: 'REJECTED' },
  ])
  await agent.request('result', done(assigned))
  const said = JSON.stringify([entries, await recordOf(producer, id), producer.kept, await operator.request('agents')])
  for (const word of ['plumber', '480', 'it is due']) expect(said).not.toContain(word)
})

test('[PP40 G8] another tenant sees no card of it and decides nothing', async () => {
  const door = await openWorld()
  const { review } = await asking(door)
  const foreign = await openOperator(door, { tenant: 't_other' })
  expect(await foreign.ask('decide', { review, status: 'APPROVED' })).toMatchObject({ code: 'NOT_FOUND' })
  expect(await foreign.ask('get', { review })).toMatchObject({ code: 'NOT_FOUND' })
})

test('[PP41 G7] an answer that comes before the agent is back waits for it', async () => {
  const door = await openWorld()
  const { agent, id, assigned, review, hello } = await asking(door)
  agent.cut()
  await agent.closed
  const operator = await openOperator(door)
  await operator.request('decide', { review, status: 'REJECTED', reason: 'not now', reasonCode: 'LATER' })
  const back = await openAgent(door, { hello })
  expect(back.welcome).toMatchObject({ resumed: [assigned.lease] })
  const told = await back.frame('decision')
  expect(told).toMatchObject({ task: id, key: 'k', review, status: 'REJECTED', reason: 'not now', reasonCode: 'LATER' })
  expect(await back.request('result', done(assigned))).toMatchObject({ status: 'COMPLETED' })
})

test('[PP41 G7] a killed node loses neither the question nor the answer', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder()
  const first = await spawnNode(folder)
  const { id, assigned, review, hello } = await asking(first)
  await first.kill()

  const second = await spawnNode(folder)
  const reviewer = await openReviewer(second)
  const { card } = await reviewer.request('get', { review })
  expect(card).toMatchObject({ kind: 'action', status: 'PENDING', output: pay })
  const back = await openAgent(second, { hello })
  expect(back.welcome).toMatchObject({ resumed: [assigned.lease] })
  expect(await propose(back, assigned)).toMatchObject({ status: 'NEEDS_REVIEW', review })
  await reviewer.request('decide', { review, status: 'APPROVED' })
  await second.kill()

  const third = await spawnNode(folder)
  const again = await openAgent(third, { hello: { ...hello, session: back.welcome.session } })
  expect(await again.frame('decision')).toMatchObject({ task: id, key: 'k', review, status: 'APPROVED' })
  expect(await again.request('result', done(assigned))).toMatchObject({ status: 'COMPLETED' })
  expect(await recordOf(await openProducer(third), id)).toMatchObject({ status: 'COMPLETED', attempt: 1 })
})

test('[PP42] a handler waits for the person over a restart of the node, by one line', async () => {
  const config = configOf(await temporaryFolder(), { drainMs: '0' })
  const before = await startNode(config)
  const { port } = new URL(before.url)
  const agent = new Agent({
    url: before.url,
    token: await tokenOf({ sub: 'bot', roles: ['agent'] }),
    queues: ['q'],
    handle: async (_task, ctx) => {
      const { status, action, reason } = await ctx.propose(pay, { confidence: 0.3, summary: 'it is due' })
      return { output: [status, action, reason], confidence: 1 }
    },
  })
  const operator = new Operator({ url: before.url, token: await tokenOf({ sub: 'olga', roles: ['operator'] }) })
  const producer = await openProducer(before)
  const id = await submitOne(producer)
  const review = await new Promise<string>((resolve, reject) => {
    const see: CardListener = (change) => {
      const [card] = change.kind === 'list' ? change.cards : [change.card]
      if (card !== undefined) resolve(card.reviewId)
    }
    operator.subscribe({}, see).catch(reject)
  })
  await before.stop()
  const after = await startNode(configOf(config.data, { drainMs: '0', port }))
  onTestFinished(async () => {
    await agent.close()
    operator.close()
    await after.stop()
  })
  await operator.decide(review, { status: 'REJECTED', reason: 'too much' })
  const again = await openProducer(after)
  expect(await again.outcome(id, 'COMPLETED')).toMatchObject({ output: ['REJECTED', pay, 'too much'] })
})
