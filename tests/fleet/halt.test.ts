/** The kill switch: nothing runs, nothing is handed out, nothing is taken in, whoever dies over it. */
import { describe, expect, test } from 'vitest'
import { commandFleet } from '../../src/tasks/fleetCommand.js'
import { cancelRunning } from '../../src/tasks/halt.js'
import { tenant } from '../tasks/world.js'
import { FleetWorld } from './world.js'

const olga = { tenant, sub: 'olga' }
const halt = { act: 'halt', target: { kind: 'tenant' } } as const

const running = async (count = 3): Promise<FleetWorld> => {
  const world = new FleetWorld()
  await world.agent('crawler', { at: 0, credits: count })
  await world.agent('reader', { at: 1, credits: count })
  await world.submit(2 * count)
  expect(world.given).toHaveLength(2 * count)
  return world
}

const statuses = async (world: FleetWorld): Promise<readonly string[]> => {
  const tasks = await Promise.all(world.given.map(({ id }) => world.task(id)))
  return [...new Set(tasks.map(({ status }) => status))]
}

describe('a halt', () => {
  test('[FC10] cancels what runs on every node, tells their agents, and keeps what waits until it is resumed', async () => {
    const world = await running()
    await world.submit(2)
    expect(await world.control({ act: 'halt', reason: 'wrong list' })).toMatchObject({
      kind: 'ack',
      fields: { changed: true, cancelled: 6, fleet: { status: 'HALTED', reason: 'wrong list' } },
    })
    expect(await statuses(world)).toEqual(['CANCELLED'])
    for (const node of world.nodes) {
      const cancels = [...node.sent.values()].flat().filter(({ type }) => type === 'cancel')
      expect(cancels).toHaveLength(3)
      expect(cancels[0]).toMatchObject({ reason: 'wrong list' })
    }
    await world.agent('eager', { credits: 5 })
    await world.pass(2_500)
    expect(world.given).toHaveLength(6)
    expect(await world.fleet()).toMatchObject({ status: 'HALTED' })
    expect(await world.fleet()).not.toHaveProperty('cancelling')
    await world.control({ act: 'resume' })
    await world.pass(50)
    expect(world.given).toHaveLength(8)
  })

  test('[FC11] takes no submissions, and says that it is PAUSED', async () => {
    const world = new FleetWorld()
    await world.submit(1, { at: 1 })
    await world.control({ act: 'halt' })
    expect(await world.submit(1, { at: 1 })).toMatchObject({ kind: 'error', code: 'PAUSED', retryAfterMs: 5_000 })
    await world.control({ act: 'resume' })
    expect(await world.submit(1, { at: 1 })).toMatchObject({ kind: 'ack' })
  })

  test('[FC12] is finished by whoever serves the tenant, where its commander dies half-way', async () => {
    const world = await running()
    await world.run(commandFleet(world.node(0).plane.desk, olga, halt, undefined))
    expect(await statuses(world)).toEqual(['RUNNING'])
    await world.pass(1_500)
    expect(await statuses(world)).toEqual(['CANCELLED'])
    expect(await world.fleet()).not.toHaveProperty('cancelling')
    const cancelled = (await world.audit()).filter(({ kind }) => kind === 'cancelled')
    expect(new Set(cancelled.map(({ task }) => task)).size).toBe(cancelled.length)
  })

  test('[FC12] cancels what a node handed out that had not heard of it yet', async () => {
    const world = new FleetWorld()
    world.node(1).hearsHints = false
    const session = await world.agent('crawler', { at: 1, credits: 0 })
    await world.submit()
    await world.control({ act: 'halt' })
    await world.say(session, { type: 'pull', credits: 1 }, 1)
    expect(world.given).toHaveLength(1)
    await world.pass(2_000)
    expect(await statuses(world)).toEqual(['CANCELLED'])
  })

  test('[FC13] that was lifted cancels nothing that started after it', async () => {
    const world = await running(1)
    const { desk } = world.node(0).plane
    const reply = await world.run(commandFleet(desk, olga, halt, undefined))
    const since = reply.kind === 'done' ? (reply.control.stop?.since ?? 0) : 0
    await world.control({ act: 'resume' })
    expect(await world.run(cancelRunning(desk, tenant, since))).toEqual({ kind: 'lifted' })
    expect(await statuses(world)).toEqual(['RUNNING'])
  })

  test('[FC13] is not weakened by a pause', async () => {
    const world = new FleetWorld()
    await world.control({ act: 'halt' })
    expect(await world.control({ act: 'pause' })).toMatchObject({ fields: { changed: false } })
    expect(await world.fleet()).toMatchObject({ status: 'HALTED' })
  })
})
