/** Whom nobody has heard of for long is forgotten; whoever is here, or has something waiting, is not. */
import { describe, expect, test } from 'vitest'
import { dayOf, decidedKey, decidedTally } from '../../src/review/cardTally.js'
import { joinAgent } from '../../src/tasks/joining.js'
import { agentKey, agentSet, agingSet, outcomeLog, presenceKey, subscriberKey } from '../../src/tasks/keys.js'
import { boundOutcomes } from '../../src/tasks/outcomes.js'
import { writeAgents, writeCounts } from '../../src/tasks/presence.js'
import { commit } from '../../src/tasks/procedure.js'
import { dropOld } from '../../src/tasks/retention.js'
import { subscribe } from '../../src/tasks/subscribing.js'
import { noon, output, passResult, sub, subscriber, tenant, World } from './world.js'

const keep = { taskRetentionMs: 1_000_000, absentRetentionMs: 10_000, auditRetentionMs: 1_000_000 }
const owner = { shard: 0, epoch: 0 }
const log = outcomeLog(tenant, sub, subscriber)

const drop = (world: World, duty = owner) => world.perform(dropOld(world.desk, duty, keep, world.now))
const join = (world: World, agent: string) =>
  world.perform(joinAgent(world.desk, { tenant, agent, queues: ['mail'], lastConnection: 0, holding: [] }, world.now))
const recordOf = async (world: World, key: string) => (await world.ledger.read(0, [key]))[0]
const members = async (world: World, set: string) =>
  (await world.ledger.range(0, set, { limit: 10 })).members.map(({ member }) => member)

describe('an agent', () => {
  test('[G9 SB6] that nobody has heard of for long is forgotten with its place in the list', async () => {
    const world = new World()
    await join(world, 'crawler/1')
    world.now = noon + 9_999
    await join(world, 'crawler/2')
    expect(await drop(world)).toBe(0)
    world.now = noon + 10_000
    expect(await drop(world)).toBe(1)
    expect(await recordOf(world, agentKey(tenant, 'crawler/1'))).toBeNull()
    expect(await members(world, agentSet(tenant))).toEqual(['crawler/2'])
    expect(await members(world, agingSet)).toEqual([agentKey(tenant, 'crawler/2')])
  })

  test('[SB6] that was heard of since stays, until that is long ago too', async () => {
    const world = new World()
    await join(world, 'crawler')
    const seen = { tenant, agent: 'crawler', connection: noon, isConnected: true, status: 'IDLE', holding: 0 } as const
    await world.perform(writeAgents(world.desk, [{ ...seen, lastSeen: noon + 8_000 }]))
    world.now = noon + 17_999
    await drop(world)
    expect(await recordOf(world, agentKey(tenant, 'crawler'))).toMatchObject({ status: 'IDLE' })
    world.now = noon + 18_001
    expect(await drop(world)).toBe(1)
    expect(await recordOf(world, agentKey(tenant, 'crawler'))).toBeNull()
  })

  test('[SB6] that comes back while it is being forgotten stays', async () => {
    const world = new World()
    await join(world, 'crawler')
    world.now = noon + 20_000
    const dropping = world.begin(dropOld(world.desk, owner, keep, world.now))
    // Its record is read, and then it comes back.
    await dropping.step()
    await dropping.step()
    await join(world, 'crawler')
    while (!(await dropping.step()).isDone);
    expect(await recordOf(world, agentKey(tenant, 'crawler'))).toMatchObject({ status: 'ACTIVE' })
    expect(await members(world, agentSet(tenant))).toEqual(['crawler'])
  })

  test('[G2 SB6] that comes back after it was forgotten has a higher number than ever', async () => {
    const world = new World()
    await join(world, 'crawler')
    world.now = noon + 20_000
    await drop(world)
    expect(await join(world, 'crawler')).toMatchObject({ kind: 'joined', connection: noon + 20_000 })
  })
})

describe('a subscriber', () => {
  test('[G9 SB6] that nobody has heard of for long is forgotten, and the gap that it was to be told of', async () => {
    const world = new World()
    await world.perform(subscribe(world.desk, tenant, log, noon))
    await world.submitOne()
    await world.perform(passResult(await world.take(), output(), noon))
    const none = { outcomesKept: 0, outcomeRetentionMs: 1_000_000 }
    world.now = noon + 5_000
    await world.perform(boundOutcomes(owner, none, world.now))
    world.now = noon + 14_999
    await drop(world)
    expect(await recordOf(world, subscriberKey(log))).toMatchObject({ connection: noon, gapSince: noon })
    world.now = noon + 15_000
    expect(await drop(world)).toBe(1)
    expect(await recordOf(world, subscriberKey(log))).toBeNull()
    expect(await members(world, agingSet)).toEqual([])
  })

  test('[SB6] stays while an outcome waits for it', async () => {
    const world = new World()
    await world.perform(subscribe(world.desk, tenant, log, noon))
    await world.submitOne()
    await world.perform(passResult(await world.take(), output(), noon))
    world.now = noon + 60_000
    await drop(world)
    expect(await recordOf(world, subscriberKey(log))).toMatchObject({ connection: noon })
  })
})

test('[G9 SB6] what a node of old counted is forgotten, and the tally of a day of long ago', async () => {
  const world = new World()
  const counts = { ACTIVE: 1, IDLE: 0, BUSY: 0 }
  await world.perform(writeCounts(world.desk, new Map([[tenant, counts]]), noon))
  const transaction = { guards: [], writes: decidedTally(tenant, 'APPROVED', noon) }
  await world.perform(commit({ shard: 0, tenant, drains: true, transaction }))
  world.now = noon + 10_000
  expect(await drop(world)).toBe(2)
  expect(await recordOf(world, presenceKey(tenant, 'n1.a'))).toBeNull()
  expect(await recordOf(world, decidedKey(tenant, dayOf(noon)))).toBeNull()
})

test('[SB6] an owner that was replaced forgets nobody', async () => {
  const world = new World()
  await join(world, 'crawler')
  world.now = noon + 20_000
  expect(await drop(world, { shard: 0, epoch: 7 })).toBe(0)
  expect(await recordOf(world, agentKey(tenant, 'crawler'))).not.toBeNull()
})
