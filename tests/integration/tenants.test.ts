/** Tenants apart: of one nothing shows in anything that another can ask for. */
import { expect, test } from 'vitest'
import {
  open,
  openAgent,
  openIdleAgent,
  openOperator,
  openProducer,
  openReviewer,
  openWorld,
  submit,
  submitOne,
  tokenOf,
} from './world.js'

const other = 't_other'

/** One tenant with a task that is held, one that waits, and an agent. */
const openBusyWorld = async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const operator = await openReviewer(world)
  const agent = await openIdleAgent(world)
  const held = await submitOne(producer)
  const { lease } = await agent.task()
  await agent.request('result', { task: held, lease, output: 'the password', confidence: 1 })
  const { card } = await operator.frame('card')
  const waiting = await submitOne(producer)
  return { world, producer, agent, held, waiting, lease, review: (card as { reviewId: string }).reviewId }
}

test('[T023 G8] tasks and cards of another tenant are NOT_FOUND, as if there were none', async () => {
  const { world, held, review } = await openBusyWorld()
  const producer = await openProducer(world, { tenant: other })
  const operator = await openOperator(world, { tenant: other, roles: ['admin'] })
  for (const type of ['get', 'cancel', 'replay']) {
    const reply = await producer.ask(type, { task: held })
    const none = await producer.ask(type, { task: 'x'.repeat(held.length) })
    expect(reply).toMatchObject({ type: 'error', code: 'NOT_FOUND' })
    expect(String(reply.message).replaceAll(held, '')).toBe(String(none.message).replaceAll(/x{4,}/g, ''))
  }
  for (const type of ['getTask', 'cancelTask', 'replay']) {
    expect(await operator.ask(type, { task: held })).toMatchObject({ code: 'NOT_FOUND' })
  }
  expect(await operator.ask('get', { review })).toMatchObject({ code: 'NOT_FOUND' })
  expect(await operator.ask('decide', { review, status: 'APPROVED' })).toMatchObject({ code: 'NOT_FOUND' })
})

test('[T012 G8] lists, counts and the audit log of another tenant are empty', async () => {
  const { world } = await openBusyWorld()
  const operator = await openReviewer(world, { tenant: other, roles: ['admin'] })
  expect(await operator.request('cards')).toMatchObject({ cards: [], total: 0 })
  expect((await operator.request('tasks')).tasks).toEqual([])
  expect((await operator.request('agents')).agents).toEqual([])
  expect((await operator.request('audit')).entries).toEqual([])
  const { cards, agents, tasks } = await operator.request('stats')
  expect(JSON.stringify([cards, agents, tasks])).not.toMatch(/:[1-9]/)
  expect(operator.kept).toEqual([])
})

test('[T013 G8] tasks go to agents of their own tenant alone, and a lease is of no use in another', async () => {
  const { world, agent, held, waiting, lease } = await openBusyWorld()
  const stranger = await openIdleAgent(world, { tenant: other })
  const producer = await openProducer(world, { tenant: other })
  const own = await submitOne(producer)
  expect(await stranger.task()).toMatchObject({ id: own })
  expect(await stranger.ask('result', { task: held, lease, confidence: 1 })).toMatchObject({ code: 'STALE_LEASE' })
  const { welcome } = await openAgent(world, { tenant: other, hello: { holding: [{ task: held, lease }] } })
  expect(welcome).toMatchObject({ resumed: [], lost: [lease] })
  await agent.request('pull', { credits: 1 })
  expect(await agent.task()).toMatchObject({ id: waiting })
})

test('[T026 G8] the same names in another tenant are other subscribers, keys and agents', async () => {
  const { world, producer } = await openBusyWorld()
  const namesake = await openProducer(world, { tenant: other })
  const task = { key: 'k', payload: 1 }
  const [mine] = await submit(producer, task)
  const [theirs] = await submit(namesake, task)
  expect(theirs?.id).not.toBe(mine?.id)
  await producer.request('cancel', { task: mine?.id })
  await producer.outcome(mine?.id, 'CANCELLED')
  await namesake.settle()
  expect(namesake.kept).toEqual([])
})

test('[T005 G8] over HTTP the tenant of the path is that of the token', async () => {
  const { world, held } = await openBusyWorld()
  const call = async (tenant: string) => {
    const token = await tokenOf({ tenant: other, roles: ['admin', 'producer', 'operator'] })
    return fetch(`${world.url}/v1/tenants/${tenant}/tasks/${held}`, { headers: { Authorization: `Bearer ${token}` } })
  }
  expect((await call('t_acme')).status).toBe(403)
  expect((await call(other)).status).toBe(404)
})

test('[T005 G8] a token opens the doors of its roles alone', async () => {
  const world = await openWorld()
  await expect(open(world, 'operator', { roles: ['agent', 'producer'] })).rejects.toThrow('403')
  await expect(open(world, 'agent', { roles: ['operator'] })).rejects.toThrow('403')
  await expect(open(world, 'agent', { ttlSeconds: -3_600 })).rejects.toThrow('401')
  const operator = await openOperator(world)
  expect(await operator.ask('audit')).toMatchObject({ code: 'FORBIDDEN' })
})

test('[T026 G8] a producer sees what its own sub submitted', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const colleague = await openProducer(world, { sub: 'carl' })
  const task = await submitOne(producer)
  expect(await colleague.ask('get', { task })).toMatchObject({ code: 'NOT_FOUND' })
  expect(await colleague.ask('cancel', { task })).toMatchObject({ code: 'NOT_FOUND' })
  expect((await colleague.request('tasks')).tasks).toEqual([])
})
