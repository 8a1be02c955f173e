/** Large tasks to one agent: as many as its connection takes, and the others when there is room, or elsewhere. */
import { describe, expect, test } from 'vitest'
import { AgentWorld } from './agentSessionWorld.js'

const aheadBytes = 10_000
const large = { payload: new Uint8Array(4_000).fill(0xc0) }

const joinedWith = async (credits: number): Promise<AgentWorld> => {
  const world = new AgentWorld({ aheadBytes })
  await world.join({ capacity: 8 })
  world.say({ type: 'pull', credits })
  return world
}

const tasksSent = (world: AgentWorld): number => world.sent.filter(({ type }) => type === 'task').length

describe('tasks to one agent', () => {
  test('[G9 Q32] that are too much for its connection go back uncounted, and the agent still wants them', async () => {
    const world = await joinedWith(4)
    const claimed = [await world.claim(large), await world.claim(large), await world.claim(large)]
    for (const one of claimed) world.tell(one)
    expect(tasksSent(world)).toBe(2)
    await world.run()
    expect(world.held).toBe(2)
    expect(await world.tasks.task(claimed[2]?.task.id ?? '')).toMatchObject({ status: 'SCHEDULED', attempts: 0 })
    const left = world.say({ type: 'pull', credits: 0 })
    expect(world.answerTo(left)).toMatchObject({ credits: 2 })
  })

  test('[Q32] are asked for again once those before have left', async () => {
    const world = await joinedWith(4)
    for (let i = 0; i < 3; i++) world.tell(await world.claim(large))
    expect(world.asksWhenSent).toBe(1)
    expect(world.wants).toEqual([4])
    world.say({ type: 'pull', credits: 1 })
    expect(world.wants).toEqual([4])
    world.tell({ kind: 'sent' })
    expect(world.wants).toEqual([4, 1])
    world.tell(await world.claim(large))
    expect(tasksSent(world)).toBe(3)
    world.tell({ kind: 'sent' })
    expect(world.wants).toEqual([4, 1, 1])
  })

  test('[Q32] that are larger than that go one by one', async () => {
    const world = await joinedWith(2)
    const huge = { payload: new Uint8Array(40_000).fill(0xc0) }
    world.tell(await world.claim(huge))
    world.tell(await world.claim(huge))
    expect(tasksSent(world)).toBe(1)
    world.tell({ kind: 'sent' })
    world.tell(await world.claim(huge))
    expect(tasksSent(world)).toBe(2)
  })

  test('[Q32] that are small are all sent, and nothing is asked', async () => {
    const world = await joinedWith(8)
    for (let i = 0; i < 8; i++) await world.assign()
    expect(tasksSent(world)).toBe(8)
    expect(world.asksWhenSent).toBe(0)
  })
})
