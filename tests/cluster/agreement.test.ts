/** What several nodes agree on, in processes of their own on one real Redis: whose a subscriber's name is, who works. */
import { expect, test } from 'vitest'
import type { Client } from '../integration/client.js'
import { openAgent, openIdleAgent, openOperator, openProducer, recordOf, submitOne } from '../integration/world.js'
import { nodesOnRedis } from './redisNodes.js'

const { pair } = nodesOnRedis()

const work = async (agent: Awaited<ReturnType<typeof openIdleAgent>>): Promise<void> => {
  const { id, lease } = await agent.task()
  await agent.request('result', { task: id, lease, output: 'done', confidence: 0.9, credits: 1 })
}

const outcomeOf = (producer: Client, task: string) =>
  producer.next('an outcome', (frame) => frame.type === 'outcome' && frame.task === task)

test('[SB1 SB2] of two producers with one name on two nodes the newer gets the outcomes, the older is told', async () => {
  const { first, second } = await pair()
  const agent = await openIdleAgent(first)
  const older = await openProducer(first)
  const before = await submitOne(older)
  await work(agent)
  await outcomeOf(older, before)
  const newer = await openProducer(second)
  expect((await older.closed).code).toBe(4001)
  // Not marked as seen, so it comes again, to whoever has the name.
  await outcomeOf(newer, before)
  const after = await submitOne(newer)
  await work(agent)
  await outcomeOf(newer, after)
  const back = await openProducer(first)
  expect((await newer.closed).code).toBe(4001)
  await outcomeOf(back, after)
})

test('[SB1 SB2] two that come at once: one stays', async () => {
  const { first, second } = await pair()
  const producers = await Promise.all([first, second, first, second].map((node) => openProducer(node)))
  const codes: number[] = []
  const closed = producers.map((one) => one.closed.then(({ code }) => codes.push(code)))
  await new Promise<void>((resolve) => {
    for (const one of closed) void one.then((count) => count === 3 && resolve())
  })
  // The fourth answers.
  const answers = await Promise.allSettled(producers.map((one) => one.request('tasks')))
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(codes).toEqual([4001, 4001, 4001])
})

test('[SB3] a producer of a killed node, and of one that slept, has its name on another', {
  timeout: 60_000,
}, async () => {
  const { first, second } = await pair()
  const slept = await openProducer(first)
  first.signal('SIGSTOP')
  const here = await openProducer(second)
  const agent = await openIdleAgent(second)
  const id = await submitOne(here)
  await work(agent)
  await outcomeOf(here, id)
  first.signal('SIGCONT')
  expect((await slept.closed).code).toBe(4001)
  expect(await recordOf(here, id)).toMatchObject({ status: 'COMPLETED' })
  await second.kill()
  await outcomeOf(await openProducer(first), id)
})

/** Until it is so: what a node writes down of its agents comes a little later. */
const until = async <Seen>(look: () => Promise<Seen>, isSo: (seen: Seen) => boolean): Promise<Seen> => {
  for (;;) {
    const seen = await look()
    if (isSo(seen)) return seen
  }
}

const countsOf = (operator: Client) => async () =>
  (await operator.request('stats')).agents as Readonly<Record<string, number>>

test('[SB4 SB5] any node counts and lists the agents of all, and none of a node that died', {
  timeout: 60_000,
}, async () => {
  const { first, second } = await pair()
  await openAgent(first, { sub: 'one' })
  const two = await openIdleAgent(second, { sub: 'two' })
  await submitOne(await openProducer(first))
  await two.task()
  const operators = [await openOperator(first), await openOperator(second)]
  for (const operator of operators) {
    await until(countsOf(operator), ({ ACTIVE, BUSY }) => ACTIVE === 1 && BUSY === 1)
  }
  const [operator] = operators
  if (operator === undefined) throw new Error('no operator')
  await operator.request('control', { act: 'pause', agent: 'two' })
  const list = async () => (await operator.request('agents')).agents as readonly Record<string, unknown>[]
  const listed = (await list()).toSorted((one, other) => (String(one.id) < String(other.id) ? -1 : 1))
  expect(listed).toMatchObject([
    { id: 'one', node: 'n1', status: 'ACTIVE', holding: 0 },
    { id: 'two', node: 'n2', status: 'BUSY', holding: 1, paused: true },
  ])
  await second.kill()
  await until(countsOf(operator), ({ ACTIVE, BUSY }) => ACTIVE === 1 && BUSY === 0)
  expect((await list()).find(({ id }) => id === 'two')).toMatchObject({ status: 'OFFLINE', paused: true })
})
