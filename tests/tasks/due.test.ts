/** What comes due: delays, back-offs, times to live; by an owner that is still the owner. */
import { expect, test } from 'vitest'
import { takeShard } from '../../src/cluster/ownership.js'
import { expireClaimed } from '../../src/tasks/attempt.js'
import { settleDue } from '../../src/tasks/due.js'
import { dueSet } from '../../src/tasks/keys.js'
import { leaseMs, seenBy } from '../cluster/views.js'
import { expectBooksBalance } from './books.js'
import { failAttempt, noon, output, passResult, World } from './world.js'

const owner = { shard: 0, epoch: 0 }

const dueMembers = (world: World): string[] => [...(world.model.shards[0]?.sets.get(dueSet)?.keys() ?? [])]

test('[W50] a delay that is over brings its task into the lane, not a millisecond before', async () => {
  const world = new World()
  const id = await world.submitOne({ delayMs: 1_000 })
  world.now += 999
  expect(await world.perform(settleDue(owner))).toEqual({ settled: 0, nextAt: noon + 1_000 })
  world.now += 1
  expect(await world.perform(settleDue(owner))).toEqual({ settled: 1 })
  expect(await world.task(id)).toMatchObject({ status: 'QUEUED' })
  expect((await world.task(id)).dueAt).toBeUndefined()
  expectBooksBalance(world)
})

test('[W51] a wait that is over expires its task, and takes it out of the lane', async () => {
  const world = new World()
  const id = await world.submitOne({ ttlMs: 1_000 })
  world.now += 1_000
  await world.perform(settleDue(owner))
  expect(await world.task(id)).toMatchObject({ status: 'EXPIRED' })
  expect((await world.claim([{ agent: 'a', connection: 1 }])).leases).toEqual([])
  expect(await world.outcomes()).toMatchObject([{ task: id, status: 'EXPIRED', final: true }])
  expect(dueMembers(world)).toEqual([])
  expectBooksBalance(world)
})

test('[W51] one that an agent has taken goes on, and its next wait has a time to live of its own', async () => {
  const world = new World()
  const id = await world.submitOne({ ttlMs: 1_000, steps: ['mail', 'file'] })
  const lease = await world.take()
  world.now += 5_000
  await world.perform(settleDue(owner))
  expect(await world.task(id)).toMatchObject({ status: 'RUNNING' })
  await world.perform(passResult(lease, output(), world.now))
  expect(await world.perform(settleDue(owner))).toEqual({ settled: 0, nextAt: world.now + 1_000 })
  world.now += 1_000
  await world.perform(settleDue(owner))
  expect(await world.task(id)).toMatchObject({ status: 'EXPIRED', step: 2 })
  expectBooksBalance(world)
})

test('[W52] a task that moves on between the look and the read keeps its new time to live', async () => {
  const world = new World()
  const id = await world.submitOne({ ttlMs: 1_000, steps: ['mail', 'mail'] })
  const lease = await world.take()
  world.now += 1_000
  const look = world.begin(settleDue(owner))
  await look.step()
  await look.step()
  await world.perform(passResult(lease, output(), world.now))
  while (!(await look.step()).isDone);
  expect(dueMembers(world)).toEqual([id])
  world.now += 1_000
  await world.perform(settleDue(owner))
  expect(await world.task(id)).toMatchObject({ status: 'EXPIRED', step: 2 })
})

test('[W52] a task that fails between the look and the read waits for as long as its back-off says', async () => {
  const world = new World()
  const id = await world.submitOne({ ttlMs: 1_000 })
  const lease = await world.take()
  world.now += 1_000
  const look = world.begin(settleDue(owner))
  await look.step()
  await look.step()
  const error = { code: 'E', message: 'no' }
  await world.perform(failAttempt(world.desk, lease, { error, retry: true }, world.now))
  while (!(await look.step()).isDone);
  expect(await world.task(id)).toMatchObject({ status: 'SCHEDULED' })
  expectBooksBalance(world)
})

test('[W53] an entry that was claimed after its wait expires its task; the owner does it where the node fails to', async () => {
  for (const isByOwner of [true, false]) {
    const world = new World()
    const id = await world.submitOne({ ttlMs: 1_000 })
    world.now += 1_001
    const { leases, overdue } = await world.claim([{ agent: 'a', connection: 1 }])
    expect(leases).toEqual([])
    if (isByOwner) await world.perform(settleDue(owner))
    else for (const { task, ...place } of overdue) await world.perform(expireClaimed(place, task, world.now))
    expect(await world.task(id)).toMatchObject({ status: 'EXPIRED' })
    expect(await world.ledger.held(0, world.desk.holder)).toEqual([])
    expectBooksBalance(world)
  }
})

/** The epoch of a shard that the holder takes. */
const epochOf = async (
  world: World,
  holder: string,
  others: Readonly<Record<string, number>> = {},
): Promise<number> => {
  const taken = await world.perform(takeShard(world.deskOf(holder), 0, seenBy(holder, others)), holder)
  if (taken.kind !== 'taken') throw new Error('the shard has an owner')
  return taken.epoch
}

test('[G7 W54] an owner that was replaced changes nothing, and says that it settled nothing', async () => {
  const world = new World()
  const id = await world.submitOne({ delayMs: 1_000 })
  const before = await epochOf(world, world.desk.holder)
  const epoch = await epochOf(world, 'n2.a', { [world.desk.holder]: leaseMs })
  expect(epoch).toBe(before + 1)
  world.now += 1_000
  expect(await world.perform(settleDue({ shard: 0, epoch: before }))).toEqual({ settled: 0 })
  expect(await world.task(id)).toMatchObject({ status: 'SCHEDULED' })
  expect(await world.perform(settleDue({ shard: 0, epoch }), 'n2.a')).toEqual({ settled: 1 })
})

test('[W55] more than a page of them are brought on page by page', async () => {
  const world = new World()
  await world.submit(...Array.from({ length: 300 }, () => ({ delayMs: 10 })))
  world.now += 10
  expect(await world.perform(settleDue(owner))).toEqual({ settled: 256 })
  expect(await world.perform(settleDue(owner))).toEqual({ settled: 44 })
  expectBooksBalance(world)
})
