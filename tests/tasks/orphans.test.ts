/** What a dead holder left is tried again: by nobody twice, and not before its time. */
import { describe, expect, test } from 'vitest'
import { aloneView } from '../../src/cluster/members.js'
import { type Taken, takeShard } from '../../src/cluster/ownership.js'
import { joinAgent } from '../../src/tasks/joining.js'
import { retryOrphans } from '../../src/tasks/orphans.js'
import { Unavailable } from '../../src/tasks/procedure.js'
import type { Submission } from '../../src/tasks/submission.js'
import { leaseMs, seenBy } from '../cluster/views.js'
import { expectBooksBalance } from './books.js'
import { noon, tenant, World } from './world.js'

const next = 'n1.b'

const sure = (taken: Taken): Extract<Taken, { kind: 'taken' }> => {
  if (taken.kind !== 'taken') throw new Error('the shard has an owner')
  return taken
}

/** A holder that died with the leases of so many tasks. */
const afterDeath = async (...asked: readonly Partial<Submission>[]) => {
  const world = new World()
  const ids = await world.submit(...asked)
  const { leases } = await world.claim(asked.map((_, i) => ({ agent: `a${i}`, connection: 1 })))
  const desk = world.deskOf(next)
  const { epoch, dead } = sure(await world.perform(takeShard(desk, 0, aloneView('n1', next)), next))
  expect(dead).toEqual([world.desk.holder])
  const retry = () => world.perform(retryOrphans(desk, 0, epoch, world.desk.holder), next)
  return { world, ids, leases, desk, retry }
}

describe('what a dead holder left', () => {
  test('[G1 W98] is tried again: the attempt counts, the last one fails, and the holder is forgotten', async () => {
    const { world, ids, retry } = await afterDeath({}, { maxAttempts: 1 })
    expect(await retry()).toBe(2)
    const [again = '', last = ''] = ids
    expect(await world.task(again)).toMatchObject({ status: 'SCHEDULED', attempts: 1, error: { code: 'AGENT_LOST' } })
    expect(await world.task(last)).toMatchObject({ status: 'FAILED' })
    expect((await world.ledger.holders(0)).map(({ holder }) => holder)).toEqual([next])
    expectBooksBalance(world)
  })

  test('[G7 W98] and its agent adopted meanwhile goes on', async () => {
    const { world, ids, leases, desk, retry } = await afterDeath({})
    const holding = leases.map((lease) => ({ token: world.token(lease), place: lease.place }))
    const joiner = { tenant, agent: 'a0', queues: ['mail'], lastConnection: 1, holding }
    await world.perform(joinAgent(desk, joiner, noon), next)
    expect(await retry()).toBe(0)
    expect(await world.task(ids[0] ?? '')).toMatchObject({ status: 'RUNNING', attempts: 0 })
    expectBooksBalance(world)
  })

  test('[G1 W98] and it had claimed only to end its wait, expires', async () => {
    const world = new World()
    const id = await world.submitOne({ ttlMs: 1_000 })
    world.now += 1_001
    await world.claim([{ agent: 'a', connection: 1 }])
    const desk = world.deskOf(next)
    const { epoch } = sure(await world.perform(takeShard(desk, 0, aloneView('n1', next)), next))
    await world.perform(retryOrphans(desk, 0, epoch, world.desk.holder), next)
    expect(await world.task(id)).toMatchObject({ status: 'EXPIRED' })
    expectBooksBalance(world)
  })

  test('[G1 G9 W99] and for which there is no room just now, is tried again later', async () => {
    const { world, ids, retry } = await afterDeath({}, {})
    let room = 1
    world.isFullFor = ({ tenant: whose }) => whose === tenant && room-- <= 0
    await expect(retry()).rejects.toThrow(Unavailable)
    world.isFullFor = () => false
    expect(await retry()).toBe(1)
    for (const id of ids) expect(await world.task(id)).toMatchObject({ status: 'SCHEDULED', attempts: 1 })
    expectBooksBalance(world)
  })

  test('[G7 W99] is left alone by an owner that was replaced', async () => {
    const { world, ids, retry } = await afterDeath({})
    await world.perform(takeShard(world.deskOf('n3.a'), 0, seenBy('n3.a', { [next]: leaseMs })), 'n3.a')
    await retry()
    expect(await world.task(ids[0] ?? '')).toMatchObject({ status: 'RUNNING' })
  })
})
