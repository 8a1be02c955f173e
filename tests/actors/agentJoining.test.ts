/** An agent says hello: welcome once it is committed, and no lease is left with a connection that never came to be. */
import { describe, expect, test } from 'vitest'
import { hold, noon } from '../tasks/world.js'
import { AgentWorld, leaseMs, resumeMs } from './agentSessionWorld.js'

describe('joining', () => {
  test('[Q1] is answered by welcome, after the agent is committed', async () => {
    const world = new AgentWorld()
    const id = world.say({ type: 'hello', queues: ['mail'], capacity: 2, instance: 'i1' })
    expect(world.sent).toEqual([])
    await world.run()
    expect(world.answerTo(id)).toMatchObject({
      type: 'welcome',
      agent: 'crawler/i1',
      leaseMs,
      resumeMs,
      resumed: [],
      lost: [],
    })
    expect(world.told).toEqual(['registry arrived'])
  })

  test('[G3 Q1] under names that the gate holds is refused, naming the fields', async () => {
    const world = new AgentWorld()
    world.verdict = hold
    const id = world.say({ type: 'hello', queues: ['mail'], capacity: 2 })
    expect(world.answerTo(id)).toMatchObject({
      type: 'error',
      code: 'INVALID',
      message: expect.stringContaining('queues'),
    })
    world.verdict = { kind: 'pass', policyVersion: 'p1' }
    await world.join()
    expect(world.sent.at(-1)).toMatchObject({ type: 'welcome' })
  })

  test('[Q2] that fails may be tried again on the same connection', async () => {
    for (const why of ['unavailable', 'bug'] as const) {
      const world = new AgentWorld()
      const id = world.say({ type: 'hello', queues: ['mail'], capacity: 2 })
      world.failRuns(why)
      expect(world.answerTo(id)).toMatchObject({ code: why === 'bug' ? 'INTERNAL' : 'OVERLOADED' })
      await world.join()
      expect(world.sent.at(-1)).toMatchObject({ type: 'welcome' })
    }
  })

  test('[Q2] refuses everything else until it is done', async () => {
    const world = new AgentWorld()
    expect(world.answerTo(world.say({ type: 'pull', credits: 1 }))).toMatchObject({ code: 'NOT_READY' })
    world.say({ type: 'hello', queues: ['mail'], capacity: 2 })
    expect(world.answerTo(world.say({ type: 'pull', credits: 1 }))).toMatchObject({ code: 'NOT_READY' })
    await world.run()
    expect(world.answerTo(world.say({ type: 'hello', queues: ['mail'], capacity: 2 }))).toMatchObject({
      code: 'INVALID',
    })
  })

  test('[G1 Q3] on a connection that is lost meanwhile keeps what it adopted, as after any lost connection', async () => {
    const world = new AgentWorld()
    await world.tasks.submitOne()
    const lease = await world.tasks.take({ agent: { agent: 'crawler', connection: 1 } })
    const holding = [{ task: lease.task.id, lease: world.tasks.token(lease) }]
    world.say({ type: 'hello', queues: ['mail'], capacity: 2, holding })
    world.tell({ kind: 'lost' })
    await world.run()
    expect(world.session.state.kind).toBe('lingering')
    expect(world.sent).toEqual([])
    expect(world.held).toBe(1)
    expect(world.wakes.get('resume')).toBe(noon + resumeMs)
  })

  test('[G1 Q3] that fails after it may have adopted leases has them looked for, once the connection is lost', async () => {
    for (const isLostFirst of [true, false]) {
      const world = new AgentWorld()
      await world.tasks.submitOne()
      const lease = await world.tasks.take({ agent: { agent: 'crawler', connection: 1 } })
      const holding = [{ task: lease.task.id, lease: world.tasks.token(lease) }]
      world.say({ type: 'hello', queues: ['mail'], capacity: 2, holding })
      if (isLostFirst) world.tell({ kind: 'lost' })
      world.failRuns()
      if (!isLostFirst) world.tell({ kind: 'lost' })
      expect(world.told).toEqual(['shardDoor doubt'])
      expect(world.hasStopped).toBe(true)
    }
  })

  test('[G2 Q4] tells which leases go on, and which are none of the agent’s', async () => {
    const world = new AgentWorld()
    await world.tasks.submit({}, {})
    const { leases } = await world.tasks.claim([
      { agent: 'crawler', connection: 1 },
      { agent: 'other', connection: 1 },
    ])
    const holding = leases.map((lease) => ({ task: lease.task.id, lease: world.tasks.token(lease) }))
    const [mine, others] = holding
    const swapped = { task: others?.task ?? '', lease: mine?.lease ?? '' }
    await world.join({ holding: [...holding, { task: 'x', lease: 'noise' }, swapped] })
    const welcome = world.sent.at(-1)
    expect(welcome?.resumed).toEqual([mine?.lease])
    expect(welcome?.lost).toEqual([others?.lease, 'noise', mine?.lease])
  })
})
