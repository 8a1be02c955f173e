import { once } from 'node:events'
import { createServer as createNetServer } from 'node:net'
import { expect, test } from 'vitest'
import { UsageError } from '../../src/errors.js'
import { ack } from '../../src/tasks/reply.js'
import { lifecycleContract } from '../lifecycleContract.js'
import { connect } from './testClient.js'
import { openWorld, unstartedServer, type World } from './world.js'

test('[X60] a port in use is refused with what to do, and nothing stays open', async () => {
  const taken = createNetServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await expect(openWorld({ config: { port } })).rejects.toThrow(UsageError)
  await expect(openWorld({ config: { port } })).rejects.toThrow(/--port/)
  await expect(openWorld({ config: { metricsPort: port } })).rejects.toThrow(/--metrics-port/)
  await expect(openWorld({ config: { host: '192.0.2.1' } })).rejects.toThrow(/--host/)
  taken.close()
})

test('[X61] a stop closes every connection with 4002, tells every session, and lets go of the port', async () => {
  const world = await openWorld()
  const clients = await Promise.all(Array.from({ length: 20 }, () => connect(world)))
  const { port } = world.server
  await world.stop()
  await world.stop()
  for (const client of clients) expect(await client.closed).toMatchObject({ code: 4002 })
  expect(world.lost).toHaveLength(20)
  const again = await openWorld({ config: { port } })
  await again.stop()
})

test('[X62] a call that is under way may end while the node stops', async () => {
  const world = await openWorld()
  const { call, answer } = await callUnderWay(world)
  const stopped = world.stop()
  answer()
  expect((await call).status).toBe(200)
  await stopped
})

test('[X62] a call that does not end keeps no node from stopping', async () => {
  const world = await openWorld()
  const { call } = await callUnderWay(world)
  const ended = expect(call).rejects.toThrow()
  const stopped = world.stop()
  await expect.poll(() => world.clock.nextDue()).toBeDefined()
  world.clock.advance(2_000)
  await Promise.all([stopped, ended])
})

async function callUnderWay(world: World): Promise<{ call: Promise<Response>; answer: () => void }> {
  let answer = () => {}
  world.reply = () =>
    new Promise((resolve) => {
      answer = () => resolve(ack({ tasks: [] }))
    })
  const token = await world.token()
  const call = fetch(world.url('/v1/tenants/t_acme/tasks'), { headers: { Authorization: `Bearer ${token}` } })
  await expect.poll(() => world.performed).toHaveLength(1)
  return { call, answer: () => answer() }
}

lifecycleContract('a front door', () => unstartedServer())
