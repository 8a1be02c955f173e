/** What nodes have to agree on: who a subscriber's connection is, and which agents there are. */
import { describe, expect, test } from 'vitest'
import { FleetWorld } from './world.js'

describe('a subscriber’s name', () => {
  const says = (world: FleetWorld, session: string, at: number, type: string) =>
    (world.node(at).sent.get(session) ?? []).filter((frame) => frame.type === type)

  test('[SB1 SB2] is one connection’s on all nodes: the newer is welcome and told, the older closed', async () => {
    const world = new FleetWorld()
    const older = await world.producer()
    const newer = await world.producer({ at: 1 })
    await world.pass(20)
    expect(says(world, newer, 1, 'welcome')).toHaveLength(1)
    expect(world.node(0).closed.get(older)).toBe(4001)
    expect(world.node(1).closed.size).toBe(0)
    await world.lose(older)
    await world.agent('crawler', { credits: 3 })
    await world.complete(3)
    await world.pass(20)
    expect(says(world, older, 0, 'outcome')).toEqual([])
    expect(says(world, newer, 1, 'outcome')).toHaveLength(3)
    const back = await world.producer()
    await world.pass(20)
    expect(world.node(1).closed.get(newer)).toBe(4001)
    expect(world.node(0).closed.has(back)).toBe(false)
  })

  test('[SB2] is given up by the older where no hint reaches its node, and what it had seen stays seen', async () => {
    const world = new FleetWorld()
    const older = await world.producer()
    await world.agent('crawler', { credits: 3 })
    await world.complete(2)
    await world.pass(20)
    expect(says(world, older, 0, 'outcome')).toHaveLength(2)
    world.node(0).hearsHints = false
    const newer = await world.producer({ at: 1 })
    await world.say(older, { type: 'seen', seq: 2 })
    await world.pass(2_500)
    expect(world.node(0).closed.get(older)).toBe(4001)
    const again = await world.producer({ at: 1 })
    await world.pass(20)
    expect(world.node(1).closed.get(newer)).toBe(4001)
    expect(says(world, again, 1, 'outcome')).toEqual([])
  })

  test('[SB3] goes to whoever asks next, whatever became of its node or its record', async () => {
    const world = new FleetWorld()
    const lost = await world.producer()
    await world.node(0).plane.stop()
    const next = await world.producer({ at: 1 })
    await world.pass(20)
    expect(says(world, next, 1, 'welcome')).toHaveLength(1)
    expect(world.node(0).closed.has(lost)).toBe(false)
    for (const shard of world.model.shards) shard.records.clear()
    const last = await world.producer({ at: 1 })
    await world.pass(20)
    expect(says(world, last, 1, 'welcome')).toHaveLength(1)
    expect(world.node(1).closed.get(next)).toBe(4001)
    expect(world.node(1).closed.has(last)).toBe(false)
  })
})

describe('agents of all nodes', () => {
  test('[SB4] are counted on any of them, and no more once their node has died', async () => {
    const world = new FleetWorld()
    await world.agent('one')
    await world.agent('two', { at: 1 })
    const busy = await world.agent('three', { at: 1 })
    await world.say(busy, { type: 'heartbeat', status: 'BUSY' }, 1)
    await world.pass(2_500)
    for (const at of [0, 1]) expect(await world.stats(at)).toMatchObject({ ACTIVE: 2, IDLE: 0, BUSY: 1 })
    await world.lose(busy, 1)
    await world.pass(2_500)
    expect(await world.stats(0)).toMatchObject({ ACTIVE: 2, IDLE: 0, BUSY: 0 })
    await world.node(1).plane.stop()
    await world.pass(1_500)
    expect(await world.stats(0)).toMatchObject({ ACTIVE: 1, IDLE: 0, BUSY: 0 })
  })

  test('[SB4] are written down again where that failed', async () => {
    const world = new FleetWorld()
    await world.agent('one', { at: 1 })
    world.node(1).canCommit = false
    await world.pass(2_500)
    world.node(1).canCommit = true
    await world.pass(5_000)
    expect(await world.stats(0)).toMatchObject({ ACTIVE: 1 })
  })

  test('[G8 SB4] of another tenant are not', async () => {
    const world = new FleetWorld()
    await world.agent('one', { at: 1 })
    await world.pass(2_500)
    expect(await world.stats(0, 't_other')).toMatchObject({ ACTIVE: 0, IDLE: 0, BUSY: 0 })
  })

  test('[SB5] are listed as they are, with what was said of each', async () => {
    const world = new FleetWorld()
    await world.agent('one', { credits: 0 })
    await world.agent('two', { at: 1, instance: 'a' })
    await world.submit()
    await world.pass(2_500)
    await world.control({ act: 'pause', agent: 'one' })
    await world.control({ act: 'pause', agent: 'two' })
    for (const at of [0, 1]) {
      expect(await world.agents(at)).toMatchObject([
        { id: 'one', node: 'n1', status: 'ACTIVE', holding: 0, paused: true },
        { id: 'two/a', node: 'n2', status: 'BUSY', holding: 1, paused: true },
      ])
    }
    await world.control({ act: 'resume', agent: 'one' })
    await world.control({ act: 'ban', agent: 'two' })
    await world.pass(2_500)
    const [one, two] = await world.agents(0)
    expect(one).not.toHaveProperty('paused')
    expect(one).not.toHaveProperty('banned')
    expect(two).toMatchObject({ id: 'two/a', status: 'OFFLINE', holding: 0, paused: true, banned: true })
  })

  test('[SB5] are shown where they are, also by a node that has not heard that they left it', async () => {
    const world = new FleetWorld()
    world.node(0).hearsHints = false
    await world.agent('one')
    await world.agent('one', { at: 1 })
    expect(await world.agents(0)).toMatchObject([{ id: 'one', node: 'n2', status: 'ACTIVE' }])
  })
})
