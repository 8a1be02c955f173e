/** What ended long ago is forgotten whole: record, sets, counters, cards. */
import { expect, test } from 'vitest'
import { holdResult } from '../../src/tasks/attempt.js'
import { cancelTask } from '../../src/tasks/cancellation.js'
import { counterKey } from '../../src/tasks/keys.js'
import { dropOld } from '../../src/tasks/retention.js'
import { sealRecord } from '../../src/tasks/sealing.js'
import { expectBooksBalance } from './books.js'
import { failAttempt, heldWord, noon, output, passResult, sub, tenant, World } from './world.js'

const owner = { shard: 0, epoch: 0 }
const keep = { taskRetentionMs: 10_000, absentRetentionMs: 30_000, auditRetentionMs: 20_000 }
const error = { code: 'E', message: 'no' }

const recordsOf = (world: World, prefix: string): string[] =>
  [...(world.model.shards[0]?.records.keys() ?? [])].filter((key) => key.startsWith(prefix))

test('[G9 W80] ended tasks go with their sets, counters and cards; others stay', async () => {
  const world = new World()
  await world.submitOne()
  await world.perform(passResult(await world.take(), output(), noon))
  const withdrawn = await world.submitOne()
  const lease = await world.take()
  await world.perform(holdResult(world.desk, lease, heldWord(lease), noon))
  await world.perform(cancelTask(world.desk, { tenant, sub, ownOnly: true }, withdrawn, undefined))
  const open = await world.submitOne()
  world.now = noon + 10_000
  const recent = await world.submitOne({ priority: 'high' })
  await world.perform(passResult(await world.take(), output(), noon + 5_000))

  expect(await world.perform(dropOld(world.desk, owner, keep, world.now))).toBe(2)
  expect(recordsOf(world, 'task/').sort()).toEqual([`task/${open}`, `task/${recent}`].sort())
  expect(recordsOf(world, 'card/')).toEqual([])
  expect(world.model.shards[0]?.records.get(counterKey(tenant))).toMatchObject({ open: 1, COMPLETED: 1, CANCELLED: 0 })
  expectBooksBalance(world)
  expect(await world.perform(dropOld(world.desk, owner, keep, world.now))).toBe(0)
})

test('[G6 W81] a card that still waits when its task goes is withdrawn first, on record and out of the tally', async () => {
  const world = new World()
  await world.submitOne({ maxAttempts: 1 })
  const lease = await world.take()
  const said = { error, retry: true, word: heldWord(lease, 'text') }
  await world.perform(failAttempt(world.desk, lease, said, noon))
  world.now = noon + 10_000
  expect(await world.perform(dropOld(world.desk, owner, keep, world.now))).toBe(1)
  expect(recordsOf(world, 'card/')).toEqual([])
  expect((await world.audit()).map(({ kind }) => kind)).toEqual(['held', 'withdrawn'])
  expectBooksBalance(world)
})

test('[W82] old entries of the audit log go once they are sealed; a page at a time, saying how many', async () => {
  const world = new World()
  for (let i = 0; i < 300; i++) {
    const id = await world.submitOne()
    await world.perform(cancelTask(world.desk, { tenant, sub, ownOnly: true }, id, undefined))
  }
  world.now = noon + 15_000
  expect(await world.perform(dropOld(world.desk, owner, keep, world.now))).toBe(256)
  expect(await world.perform(dropOld(world.desk, owner, keep, world.now))).toBe(44)
  world.now = noon + 90_000
  expect(await world.perform(dropOld(world.desk, owner, keep, world.now))).toBe(0)
  expect(await world.audit()).toHaveLength(300)
  expect(await world.perform(sealRecord(world.desk, owner))).toEqual({ sealed: 300, hasMore: false })
  expect(await world.audit()).toHaveLength(300)
  world.now = noon + 110_001
  expect(await world.perform(dropOld(world.desk, owner, keep, world.now))).toBe(256)
  expect(await world.perform(dropOld(world.desk, owner, keep, world.now))).toBe(44)
  expect(await world.audit()).toEqual([])
  expectBooksBalance(world)
})

test('[G7 W83] an owner that was replaced forgets nothing, and does not say that it did', async () => {
  const world = new World()
  const id = await world.submitOne()
  await world.perform(cancelTask(world.desk, { tenant, sub, ownOnly: true }, id, undefined))
  world.now = noon + 50_000
  expect(await world.perform(dropOld(world.desk, { shard: 0, epoch: 3 }, keep, world.now))).toBe(0)
  expect(recordsOf(world, 'task/')).toHaveLength(1)
  expect(await world.audit()).toHaveLength(1)
})
