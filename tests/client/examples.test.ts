import { afterEach, expect, test, vi } from 'vitest'
import { openNode, type ScriptedNode } from './scriptedNode.js'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

async function nodeOfExamples(): Promise<ScriptedNode> {
  const node = await openNode()
  vi.stubEnv('CHIMERA_URL', node.url)
  vi.stubEnv('CHIMERA_TOKEN', 'a-token')
  return node
}

/** What goes to the console, and a promise for the first line. */
function printed(): Promise<readonly unknown[]> {
  return new Promise((resolve) => {
    vi.spyOn(console, 'log').mockImplementation((...line) => resolve(line))
  })
}

test('[K110] the agent of the example works', async () => {
  const node = await nodeOfExamples()
  const { agent } = await import('../../examples/agent.js')
  const peer = await node.welcomed()
  const task = {
    id: 'a',
    lease: 'l',
    queue: 'greetings',
    step: 1,
    steps: 1,
    attempt: 1,
    payload: 'you',
    deadline: 2e12,
  }
  peer.ack(await peer.next('pull'), { tasks: [task], credits: 0 })
  const result = await peer.next('result')
  expect(result).toMatchObject({ output: 'Hello, you!', confidence: 0.95 })
  peer.ack(result, { status: 'COMPLETED' })
  await agent.close()
  expect(peer.request.headers.authorization).toBe('Bearer a-token')
})

test('[K111] the producer of the example works', async () => {
  const node = await nodeOfExamples()
  const line = printed()
  const ended = import('../../examples/producer.js')
  const peer = await node.welcomed()
  const submit = await peer.next('submit')
  expect(submit.tasks).toMatchObject([{ queue: 'greetings', payload: 'world' }])
  peer.ack(submit, { tasks: [{ id: 'a' }] })
  const outcome = {
    type: 'outcome',
    seq: 1,
    task: 'a',
    status: 'COMPLETED',
    final: true,
    step: 1,
    output: 'Hi!',
    at: 1,
  }
  peer.send(outcome)
  expect(await line).toEqual(['COMPLETED', 'Hi!'])
  expect(await peer.next('seen')).toMatchObject({ seq: 1 })
  await ended
})

test('[K112] the operator of the example works', async () => {
  const node = await nodeOfExamples()
  const line = printed()
  const running = import('../../examples/operator.js')
  const peer = await node.welcomed()
  const card = (reviewId: string, reason: string) => ({
    reviewId,
    version: 1,
    reason,
    details: 'why',
    status: 'PENDING',
  })
  peer.ack(await peer.next('subscribe'), { cards: [card('a', 'SECRET'), card('b', 'PII')], total: 2 })
  const { operator } = await running
  const decide = await peer.next('decide')
  expect(decide).toMatchObject({ review: 'a', version: 1, status: 'REJECTED' })
  peer.ack(decide, { card: { ...card('a', 'SECRET'), status: 'REJECTED' } })
  expect(await line).toEqual(['b', 'PII', 'why'])
  const asked = operator.stats()
  peer.ack(await peer.next('stats'))
  await asked
  operator.close()
})
