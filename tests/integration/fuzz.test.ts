/**
 * Live sessions of all roles are sent what nobody should send, while others work: the node stays up, answers every
 * request that it could read, doesn't grow, and the others' tasks go on.
 */
import { expect, onTestFinished, test } from 'vitest'
import type { Role } from '../../src/protocol/frames.js'
import { type Random, seededRandom, systemRandom } from '../../src/random.js'
import { type ChildNode, spawnNode } from './childNode.js'
import type { Client } from './client.js'
import { startFleet } from './fleet.js'
import { nastyMessage, oddFrame } from './nastyMessages.js'
import { Submitter } from './submitter.js'
import { open, openAgent, openOperator, openProducer, temporaryFolder } from './world.js'

const framesEach = 500
const messagesEach = 200
const inFlight = 50
const growthBytes = 96 * 1_048_576
/** What a client that misbehaves may be closed with. */
const closeCodes = [1003, 1008, 1009]

/** Of a tenant of its own: an operator may pause and halt its own. */
const mallory = { sub: 'mallory', tenant: 't_mallory' }

const enter = {
  agent: (node: ChildNode) => openAgent(node, mallory),
  producer: (node: ChildNode) => openProducer(node, mallory),
  operator: (node: ChildNode) => openOperator(node, mallory),
} as const

/** Requests that can be read but are wrong in all ways: each must be answered. */
const sendFrames = async (node: ChildNode, role: Role, random: Random): Promise<void> => {
  const client: Client = await enter[role](node)
  for (let sent = 0; sent < framesEach; sent += inFlight) {
    const batch = Array.from({ length: inFlight }, (_, at) => oddFrame(random, role, 10_000 + sent + at))
    for (const frame of batch) client.send(frame)
    for (const { id, type } of batch) {
      await client.next(`the reply to ${String(type)}`, ({ re }) => re === id)
    }
    client.kept.length = 0
  }
  client.close()
}

/** Messages of any bytes: whatever they are, the node goes on. */
const sendMessages = async (node: ChildNode, role: Role, random: Random): Promise<void> => {
  let client: Client = await enter[role](node)
  for (let sent = 0; sent < messagesEach; sent++) {
    if (client.isOpen) client.sendBytes(nastyMessage(random, role))
    if (sent % 10 !== 9) continue
    client.send({ type: 'heartbeat', id: 4_000_000 })
    const answered = client
      .next('the reply to heartbeat', ({ re }) => re === 4_000_000)
      .then(
        () => undefined,
        () => undefined,
      )
    const ended = await Promise.race([client.closed, answered])
    if (ended !== undefined) {
      expect(closeCodes).toContain(ended.code)
      client = await enter[role](node)
    }
  }
  client.close()
}

test('[G9 G8 G3] sessions of all roles are fuzzed while others work', async () => {
  const seed = systemRandom.int(1_000_000)
  const about = `seed ${seed}`
  // Each odd `reauth` is a refused token of this address.
  const node = await spawnNode(await temporaryFolder(), { refusalsPerMinute: '1000000' })
  const fleet = await startFleet(() => node, 4, {
    queues: ['honest'],
    work: ({ payload }) => ({ output: payload, confidence: 1 }),
  })
  const submitter = new Submitter(() => node, 'ann')
  onTestFinished(() => {
    submitter.stop()
    for (const agent of fleet) agent.stop()
  })
  let isFuzzing = true
  let worked = 0
  const work = async (): Promise<void> => {
    while (isFuzzing) {
      await submitter.submit([`key${worked++}`], () => ({ queue: 'honest' }))
      await submitter.until(() => submitter.isDone)
    }
  }
  const working = work()
  const fuzz = (n: number) =>
    (['agent', 'producer', 'operator'] as const).map(async (role, at) => {
      const random = seededRandom(seed + 10 * n + at)
      await sendFrames(node, role, random)
      await sendMessages(node, role, random)
    })
  await Promise.all(fuzz(0))
  const before = await node.residentBytes()
  const workedBefore = worked
  await Promise.all(fuzz(1))
  const after = await node.residentBytes()
  expect(worked, about).toBeGreaterThan(workedBefore)
  isFuzzing = false
  await working
  expect(after - before, about).toBeLessThan(growthBytes)
  for (const [key, id] of submitter.accepted) {
    expect(submitter.told.get(id), about).toEqual([{ status: 'COMPLETED', final: true, output: key }])
  }
  expect((await fetch(`${node.url}/readyz`)).status).toBe(200)
  const operator = await open(node, 'operator')
  await operator.hello()
})
