/** An agent asks on one node, a person answers on another, and either node dies in between. */
import { expect, test } from 'vitest'
import { openAgent, openIdleAgent, openOperator, openProducer, recordOf, submitOne } from '../integration/world.js'
import { nodesOnRedis } from './redisNodes.js'

const { pair } = nodesOnRedis()

test('[PP50 G7] an answer given on another node finds the agent, also where its own node is killed in between', {
  timeout: 60_000,
}, async () => {
  const { first, second } = await pair({ resumeMs: '10000' })
  const producer = await openProducer(second)
  const operator = await openOperator(second)
  const agent = await openIdleAgent(first)
  const id = await submitOne(producer)
  const { lease } = await agent.task()
  const question = (key: string) => ({ task: id, lease, key, action: { pay: 5 }, confidence: 0 })
  const [near, far, late] = await Promise.all(
    ['near', 'far', 'late'].map((key) => agent.request('propose', question(key))),
  )

  await operator.request('decide', { review: near?.review, status: 'APPROVED' })
  expect(await agent.frame('decision')).toMatchObject({ key: 'near', status: 'APPROVED' })
  await agent.request('decided', { task: id, lease, key: 'near' })

  await first.kill()
  await operator.request('decide', { review: far?.review, status: 'REJECTED', reason: 'no' })
  const holding = [{ task: id, lease }]
  const back = await openAgent(second, { hello: { session: agent.welcome.session, holding } })
  expect(back.welcome).toMatchObject({ resumed: [lease] })
  expect(await back.frame('decision')).toMatchObject({ key: 'far', status: 'REJECTED', reason: 'no' })
  expect(await back.request('propose', question('late'))).toMatchObject({ review: late?.review })
  await operator.request('decide', { review: late?.review, status: 'APPROVED' })
  expect(await back.frame('decision', { key: 'late' })).toMatchObject({ status: 'APPROVED' })
  expect(back.kept.filter(({ type }) => type === 'decision')).toEqual([])

  await back.request('result', { task: id, lease, output: 'done', confidence: 1 })
  expect(await recordOf(producer, id)).toMatchObject({ status: 'COMPLETED', attempt: 1 })
})

test('[PP50 G7] an agent that nobody hears of again takes its question with it', { timeout: 60_000 }, async () => {
  const { first, second } = await pair({ resumeMs: '1000' })
  const producer = await openProducer(second)
  const operator = await openOperator(second)
  const agent = await openIdleAgent(first)
  const id = await submitOne(producer, { maxAttempts: 1 })
  const { lease } = await agent.task()
  const { review } = await agent.request('propose', { task: id, lease, key: 'k', action: 1, confidence: 0 })
  await first.kill()
  expect(await producer.outcome(id, 'FAILED')).toMatchObject({ error: { code: 'AGENT_LOST' } })
  expect(await operator.request('get', { review })).toMatchObject({ card: { status: 'WITHDRAWN' } })
})
