/** Webhooks of real nodes to real targets: what happens is told, whoever dies in between. */
import { describe, expect, test } from 'vitest'
import { nodesOnRedis } from '../cluster/redisNodes.js'
import { spawnNode } from '../integration/childNode.js'
import type { Client } from '../integration/client.js'
import {
  type Door,
  openIdleAgent,
  openOperator,
  openProducer,
  openWorld,
  submitOne,
  temporaryFolder,
} from '../integration/world.js'
import { call, flags } from './hookDoor.js'
import { type Delivered, failing, hanging, isSigned, ok, openTarget, type Target } from './target.js'

const set = async (door: Door, target: Target, fields: object = { cards: true }): Promise<string> => {
  const { status, body } = await call(door, 'PUT', '/webhooks/pager', { url: target.url, ...fields })
  expect(status).toBe(200)
  return String(body.secret)
}

/** An agent is given the producer's next task, and says something of it. */
const work = async (producer: Client, agent: Client, result: object): Promise<string> => {
  const id = await submitOne(producer)
  const { lease } = await agent.task(id)
  await agent.request('result', { task: id, lease, ...result })
  await agent.request('pull', { credits: 1 })
  return id
}

const isOpened = ({ type }: Delivered): boolean => type === 'card.opened'

const held = { output: 'the password is tulip', confidence: 0.9 }

describe('one node', () => {
  test('[WH50] cards and outcomes arrive, signed, as they happen', async () => {
    const door = await openWorld(flags)
    const target = await openTarget()
    const secret = await set(door, target, { cards: true, outcomes: [{ sub: 'ann', subscriber: 'hooked' }] })
    const producer = await openProducer(door, { subscriber: 'hooked' })
    producer.close()
    const again = await openProducer(door, { subscriber: 'hooked' })
    const agent = await openIdleAgent(door)
    await work(again, agent, held)
    const opened = (await target.until((all) => all.some(isOpened))).find(isOpened)
    if (opened === undefined) throw new Error('nothing was opened')
    const { reviewId: review } = opened.body.data.card as { readonly reviewId: string }
    const operator = await openOperator(door)
    await operator.request('decide', { review, status: 'REJECTED', reason: 'no' })
    await target.until((all) => all.some(({ type }) => type === 'card.decided'))
    for (const delivered of target.delivered) {
      expect(isSigned(delivered, secret)).toBe(true)
      expect(delivered.headers['webhook-id']).toBe(delivered.id)
      expect(delivered.text).not.toContain('tulip')
    }
    const { body } = await call(door, 'GET', '/webhooks')
    expect(body.webhooks).toMatchObject([{ name: 'pager', status: 'OK', dead: 0 }])
  })

  test('[WH51] one target that hangs or fails keeps no other waiting', async () => {
    const door = await openWorld(flags)
    const [good, bad, slow] = [await openTarget(), await openTarget(), await openTarget()]
    bad.answer = failing
    slow.answer = hanging
    for (const [name, { url }] of Object.entries({ a: slow, b: bad, c: good }))
      await call(door, 'PUT', `/webhooks/${name}`, { url, cards: true })
    const producer = await openProducer(door)
    const agent = await openIdleAgent(door)
    for (let n = 0; n < 5; n++) await work(producer, agent, held)
    await good.until((all) => all.length === 5)
    expect(slow.delivered.length).toBeLessThan(2)
    await bad.until((all) => all.length > 1)
    expect(new Set(bad.delivered.map(({ id }) => id)).size).toBe(1)
    const { body } = await call(door, 'GET', '/webhooks')
    expect(body.webhooks).toContainEqual(
      expect.objectContaining({ name: 'b', status: 'FAILING', lastError: 'answered 500' }),
    )
  })

  test('[WH50] by default none reaches this machine', async () => {
    const door = await openWorld()
    const target = await openTarget()
    const { status, body } = await call(door, 'PUT', '/webhooks/pager', { url: target.url, cards: true })
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { code: 'INVALID', detail: expect.stringContaining('url: ') },
    })
  })

  test('[WH52] a node that is killed goes on after its start, and nothing is left out', async () => {
    const data = await temporaryFolder()
    const target = await openTarget()
    target.answer = failing
    const first = await spawnNode(data, flags)
    const secret = await set(first, target)
    const producer = await openProducer(first)
    const agent = await openIdleAgent(first)
    for (let n = 0; n < 3; n++) await work(producer, agent, held)
    await target.until((all) => all.length > 0)
    await first.kill()
    const tried = target.delivered[0]?.id
    target.answer = ok
    await spawnNode(data, flags)
    const arrived = (await target.until((all) => new Set(all.map(({ id }) => id)).size === 3)).slice(0)
    expect(arrived.filter(({ id }) => id === tried).length).toBeGreaterThan(1)
    expect(arrived.every((delivered) => isSigned(delivered, secret))).toBe(true)
  })
})

/** Each node has its shards: a second one that has just come is given some. */
const settled = async (door: Door): Promise<void> => {
  for (;;) {
    const { body } = await call(door, 'GET', '/cluster')
    const owners = (body.shards as readonly { readonly node?: string }[]).map(({ node }) => node)
    if (new Set(owners).size === 2 && !owners.includes(undefined)) return
  }
}

describe('two nodes', () => {
  const redis = nodesOnRedis()

  test('[WH53] one delivers at a time, and the other goes on when it is killed', async () => {
    const { first, second } = await redis.pair(flags)
    await settled(first)
    const target = await openTarget()
    await set(first, target)
    const producer = await openProducer(second)
    const agent = await openIdleAgent(second)
    const tasks = []
    for (let n = 0; n < 10; n++) tasks.push(await work(producer, agent, held))
    const idsOf = () => new Set(target.delivered.map(({ body }) => (body.data.card as { taskId: string }).taskId))
    await target.until(() => idsOf().size === 10)
    expect(target.delivered).toHaveLength(10)
    target.answer = failing
    for (let n = 0; n < 5; n++) tasks.push(await work(producer, agent, held))
    await target.until((all) => all.length > 10)
    await first.kill()
    target.answer = ok
    await target.until(() => idsOf().size === 15)
    expect(idsOf()).toEqual(new Set(tasks))
  })
})
