/** A handler that asks before it acts, over connections that come and go, against a node that says what a test wants. */
import { expect, onTestFinished, test } from 'vitest'
import { backoffMs } from '../../src/client/backoff.js'
import { type ActionDecision, Agent, ChimeraError, type TaskContext } from '../../src/client/index.js'
import { HandPlatform } from './handPlatform.js'
import { openNode, type Peer, type Received } from './scriptedNode.js'
import { States } from './states.js'

const now = 1_700_000_000_000
const held = { task: 'a', lease: 'lease-a' }
const assignment = { id: 'a', lease: 'lease-a', queue: 'q', step: 1, steps: 1, attempt: 1, payload: null }

/** An agent with one task in its handler. */
const working = async ({ timeoutMs = 600_000 } = {}) => {
  const node = await openNode()
  const platform = new HandPlatform()
  let give: (ctx: TaskContext) => void = () => {}
  const given = new Promise<TaskContext>((resolve) => {
    give = resolve
  })
  let finish: () => void = () => {}
  const agent = new Agent({
    url: node.url,
    token: 't',
    queues: ['q'],
    platform,
    handle: (_task, ctx) =>
      new Promise((resolve) => {
        finish = () => resolve({ output: 'done', confidence: 1 })
        give(ctx)
      }),
  })
  const states = new States(agent)
  onTestFinished(async () => {
    const closing = agent.close({ drain: false })
    await new Promise((resolve) => setImmediate(resolve))
    platform.advance(60_000)
    await closing
  })
  const peer = await node.welcomed()
  peer.ack(await peer.next('pull'), { tasks: [{ ...assignment, deadline: now + timeoutMs }], credits: 0 })
  const ctx = await given
  /** Loses the connection; the next one, welcomed with what the agent holds. */
  const reconnect = async (lost: Peer): Promise<Peer> => {
    lost.drop()
    platform.advance((await states.next('waiting')).delayMs)
    return node.welcomed({ resumed: [held.lease] })
  }
  return { platform, agent, peer, ctx, finish: () => finish(), reconnect }
}

const needsReview = { status: 'NEEDS_REVIEW', review: 'c1' }

const decision = (fields: object = {}) => ({
  type: 'decision',
  ...held,
  key: '#1',
  review: 'c1',
  status: 'APPROVED',
  operatorId: 'ada',
  decidedAt: now,
  deadline: now + 600_000,
  ...fields,
})

/** Whether it has settled, once all that is due now is done. */
const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  let settled = false
  const note = () => {
    settled = true
  }
  promise.then(note, note)
  await new Promise((resolve) => setImmediate(resolve))
  return settled
}

const asked = ({ type: _, id: __, ...fields }: Received) => fields

test('[PP30] says what it would do, and goes on at once where the gate lets it', async () => {
  const { ctx, peer } = await working()
  const answer = ctx.propose({ pay: 5 }, { confidence: 0.9, summary: 'the bill' })
  const request = await peer.next('propose')
  expect(asked(request)).toEqual({ ...held, key: '#1', action: { pay: 5 }, confidence: 0.9, summary: 'the bill' })
  peer.ack(request, { status: 'APPROVED' })
  expect(await answer).toEqual({ status: 'APPROVED', action: { pay: 5 }, isEdited: false })
})

test('[PP30] waits for the person where it is held, gets what they made of it, and says that it has', async () => {
  const { ctx, peer } = await working()
  const answers = [ctx.propose({ pay: 5 }, { confidence: 0.2 }), ctx.propose('x', { confidence: 0.2, key: 'mine' })]
  peer.ack(await peer.next('propose'), needsReview)
  peer.ack(await peer.next('propose'), { status: 'NEEDS_REVIEW', review: 'c2' })
  expect(await isSettled(Promise.race(answers))).toBe(false)
  peer.send(decision({ key: 'mine', review: 'c2', status: 'REJECTED', reason: 'no', reasonCode: 'LIMIT' }))
  peer.send(decision({ action: { pay: 4 } }))
  expect(await Promise.all(answers)).toEqual([
    { status: 'APPROVED', action: { pay: 4 }, isEdited: true, review: 'c1', operatorId: 'ada', decidedAt: now },
    {
      status: 'REJECTED',
      action: 'x',
      isEdited: false,
      review: 'c2',
      operatorId: 'ada',
      decidedAt: now,
      reason: 'no',
      reasonCode: 'LIMIT',
    },
  ] satisfies ActionDecision[])
  expect([asked(await peer.next('decided')), asked(await peer.next('decided'))]).toEqual([
    { ...held, key: 'mine' },
    { ...held, key: '#1' },
  ])
})

test('[PP31] asks again on the next connection what is undecided, and nothing else', async () => {
  const { ctx, peer, reconnect } = await working()
  const waits = ctx.propose('first', { confidence: 0 })
  peer.ack(await peer.next('propose'), needsReview)
  const lost = ctx.propose('second', { confidence: 0 })
  await peer.next('propose')
  const passed = ctx.propose('third', { confidence: 1 })
  peer.ack(await peer.next('propose'), { status: 'APPROVED' })
  await passed
  const next = await reconnect(peer)
  expect(asked(await next.next('propose'))).toMatchObject({ key: '#1', action: 'first' })
  expect(asked(await next.next('propose'))).toMatchObject({ key: '#2', action: 'second' })
  next.send(decision())
  next.send(decision({ key: '#2', review: 'c2', status: 'EXPIRED' }))
  expect((await waits).status).toBe('APPROVED')
  // Its question was never acknowledged; the decision says all there is.
  expect((await lost).status).toBe('EXPIRED')
  expect(next.left.filter(({ type }) => type === 'propose')).toEqual([])
})

test('[PP31] is told a decision twice and takes it once, and says both times that it has it', async () => {
  const { ctx, peer, reconnect } = await working()
  const answer = ctx.propose('x', { confidence: 0 })
  peer.ack(await peer.next('propose'), needsReview)
  peer.send(decision())
  expect((await answer).status).toBe('APPROVED')
  await peer.next('decided')
  const next = await reconnect(peer)
  next.send(decision({ status: 'REJECTED' }))
  await next.next('decided')
  expect((await ctx.propose('x', { confidence: 0, key: '#1' })).status).toBe('APPROVED')
})

test('[PP31] asks anew what a ledger that lost something may have forgotten', async () => {
  const { ctx, peer } = await working()
  const answer = ctx.propose('x', { confidence: 0 })
  const request = await peer.next('propose')
  peer.ack(request, needsReview)
  peer.send({ type: 'ledger', generation: 'g2', durability: 'second', windowMs: 1_000 })
  const again = await peer.next('propose')
  expect(asked(again)).toEqual(asked(request))
  peer.ack(again, { status: 'APPROVED' })
  expect((await answer).status).toBe('APPROVED')
})

test('[PP32] waits where the node has too much to do, and hands on what it refuses for good', async () => {
  const { ctx, peer, platform } = await working()
  const answer = ctx.propose('x', { confidence: 0 })
  peer.refuse(await peer.next('propose'), 'OVERLOADED', { retryAfterMs: 400 })
  await platform.elapse(backoffMs(0, platform.chance, 400))
  peer.refuse(await peer.next('propose'), 'TOO_LARGE')
  await expect(answer).rejects.toMatchObject({ code: 'TOO_LARGE' })
  await expect(ctx.propose(() => {}, { confidence: 0 })).rejects.toMatchObject({ code: 'INVALID' })
})

test('[PP32] the same key names one action: again the same answer, another one is a conflict', async () => {
  const { ctx, peer } = await working()
  const twice = [1, 2].map(() => ctx.propose({ a: 1 }, { confidence: 1, key: 'k' }))
  await expect(ctx.propose({ a: 2 }, { confidence: 1, key: 'k' })).rejects.toMatchObject({ code: 'CONFLICT' })
  peer.ack(await peer.next('propose'), { status: 'APPROVED' })
  expect((await Promise.all(twice)).map(({ status }) => status)).toEqual(['APPROVED', 'APPROVED'])
  expect(peer.left.filter(({ type }) => type === 'propose')).toEqual([])
})

test('[PP33] a lease that is gone answers no question', async () => {
  const { ctx, peer } = await working()
  const answer = ctx.propose('x', { confidence: 0 })
  peer.ack(await peer.next('propose'), needsReview)
  peer.send({ type: 'cancel', ...held, reason: 'called off' })
  await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' })
  await expect(ctx.propose('y', { confidence: 0 })).rejects.toMatchObject({ code: 'LEASE_LOST' })
})

test('[PP33] a handler that ends without its answer ends the question, and nothing else', async () => {
  const { ctx, peer, finish } = await working()
  const answer = ctx.propose('x', { confidence: 0 })
  peer.ack(await peer.next('propose'), needsReview)
  finish()
  expect(await peer.next('result')).toMatchObject({ output: 'done' })
  await expect(answer).rejects.toMatchObject({ code: 'CLOSED' })
})

test('[PP34] the time for the attempt stands while people think, and goes on where the node says', async () => {
  const { ctx, peer, platform } = await working({ timeoutMs: 4_000 })
  platform.advance(3_000)
  const answers = [ctx.propose('x', { confidence: 0 }), ctx.propose('y', { confidence: 0 })]
  peer.ack(await peer.next('propose'), needsReview)
  peer.ack(await peer.next('propose'), { status: 'APPROVED' })
  await answers[1]
  platform.advance(3_000)
  expect(ctx.signal.aborted).toBe(false)
  peer.send(decision({ deadline: now + 7_000 }))
  await answers[0]
  platform.advance(900)
  expect(ctx.signal.aborted).toBe(false)
  platform.advance(200)
  expect(ctx.signal.reason).toBeInstanceOf(ChimeraError)
  expect(ctx.signal.reason).toMatchObject({ code: 'DEADLINE' })
})
