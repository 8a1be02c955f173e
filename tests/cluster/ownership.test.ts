/** A shard changes its owner: when the last one gave it up, lapsed or died, and never for two at once. */
import { describe, expect, test } from 'vitest'
import {
  type Look,
  lookAtHolders,
  readOwner,
  releaseShard,
  type Taken,
  takeShard,
} from '../../src/cluster/ownership.js'
import { Unavailable } from '../../src/tasks/procedure.js'
import { noon, output, passResult, World } from '../tasks/world.js'
import { leaseMs, quietMs, seenBy } from './views.js'

const first = 'n1.a'
const second = 'n2.a'

const take = (world: World, holder: string, others: Readonly<Record<string, number>> = {}): Promise<Taken> =>
  world.perform(takeShard(world.deskOf(holder), 0, seenBy(holder, others)), holder)

const look = (world: World, holder: string, epoch: number, dead: readonly string[] = []): Promise<Look> =>
  world.perform(
    lookAtHolders(world.deskOf(holder), 0, epoch, (one) => dead.includes(one)),
    holder,
  )

describe('a shard', () => {
  test('[G7 W95] has one owner: of two that take it, the second raises the epoch again', async () => {
    const world = new World()
    const began = world.begin(takeShard(world.desk, 0, seenBy(first)))
    await began.step()
    await began.step()
    expect(await take(world, second)).toMatchObject({ kind: 'taken', epoch: 1 })
    let last = await began.step()
    while (!last.isDone) last = await began.step()
    // It looked again, and saw that it has an owner whom nobody here knows to be alive.
    expect(last.result).toMatchObject({ kind: 'taken', epoch: 2 })
  })

  test('[B5] stays with an owner that is alive, and is free once it lapses, gives it up, or has begun anew', async () => {
    const world = new World()
    expect(await take(world, first)).toMatchObject({ kind: 'taken', epoch: 1 })
    expect(await take(world, second, { [first]: leaseMs - 1 })).toEqual({ kind: 'owned' })
    expect(await take(world, second, { [first]: leaseMs })).toMatchObject({ kind: 'taken', epoch: 2, dead: [] })
    expect(await take(world, first, { [second]: 0 })).toEqual({ kind: 'owned' })
    await world.perform(releaseShard(world.deskOf(second), 0), second)
    expect(await world.perform(readOwner(0))).toBeNull()
    expect(await take(world, first, { [second]: 0 })).toMatchObject({ kind: 'taken', epoch: 3 })
    expect(await take(world, second, { 'n1.b': 0 })).toMatchObject({ kind: 'taken', epoch: 4, dead: [first] })
  })

  test('[B5] is not given up by an owner that was replaced', async () => {
    const world = new World()
    await take(world, first)
    await take(world, second, { [first]: leaseMs })
    await world.perform(releaseShard(world.deskOf(first), 0), first)
    expect(await world.perform(readOwner(0))).toMatchObject({ node: 'n2', epoch: 2 })
  })

  test('[G7 W96] refuses whom its owner buried', async () => {
    const world = new World()
    await world.submit({})
    const { leases } = await world.claim([{ agent: 'a', connection: 1 }])
    expect(await take(world, second, { [first]: quietMs })).toMatchObject({ kind: 'taken', dead: [first] })
    const [lease] = leases
    if (lease === undefined) throw new Error('no lease')
    await expect(world.perform(passResult(lease, output(), noon))).rejects.toThrow('buried')
  })

  test('[B6] has its holders looked at: who died is buried, once, and who lives is left alone', async () => {
    const world = new World()
    await world.submit({})
    await world.claim([{ agent: 'a', connection: 1 }], { holder: 'n3.a' })
    await take(world, first)
    expect(await look(world, first, 1)).toEqual({ kind: 'owned', here: ['n3.a'], dead: [] })
    expect(await look(world, first, 1, ['n3.a'])).toEqual({ kind: 'owned', here: ['n3.a'], dead: ['n3.a'] })
    expect(await look(world, first, 1)).toEqual({ kind: 'owned', here: ['n3.a'], dead: ['n3.a'] })
  })

  test('[B6] whose owner was replaced is looked at by the new one alone', async () => {
    const world = new World()
    await take(world, first)
    await take(world, second, { [first]: leaseMs })
    expect(await look(world, first, 1, [second])).toEqual({ kind: 'lost' })
    expect(await look(world, second, 2)).toMatchObject({ kind: 'owned' })
  })

  test('[G9 W97] that has no room for a new owner is taken later, not tried without end', async () => {
    const world = new World()
    world.isFullFor = () => true
    await expect(take(world, first)).rejects.toThrow(Unavailable)
  })
})
