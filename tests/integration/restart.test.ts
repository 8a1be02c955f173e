/** A node that is stopped and started again: everybody is told, comes back, and goes on. */
import { expect, onTestFinished, test } from 'vitest'
import { startNode } from '../../src/main/node.js'
import {
  configOf,
  openAgent,
  openIdleAgent,
  openProducer,
  openReviewer,
  recordOf,
  submitOne,
  temporaryFolder,
} from './world.js'

test('[T003 G7] a restart is announced, and costs no attempt, no card and no outcome', async () => {
  const config = configOf(await temporaryFolder(), { drainMs: '0' })
  const before = await startNode(config)
  const producer = await openProducer(before)
  const agent = await openIdleAgent(before, { capacity: 2 })
  const held = await submitOne(producer)
  const first = await agent.task()
  await agent.request('result', { task: held, lease: first.lease, output: 'maybe', confidence: 0.1 })
  const running = await submitOne(producer)
  const { lease } = await agent.task()
  const delayed = await submitOne(producer, { delayMs: 500 })

  const stopping = before.stop()
  for (const client of [agent, producer]) {
    expect(await client.frame('drain')).toMatchObject({ reconnectMs: expect.any(Number) })
    expect((await client.closed).code).toBe(4002)
  }
  await stopping

  const after = await startNode(config)
  onTestFinished(() => after.stop())
  const holding = [{ task: running, lease }]
  const back = await openAgent(after, { capacity: 2, hello: { session: agent.welcome.session, holding } })
  expect(back.welcome).toMatchObject({ resumed: [lease], lost: [] })
  const again = await openProducer(after)
  expect(await recordOf(again, running)).toMatchObject({ status: 'RUNNING', attempt: 1 })
  await back.request('result', { task: running, lease, output: 'done', confidence: 1, credits: 1 })
  expect(await again.outcome(running, 'COMPLETED')).toMatchObject({ output: 'done' })
  expect(await again.outcome(held, 'NEEDS_REVIEW')).not.toHaveProperty('output')
  expect(await back.task()).toMatchObject({ id: delayed, attempt: 1 })

  const reviewer = await openReviewer(after)
  const { cards } = await reviewer.request('cards', { filter: { status: 'PENDING' } })
  const [card] = cards as readonly { readonly reviewId: string; readonly taskId: string }[]
  expect(card?.taskId).toBe(held)
  await reviewer.request('decide', { review: card?.reviewId, status: 'APPROVED' })
  expect(await again.outcome(held, 'APPROVED')).toMatchObject({ output: 'maybe' })
})
