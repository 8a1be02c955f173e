/** What the gate holds on one node: nobody but reviewers sees it, and it goes on or ends by a person's word. */
import { expect, test } from 'vitest'
import type { Client, Frame } from './client.js'
import {
  type Door,
  open,
  openAgent,
  openIdleAgent,
  openOperator,
  openProducer,
  openReviewer,
  openWorld,
  recordOf,
  submitOne,
} from './world.js'

type Card = Readonly<Record<string, unknown>> & { readonly reviewId: string; readonly version: number }

const nextCard = async (operator: Client, task: string): Promise<Card> =>
  (await operator.next('a card', ({ card }) => (card as Frame | undefined)?.taskId === task)).card as Card

/** A world in which an agent said something; the card of it. */
const openHeld = async (result: object, task: object = {}, given?: Door) => {
  const world = given ?? (await openWorld())
  const producer = await openProducer(world)
  const operator = await openReviewer(world)
  const agent = await openIdleAgent(world, { queues: ['q', 'next'] })
  const id = await submitOne(producer, task)
  const { lease } = await agent.task()
  const reply = await agent.request('result', { task: id, lease, ...result })
  expect(reply).toMatchObject({ status: 'NEEDS_REVIEW' })
  return { world, producer, operator, agent, id, card: await nextCard(operator, id) }
}

test('[T019 G3] a held result is told without its output, and the card says why it was held', async () => {
  const { producer, id, card } = await openHeld({ output: { note: 'my password is x' }, confidence: 0.95 })
  expect(card).toMatchObject({
    status: 'PENDING',
    reason: 'SENSITIVE_KEYWORD',
    kind: 'result',
    agentId: 'bot',
    confidence: 0.95,
  })
  expect(card.findings).toMatchObject([{ reason: 'SENSITIVE_KEYWORD', path: '/note', start: 3, end: 11 }])
  const outcome = await producer.outcome(id, 'NEEDS_REVIEW')
  expect(outcome).toMatchObject({ final: false })
  expect(outcome).not.toHaveProperty('output')
  expect(await recordOf(producer, id)).not.toHaveProperty('output')
})

test.each([
  ['0.65', 0.65],
  ['missing', undefined],
  ['a text', '0.99'],
  ['over 1', 1.01],
  ['NaN', Number.NaN],
  ['an infinity', Number.POSITIVE_INFINITY],
  ['negative', -0.8],
  ['a map', { value: 1 }],
])('[T014 G4] a confidence that is %s holds the result', async (_what, confidence) => {
  const said = confidence === undefined ? {} : { confidence }
  const { card } = await openHeld({ output: 'fine', ...said })
  expect(card).toMatchObject({ reason: 'LOW_CONFIDENCE', confidence: confidence === 0.65 ? 0.65 : 0 })
})

test('[T014 G4] a confidence of 0.7 passes', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const agent = await openIdleAgent(world)
  const id = await submitOne(producer)
  const { lease } = await agent.task()
  expect(await agent.request('result', { task: id, lease, confidence: 0.7 })).toMatchObject({ status: 'COMPLETED' })
})

test('[T024 T008 G3 G6] an approval releases the output with who approved it and when, and is on record', async () => {
  const { world, producer, operator, id, card } = await openHeld({ output: 'maybe', confidence: 0.3 })
  const { reviewId: review, version } = card
  const reply = await operator.request('decide', { review, version, status: 'APPROVED', reason: 'looks right' })
  expect(reply.card).toMatchObject({ status: 'APPROVED', operatorId: 'olga' })
  const outcome = await producer.outcome(id, 'APPROVED')
  expect(outcome).toMatchObject({ final: true, output: 'maybe' })
  const approval = { reviewId: review, operatorId: 'olga', edited: false, reason: 'looks right' }
  expect(outcome.approval).toMatchObject({ ...approval, decidedAt: expect.any(Number) })
  expect(await recordOf(producer, id)).toMatchObject({ status: 'APPROVED', final: true, output: 'maybe', approval })
  const admin = await openOperator(world, { roles: ['admin'] })
  const { entries } = await admin.request('audit')
  const kinds = (entries as { kind: string; review?: string }[]).filter((entry) => entry.review === review)
  expect(kinds.map(({ kind }) => kind).sort()).toEqual(['decided', 'held'])
})

test('[T024 G3] approved before the last step, the task goes on with the approval', async () => {
  const task = { steps: ['q', 'next'] }
  const { producer, operator, agent, id, card } = await openHeld({ output: 'draft', confidence: 0.2 }, task)
  await agent.request('pull', { credits: 1 })
  await operator.request('decide', { review: card.reviewId, status: 'APPROVED' })
  const outcome = await producer.outcome(id, 'APPROVED')
  expect(outcome).toMatchObject({ final: false })
  expect(outcome).not.toHaveProperty('output')
  const next = await agent.task()
  expect(next).toMatchObject({ id, step: 2, previous: 'draft', approval: { operatorId: 'olga', edited: false } })
  await agent.request('result', { task: id, lease: next.lease, output: 'sent', confidence: 1 })
  expect(await producer.outcome(id, 'COMPLETED')).toMatchObject({ step: 2, output: 'sent' })
})

test('[T023 G3] an approval with an edit releases the edited output, and keeps both', async () => {
  const { producer, operator, id, card } = await openHeld({ output: 'rude', confidence: 0.2 })
  await operator.request('decide', { review: card.reviewId, status: 'APPROVED', edited: { text: 'kind' } })
  const outcome = await producer.outcome(id, 'APPROVED')
  expect(outcome).toMatchObject({ output: { text: 'kind' }, approval: { edited: true } })
  const { card: kept } = await operator.request('get', { review: card.reviewId })
  expect(kept).toMatchObject({ output: 'rude', edited: { text: 'kind' } })
})

test('[T024 G3] a rejection ends the task, and its producer learns why and never what', async () => {
  const { producer, operator, agent, id, card } = await openHeld({ output: 'delete all', confidence: 1 })
  const { reviewId: review } = card
  expect(await operator.ask('decide', { review, status: 'REJECTED' })).toMatchObject({ code: 'INVALID' })
  await operator.request('decide', { review, status: 'REJECTED', reason: 'harmful', reasonCode: 'harm' })
  const outcome = await producer.outcome(id, 'REJECTED')
  const rejection = { by: 'operator', operatorId: 'olga', reason: 'harmful', reasonCode: 'harm' }
  expect(outcome).toMatchObject({ final: true, rejection })
  expect(outcome).not.toHaveProperty('output')
  const { task: again } = await producer.request('replay', { task: id })
  await agent.request('pull', { credits: 1 })
  expect(await agent.task()).toMatchObject({ id: again, rejection })
})

test('[T005 G5] of two operators who decide at once one wins, and the other is given that decision', async () => {
  const { world, producer, operator, id, card } = await openHeld({ output: 'x', confidence: 0 })
  const second = await openOperator(world, { sub: 'otto' })
  const { reviewId: review } = card
  const replies = await Promise.all([
    operator.ask('decide', { review, status: 'APPROVED' }),
    second.ask('decide', { review, status: 'REJECTED', reason: 'no' }),
  ])
  const won = replies.find(({ type }) => type === 'ack')?.card as Card | undefined
  const told = replies.find(({ type }) => type === 'error')
  expect(told).toMatchObject({ code: 'ALREADY_DECIDED', card: { status: won?.status, operatorId: won?.operatorId } })
  await producer.outcome(id, String(won?.status))
})

test('[T005 G5] the same decision sent again is acknowledged, another one is not', async () => {
  const { operator, card } = await openHeld({ output: 'x', confidence: 0 })
  const { reviewId: review } = card
  await operator.request('decide', { review, status: 'APPROVED' })
  expect(await operator.ask('decide', { review, status: 'APPROVED' })).toMatchObject({ type: 'ack' })
  const other = await operator.ask('decide', { review, status: 'REJECTED', reason: 'no' })
  expect(other).toMatchObject({ code: 'ALREADY_DECIDED' })
})

test('[T015 G3] an error text that is held is replaced by a code and the id of its card', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const operator = await openReviewer(world)
  const agent = await openIdleAgent(world)
  const id = await submitOne(producer, { maxAttempts: 1 })
  const { lease } = await agent.task()
  const error = { code: 'E', message: 'login failed, password hunter2' }
  expect(await agent.request('fail', { task: id, lease, error })).toMatchObject({ status: 'FAILED' })
  const card = await nextCard(operator, id)
  expect(card).toMatchObject({ kind: 'text', output: error })
  const outcome = await producer.outcome(id, 'FAILED')
  expect(outcome.error).toMatchObject({ code: 'HELD', review: card.reviewId })
  const seen = JSON.stringify([outcome, await recordOf(producer, id)])
  expect(seen).not.toContain('hunter2')
})

test('[T015 G3] metrics that the gate holds are not shown, and names that it holds are refused', async () => {
  const world = await openWorld()
  const operator = await openOperator(world)
  const agent = await openAgent(world)
  await agent.request('heartbeat', { metrics: { note: 'the password is hunter2' } })
  const { agents } = await operator.request('agents')
  expect(agents).toMatchObject([{ id: 'bot' }])
  expect(JSON.stringify(agents)).not.toContain('hunter2')
  const named = await open(world, 'agent', { sub: 'bot2' })
  const refused = await named.ask('hello', { queues: ['q'], capacity: 1, instance: 'my-password' })
  expect(refused).toMatchObject({ type: 'error', code: 'INVALID' })
  expect(String(refused.message)).toContain('instance')
})

test('[RV22 G4] a card that nobody decides ends its task by time-out, as the producer is told', async () => {
  const world = await openWorld({ reviewNormalMs: '1000' })
  const { operator, producer, id, card } = await openHeld({ output: 'x', confidence: 0 }, {}, world)
  const { reviewId: review } = card
  const outcome = await producer.outcome(id, 'REJECTED')
  expect(outcome).toMatchObject({ final: true, rejection: { reviewId: review, by: 'timeout' } })
  expect(outcome.rejection).not.toHaveProperty('operatorId')
  expect(await operator.ask('decide', { review, status: 'APPROVED' })).toMatchObject({
    code: 'ALREADY_DECIDED',
    card: { status: 'EXPIRED' },
  })
})

test('[RV30 RV36 G5] where the policy asks for two, two people approve, neither of them its producer', async () => {
  const world = await openWorld()
  const admin = await openOperator(world, { roles: ['admin'] })
  await admin.request('setPolicy', { policy: JSON.stringify({ approvals: { normal: 2 } }) })
  const { operator, producer, id, card } = await openHeld({ output: 'x', confidence: 0 }, {}, world)
  const { reviewId: review, version } = card
  const own = await openOperator(world, { sub: 'ann' })
  expect(await own.ask('decide', { review, status: 'APPROVED' })).toMatchObject({ code: 'FORBIDDEN' })
  const first = await operator.request('decide', { review, version, status: 'APPROVED' })
  expect(first.card).toMatchObject({ status: 'PENDING', approvalsRequired: 2, approvals: [{ operatorId: 'olga' }] })
  const second = await openOperator(world, { sub: 'otto' })
  await second.request('decide', { review, version, status: 'APPROVED' })
  expect(await producer.outcome(id, 'APPROVED')).toMatchObject({ final: true, output: 'x' })
})

test('[GP5 G3] a result of half a megabyte passes as it came, or is held for one word in the middle of it', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const operator = await openReviewer(world)
  const agent = await openIdleAgent(world, { capacity: 2 })
  const rows = Array.from({ length: 4_000 }, (_, i) => ({
    note: `the quarter's report of region ${i} is as planned`,
    i,
  }))
  const [calm, held] = [await submitOne(producer), await submitOne(producer)]
  const leases = new Map([await agent.task(), await agent.task()].map(({ id, lease }) => [id, lease]))
  const say = (task: string, output: unknown) =>
    agent.request('result', { task, lease: leases.get(task), output, confidence: 0.95 })
  const [passed, stopped] = await Promise.all([
    say(calm, rows),
    say(held, rows.with(2_000, { note: 'its password is kept', i: 2_000 })),
  ])
  expect(passed).toMatchObject({ status: 'COMPLETED' })
  expect(stopped).toMatchObject({ status: 'NEEDS_REVIEW' })
  expect(await producer.outcome(calm, 'COMPLETED')).toMatchObject({ output: rows })
  expect(await nextCard(operator, held)).toMatchObject({ findings: [{ rule: 'keyword.password', path: '/2000/note' }] })
})
