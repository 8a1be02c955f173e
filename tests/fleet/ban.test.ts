/** A banned agent is out, on whatever node, and stays out; its tasks lose no attempt by it. */
import { describe, expect, test } from 'vitest'
import { FleetWorld } from './world.js'

describe('a ban', () => {
  test('[FC7] closes the agent’s connections with 4010 and gives back what it holds, with no attempt used up', async () => {
    const world = new FleetWorld()
    const session = await world.agent('crawler', { at: 1 })
    await world.submit()
    const [{ id, lease } = { id: '', lease: '' }] = world.given
    await world.control({ act: 'ban', agent: 'crawler' })
    expect(world.node(1).closed.get(session)).toBe(4010)
    expect(await world.task(id)).toMatchObject({ status: 'SCHEDULED', attempts: 0 })
    await world.say(session, { type: 'result', task: id, lease, output: undefined, confidence: 1 }, 1)
    await world.agent('reader')
    await world.pass(3_000)
    expect(world.given.map((one) => one.id)).toEqual([id, id])
    expect(await world.task(id)).toMatchObject({ status: 'RUNNING', agent: 'reader', attempts: 0 })
  })

  test('[FC7] reaches a node that missed its hint within a second', async () => {
    const world = new FleetWorld()
    world.node(1).hearsHints = false
    const session = await world.agent('crawler', { at: 1, credits: 0 })
    await world.control({ act: 'ban', agent: 'crawler' })
    await world.pass(1_000)
    expect(world.node(1).closed.get(session)).toBe(4010)
  })

  test('[FC8] refuses the agent’s hello with FORBIDDEN and 4010 until it is lifted', async () => {
    const world = new FleetWorld()
    await world.control({ act: 'ban', agent: 'crawler' })
    for (const at of [0, 1]) {
      const session = await world.agent('crawler', { at, credits: 0 })
      expect(world.node(at).lastTo(session)).toMatchObject({ type: 'error', code: 'FORBIDDEN' })
      expect(world.node(at).closed.get(session)).toBe(4010)
    }
    await world.control({ act: 'unban', agent: 'crawler' })
    const session = await world.agent('crawler', { at: 1, credits: 0 })
    expect(world.node(1).lastTo(session)).toMatchObject({ type: 'welcome' })
  })

  test('[FC9] without an instance is of all instances, with one of that alone', async () => {
    const world = new FleetWorld()
    const first = await world.agent('crawler', { instance: 'a' })
    const second = await world.agent('crawler', { instance: 'b' })
    const other = await world.agent('crawler2')
    expect(await world.control({ act: 'ban', agent: 'crawler/a' })).toMatchObject({ fields: { known: true } })
    expect([...world.node(0).closed.keys()]).toEqual([first])
    expect(await world.control({ act: 'ban', agent: 'crawler' })).toMatchObject({ fields: { known: true } })
    expect(world.node(0).closed.get(second)).toBe(4010)
    expect(world.node(0).closed.get(other)).toBeUndefined()
  })
})
