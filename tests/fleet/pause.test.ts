/** What is paused is handed out nowhere a second later, whatever became of hints and reads; what runs goes on. */
import { describe, expect, test } from 'vitest'
import { FleetWorld } from './world.js'

const done = (more: object = {}) => ({ kind: 'ack', fields: expect.objectContaining({ changed: true, ...more }) })

describe('a pause', () => {
  test.each([
    ['queue', { queue: 'mail' }],
    ['agent', { agent: 'crawler' }],
    ['tenant', {}],
  ])('[FC1] of a %s holds on every node at once, lets run what runs, and ends with its resume', async (_, target) => {
    const world = new FleetWorld()
    const session = await world.agent('crawler', { at: 1, credits: 3 })
    await world.submit()
    const [running] = world.given
    expect(await world.control({ act: 'pause', ...target })).toEqual(done())
    await world.submit(2)
    await world.pass(3_000)
    expect(world.given).toHaveLength(1)
    const result = { type: 'result', task: running?.id, lease: running?.lease, output: undefined, confidence: 1 }
    await world.say(session, result, 1)
    expect(world.node(1).lastTo(session)).toMatchObject({ type: 'ack', status: 'COMPLETED' })
    expect(await world.control({ act: 'resume', ...target })).toEqual(done())
    await world.pass(50)
    expect(world.given).toHaveLength(3)
  })

  test('[FC1] of one queue, or one agent, is nobody else’s', async () => {
    const world = new FleetWorld()
    await world.agent('crawler', { queues: ['mail'], credits: 5 })
    await world.agent('reader', { at: 1, queues: ['mail', 'web'], credits: 5 })
    await world.control({ act: 'pause', agent: 'crawler' })
    await world.submit(2)
    expect(world.given).toHaveLength(2)
    await world.control({ act: 'resume', agent: 'crawler' })
    await world.control({ act: 'pause', queue: 'mail' })
    await world.submit(2, { queue: 'web' })
    await world.submit(2, { queue: 'mail' })
    await world.pass(1_500)
    expect(world.given).toHaveLength(4)
  })

  test('[FC2] holds within a second where its hint is lost, and so does its resume', async () => {
    const world = new FleetWorld()
    world.node(1).hearsHints = false
    await world.agent('crawler', { at: 1, credits: 100 })
    await world.control({ act: 'pause', queue: 'mail' })
    const pausedAt = world.clock.now()
    for (let at = 0; at < 30; at++) {
      await world.submit(1, { at: 1 })
      await world.pass(100)
    }
    expect(world.given.filter(({ at }) => at > pausedAt + 1_000)).toEqual([])
    const before = world.given.length
    await world.control({ act: 'resume', queue: 'mail' })
    await world.pass(1_500)
    expect(world.given.length).toBeGreaterThan(before)
  })

  test('[FC3] is no guess: a node that can’t read what was said for a second hands out nothing new, until it can', async () => {
    const world = new FleetWorld()
    await world.agent('crawler', { at: 1, credits: 100 })
    world.node(1).canRead = false
    const cutAt = world.clock.now()
    for (let at = 0; at < 20; at++) {
      await world.submit()
      await world.pass(100)
    }
    expect(world.given.filter(({ at }) => at > cutAt + 1_000)).toEqual([])
    expect(world.given.length).toBeGreaterThan(0)
    world.node(1).canRead = true
    await world.pass(500)
    expect(world.given).toHaveLength(20)
  })

  test('[G6 FC4] is on record once, with who and why; said again it changes nothing', async () => {
    const world = new FleetWorld()
    await world.control({ act: 'pause', queue: 'mail', reason: 'a flood' })
    expect(await world.control({ act: 'pause', queue: 'mail', reason: 'again' }, { at: 1 })).toMatchObject({
      fields: { changed: false, fleet: { queues: [{ queue: 'mail', by: 'olga', reason: 'a flood' }] } },
    })
    await world.control({ act: 'resume', queue: 'mail' })
    await world.control({ act: 'resume', queue: 'mail' })
    expect(await world.audit()).toMatchObject([
      { kind: 'paused', by: 'olga', of: 'queue', queue: 'mail', reason: 'a flood' },
      { kind: 'resumed', by: 'olga', of: 'queue', queue: 'mail' },
    ])
  })

  test('[FC4] two words at the same moment both hold', async () => {
    const world = new FleetWorld()
    const both = [world.control({ act: 'pause', queue: 'a' }), world.control({ act: 'ban', agent: 'b' }, { at: 1 })]
    expect(await Promise.all(both)).toEqual([done(), done({ known: false })])
    expect(await world.fleet()).toMatchObject({ queues: [{ queue: 'a' }], banned: [{ agent: 'b' }] })
    expect(await world.audit()).toHaveLength(2)
  })

  test('[FC5] with a name that doesn’t go with it is refused, and says what was expected', async () => {
    const world = new FleetWorld()
    const wrong = [
      [{ act: 'pause', queue: 'a', agent: 'b' }, 'queue, agent: expected one of them'],
      [{ act: 'ban' }, 'agent: expected'],
      [{ act: 'unban', queue: 'a' }, 'agent: expected'],
      [{ act: 'halt', queue: 'a' }, 'queue, agent: expected neither'],
    ] as const
    for (const [word, message] of wrong) {
      expect(await world.control(word)).toMatchObject({ code: 'INVALID', message: expect.stringContaining(message) })
    }
    expect(await world.control({ act: 'halt' }, { roles: ['operator'] })).toMatchObject({ code: 'FORBIDDEN' })
    expect(await world.audit()).toEqual([])
  })

  test('[G8 FC6] of another tenant is neither seen nor felt', async () => {
    const world = new FleetWorld()
    await world.agent('crawler', { credits: 2 })
    await world.control({ act: 'halt', reason: 'secret' }, { of: 't_other' })
    await world.control({ act: 'ban', agent: 'crawler' }, { of: 't_other' })
    expect(await world.control({ act: 'pause', agent: 'crawler' }, { of: 't_other' })).toMatchObject({
      fields: { known: false },
    })
    await world.submit()
    await world.pass(1_500)
    expect(world.given).toHaveLength(1)
    expect(await world.fleet()).toMatchObject({ status: 'OPEN', version: 0, queues: [], paused: [], banned: [] })
    expect(await world.audit()).toEqual([])
  })
})
