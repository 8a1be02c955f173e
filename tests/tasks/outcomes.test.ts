/** Outcomes: kept until seen, in order, bounded; what had to go is named. */
import { describe, expect, test } from 'vitest'
import { dirtySet, outcomeLog } from '../../src/tasks/keys.js'
import { boundOutcomes, dropSeen, type Gap, readOutcomes } from '../../src/tasks/outcomes.js'
import { failAttempt, noon, output, passResult, sub, subscriber, tenant, World } from './world.js'

const log = outcomeLog(tenant, sub, subscriber)
const owner = { shard: 0, epoch: 0 }
const bounds = { outcomesKept: 10, outcomeRetentionMs: 60_000 }
const error = { code: 'E', message: 'no' }

/** A world in which so many tasks completed, a millisecond apart. */
const afterCompleting = async (count: number): Promise<World> => {
  const world = new World()
  await complete(world, count)
  return world
}

const complete = async (world: World, count: number): Promise<void> => {
  for (let i = 0; i < count; i++) {
    await world.submitOne()
    await world.perform(passResult(await world.take(), output(), world.now))
    world.now += 1
  }
}

const read = (world: World, after?: string) =>
  world.perform(
    readOutcomes(0, log, {
      ...(after === undefined ? {} : { after }),
      limit: 100,
      maxBytes: 1_000_000,
      looksForGap: true,
    }),
  )

const see = (world: World, upTo: string, gap?: Gap) =>
  world.perform(dropSeen(0, log, { upTo, ...(gap === undefined ? {} : { gap }) }, tenant))

describe('outcomes', () => {
  test('[G1 W70] are read in order, from a place on, as often as they are not seen', async () => {
    const world = await afterCompleting(5)
    const { outcomes } = await read(world)
    expect(outcomes.map(({ told }) => told.at)).toEqual([0, 1, 2, 3, 4].map((ms) => noon + ms))
    const { outcomes: rest } = await read(world, outcomes[2]?.id)
    expect(rest).toEqual(outcomes.slice(3))
    expect((await read(world)).outcomes).toHaveLength(5)
  })

  test('[G3 W71] carry the output of a task that completed, and nothing of one that did not', async () => {
    const world = await afterCompleting(1)
    await world.submitOne({ maxAttempts: 1 })
    await world.perform(failAttempt(world.desk, await world.take(), { error, retry: true }, world.now))
    const { outcomes } = await read(world)
    const [completed, failed] = outcomes.map(({ told }) => told)
    expect(completed).toMatchObject({ status: 'COMPLETED', output: { bytes: output() } })
    expect(failed).toMatchObject({ status: 'FAILED', error })
    expect(failed).not.toHaveProperty('output')
  })

  test('[W72] that were seen are dropped, and the log is forgotten once it is empty', async () => {
    const world = await afterCompleting(3)
    const { outcomes } = await read(world)
    await see(world, outcomes[1]?.id ?? '')
    expect((await read(world)).outcomes).toEqual(outcomes.slice(2))
    await world.perform(boundOutcomes(owner, bounds, world.now))
    expect(world.model.shards[0]?.sets.get(dirtySet)?.size).toBe(1)
    await see(world, outcomes[2]?.id ?? '')
    await world.perform(boundOutcomes(owner, bounds, world.now))
    expect(world.model.shards[0]?.sets.get(dirtySet)?.size).toBe(0)
  })

  test('[W72] that come while their log is found empty keep it in view', async () => {
    const world = await afterCompleting(1)
    const { outcomes } = await read(world)
    await see(world, outcomes[0]?.id ?? '')
    const bounding = world.begin(boundOutcomes(owner, bounds, world.now))
    // The set, the log.
    for (let call = 0; call < 2; call++) await bounding.step()
    await complete(world, 1)
    while (!(await bounding.step()).isDone);
    expect(world.model.shards[0]?.sets.get(dirtySet)?.size).toBe(1)
  })

  test('[G7 W72] that came before their owner died keep their log in view, which it had found empty', async () => {
    const world = await afterCompleting(1)
    const { outcomes } = await read(world)
    await see(world, outcomes[0]?.id ?? '')
    const bounding = world.begin(boundOutcomes(owner, bounds, world.now))
    for (let call = 0; call < 2; call++) await bounding.step()
    await complete(world, 1)
    await bounding.step()
    expect(world.model.shards[0]?.sets.get(dirtySet)?.size).toBe(0)
    await world.perform(boundOutcomes(owner, bounds, world.now))
    expect(world.model.shards[0]?.sets.get(dirtySet)?.size).toBe(1)
  })

  test('[G9 W73] beyond the bound go, oldest first, and the gap says from when to when', async () => {
    const world = await afterCompleting(14)
    await world.perform(boundOutcomes(owner, bounds, world.now))
    const page = await read(world)
    expect(page.gap).toEqual({ since: noon, until: noon + 3 })
    expect(page.outcomes.map(({ told }) => told.at - noon)).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
  })

  test('[G9 W73] too old go, whatever their number', async () => {
    const world = await afterCompleting(3)
    world.now = noon + 60_002
    await world.perform(boundOutcomes(owner, bounds, world.now))
    expect(await read(world)).toMatchObject({ gap: { since: noon, until: noon + 1 }, outcomes: [{}] })
  })

  test('[G9 W73] that go bit by bit are one gap', async () => {
    const world = await afterCompleting(12)
    await world.perform(boundOutcomes(owner, bounds, world.now))
    await complete(world, 3)
    await world.perform(boundOutcomes(owner, bounds, world.now))
    expect((await read(world)).gap).toEqual({ since: noon, until: noon + 4 })
  })

  test('[G9 W73] that had to go are told of until something behind them was seen, unless more went since', async () => {
    const world = await afterCompleting(12)
    await world.perform(boundOutcomes(owner, bounds, world.now))
    const { gap, outcomes } = await read(world)
    if (gap === undefined) throw new Error('no gap')
    expect((await read(world)).gap).toEqual(gap)
    await complete(world, 1)
    await world.perform(boundOutcomes(owner, bounds, world.now))
    const upTo = outcomes[1]?.id ?? ''
    await see(world, upTo, gap)
    const grown = (await read(world)).gap
    expect(grown).toEqual({ since: noon, until: noon + 2 })
    if (grown !== undefined) await see(world, upTo, grown)
    expect((await read(world)).gap).toBeUndefined()
  })

  test('[G7 W74] are not bounded by an owner that was replaced', async () => {
    const world = await afterCompleting(14)
    await world.perform(boundOutcomes({ shard: 0, epoch: 7 }, bounds, world.now))
    expect((await read(world)).outcomes).toHaveLength(14)
  })
})
