/** Lists: every task once, whatever the pages; nobody sees what isn't theirs. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { listAgents } from '../../src/tasks/fleet.js'
import { openFleet } from '../../src/tasks/fleetControl.js'
import { joinAgent } from '../../src/tasks/joining.js'
import { getTask, listTasks, type TaskQuery } from '../../src/tasks/listing.js'
import { noon, output, passResult, sub, tenant, World } from './world.js'

const viewer = { tenant, sub, ownOnly: true }

/** Three shards, tasks that wait in two queues, and some that completed. */
const filled = async (count: number): Promise<World> => {
  const world = new World({ shards: 3 })
  for (let i = 0; i < count; i++) {
    await world.submitOne({ steps: [i % 2 === 0 ? 'mail' : 'file'] })
    world.now += i % 3
  }
  const { leases } = await world.claim([{ agent: 'a', connection: 1 }])
  for (const lease of leases) await world.perform(passResult(lease, output(), world.now))
  return world
}

const listAll = async (world: World, query: Omit<TaskQuery, 'cursor'>): Promise<string[]> => {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const page = await world.perform(
      listTasks(world.desk, viewer, { ...query, ...(cursor === undefined ? {} : { cursor }) }),
    )
    if (page === null) throw new Error('its own cursor is refused')
    expect(page.tasks.length).toBeLessThanOrEqual(query.limit)
    ids.push(...page.tasks.map(({ id }) => id))
    cursor = page.cursor
  } while (cursor !== undefined)
  return ids
}

describe('a list of tasks', () => {
  test('[W85] has each once over pages of any size and several shards', async () => {
    const world = await filled(40)
    const all = Array.from({ length: 40 }, (_, i) => `task-${i + 1}`).sort()
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 50 }), async (limit) => {
        expect((await listAll(world, { limit })).sort()).toEqual(all)
      }),
      { numRuns: 30 },
    )
  })

  test('[W85] by queue or status has those, and only those', async () => {
    const world = await filled(20)
    expect(await listAll(world, { limit: 3, queue: 'file' })).toHaveLength(10)
    expect(await listAll(world, { limit: 3, status: 'COMPLETED' })).toHaveLength(1)
    expect(await listAll(world, { limit: 3, status: 'QUEUED', queue: 'mail' })).toHaveLength(9)
    expect(await listAll(world, { limit: 3, status: 'APPROVED' })).toEqual([])
  })

  test('[W85] has the newest first', async () => {
    const world = new World()
    const ids: string[] = []
    for (let i = 0; i < 5; i++) {
      ids.unshift(await world.submitOne())
      world.now += 1
    }
    expect(await listAll(world, { limit: 2 })).toEqual(ids)
  })

  test('[G9 W84] ends by the bytes that it has read, and its cursor leads on, whatever comes and goes meanwhile', async () => {
    const world = new World()
    const payload = new Uint8Array(500_000).fill(0xc0)
    const ids: string[] = []
    for (let i = 0; i < 12; i++) {
      ids.unshift(await world.submitOne({ payload }))
      world.now += i % 2
    }
    const first = await world.perform(listTasks(world.desk, viewer, { limit: 1_000 }))
    expect(first?.tasks).toHaveLength(2)
    world.now += 1
    await world.submitOne({ payload })
    const { leases } = await world.claim([{ agent: 'a', connection: 1 }])
    for (const lease of leases) await world.perform(passResult(lease, output(), world.now))
    const seen = [...(first?.tasks ?? [])]
    for (let cursor = first?.cursor; cursor !== undefined; ) {
      const page = await world.perform(listTasks(world.desk, viewer, { limit: 1_000, status: 'QUEUED', cursor }))
      seen.push(...(page?.tasks ?? []))
      cursor = page?.cursor
    }
    // The oldest one was claimed meanwhile.
    expect(seen.map(({ id }) => id).sort()).toEqual(ids.slice(0, -1).sort())
  })

  test('[W85] has each once where many are of one millisecond', async () => {
    const world = new World()
    for (let i = 0; i < 600; i += 60) await world.submit(...Array.from({ length: 60 }, () => ({})))
    expect(new Set(await listAll(world, { limit: 70 })).size).toBe(600)
    expect(await listAll(world, { limit: 70 })).toHaveLength(600)
  })

  test('[G8 W86] shows a producer its own, an operator the tenant, and nobody another tenant', async () => {
    const world = await filled(6)
    const limit = 50
    const seenBy = async (who: typeof viewer) =>
      (await world.perform(listTasks(world.desk, who, { limit })))?.tasks.length
    expect(await seenBy(viewer)).toBe(6)
    expect(await seenBy({ ...viewer, sub: 'other' })).toBe(0)
    expect(await seenBy({ tenant, sub: 'olga', ownOnly: false })).toBe(6)
    expect(await seenBy({ tenant: 't_other', sub, ownOnly: false })).toBe(0)
    expect(await world.perform(getTask(world.desk, { ...viewer, tenant: 't_other' }, 'task-1'))).toBeNull()
    expect(await world.perform(getTask(world.desk, { ...viewer, sub: 'other' }, 'task-1'))).toBeNull()
  })

  test('[G9 W87] takes no cursor that is none of its own', async () => {
    const world = await filled(4)
    const cursorOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    for (const cursor of ['', 'x', '%%%', cursorOf({}), cursorOf([0]), cursorOf([-1, 0, '']), cursorOf([0, 0, 7])]) {
      expect(await world.perform(listTasks(world.desk, viewer, { limit: 5, cursor }))).toBeNull()
    }
    const beyond = await world.perform(listTasks(world.desk, viewer, { limit: 5, cursor: cursorOf([99, 0, '']) }))
    expect(beyond).toEqual({ tasks: [] })
  })

  test('[G3 W88] shows the output of what completed, and no task more than once it is released', async () => {
    const world = await filled(2)
    const shown = await world.perform(listTasks(world.desk, viewer, { limit: 5 }))
    for (const { status, output: released, final } of shown?.tasks ?? []) {
      expect(released !== undefined).toBe(status === 'COMPLETED')
      expect(final).toBe(status === 'COMPLETED')
    }
  })
})

/** Nobody but the asker's own node. */
const alone = new Set(['n1.a'])

describe('a list of agents', () => {
  test('[W89] has each once over pages and shards: those that are here as they are, the others offline', async () => {
    const world = new World({ shards: 3 })
    for (let i = 0; i < 20; i++) {
      const joiner = { tenant, agent: `a${i}`, queues: ['mail', 'file'], lastConnection: 0, holding: [] }
      await world.perform(joinAgent(world.desk, joiner, noon))
    }
    const record = { status: 'BUSY', lastSeen: noon + 5, queues: ['mail'], holding: 2 } as const
    const sight = { present: new Map([['a7', { connection: noon, record }]]), living: alone, control: openFleet }
    const seen: { readonly id: string; readonly status: string }[] = []
    let cursor: string | undefined
    do {
      const options = { limit: 3, ...(cursor === undefined ? {} : { cursor }) }
      const page = await world.perform(listAgents(world.desk, tenant, sight, options))
      seen.push(...(page?.agents ?? []))
      cursor = page?.cursor
    } while (cursor !== undefined)
    expect(seen.map(({ id }) => id).sort()).toEqual(Array.from({ length: 20 }, (_, i) => `a${i}`).sort())
    expect(seen.filter(({ status }) => status !== 'OFFLINE')).toEqual([
      { id: 'a7', node: 'n1', status: 'BUSY', lastSeen: noon + 5, queues: ['mail'], holding: 2 },
    ])
    expect(await world.perform(listAgents(world.desk, tenant, sight, { limit: 3, cursor: 'x' }))).toBeNull()
    expect((await world.perform(listAgents(world.desk, 't_other', sight, { limit: 3 })))?.agents).toEqual([])
  })

  test('[W89] has those of other nodes as they wrote them down, while their node lives', async () => {
    const world = new World()
    const joiner = { tenant, agent: 'far', queues: ['mail'], lastConnection: 0, holding: [] }
    await world.perform(joinAgent(world.deskOf('n2.a'), joiner, noon), 'n2.a')
    const listed = async (living: readonly string[]) =>
      (
        await world.perform(
          listAgents(
            world.desk,
            tenant,
            { present: new Map(), living: new Set(living), control: openFleet },
            { limit: 3 },
          ),
        )
      )?.agents
    expect(await listed(['n1.a', 'n2.a'])).toEqual([
      { id: 'far', node: 'n2', status: 'ACTIVE', lastSeen: noon, queues: ['mail'], holding: 0 },
    ])
    expect(await listed(['n1.a', 'n2.b'])).toMatchObject([{ id: 'far', node: 'n2', status: 'OFFLINE' }])
  })
})
