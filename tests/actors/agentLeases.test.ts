/** Leases in an agent's hands: how it ends them, how they end by themselves, and that each end is carried through. */
import { describe, expect, test } from 'vitest'
import { expectBooksBalance } from '../tasks/books.js'
import { hold, noon, tenant } from '../tasks/world.js'
import { joined, leaseMs, result, resumeMs } from './agentSessionWorld.js'

describe('a result', () => {
  test('[G2 Q10] is answered after its commit; sent again meanwhile or later, by the same answer as a duplicate', async () => {
    const world = await joined()
    const held = await world.assign()
    const [first, again] = [world.say(result(held)), world.say(result(held, { output: undefined }))]
    expect(world.answerTo(first)).toBeUndefined()
    await world.run()
    const later = world.say(result(held))
    await world.run()
    expect(world.answerTo(first)).toMatchObject({ type: 'ack', status: 'COMPLETED' })
    expect(world.answerTo(first)).not.toHaveProperty('duplicate')
    for (const id of [again, later]) expect(world.answerTo(id)).toMatchObject({ status: 'COMPLETED', duplicate: true })
    expect(world.held).toBe(0)
  })

  test('[G4 Q11] is judged with its confidence as it was sent, and held as NEEDS_REVIEW', async () => {
    const world = await joined()
    world.verdict = hold
    const id = world.say(result(await world.assign(), { confidence: 'very' }))
    await world.run()
    expect(world.answerTo(id)).toMatchObject({ status: 'NEEDS_REVIEW' })
    const [card] = (await world.tasks.ledger.range(0, `cards/${tenant}/PENDING`, { limit: 9 })).members
    const [fields] = await world.tasks.ledger.read(0, [`card/${card?.member}`])
    expect(fields?.confidence).toBe(0)
  })

  test('[G2 Q12] of a lease that is foreign, noise or another task’s is stale', async () => {
    const world = await joined()
    const held = await world.assign()
    const foreign = world.tasks.desk.signer.sign(
      { shard: 0, turn: 1, entry: '1', task: held.task, lane: 'l' },
      tenant,
      'x',
    )
    for (const wrong of [
      { ...held, task: 'other' },
      { ...held, lease: 'noise' },
      { ...held, lease: foreign },
    ]) {
      const id = world.say(result(wrong))
      await world.run()
      expect(world.answerTo(id)).toMatchObject({ code: 'STALE_LEASE' })
    }
    expect(world.held).toBe(1)
  })

  test('[G2 G6 Q13] that comes while the node ends its lease is told once that is known, and is on record as stale', async () => {
    const world = await joined()
    const held = await world.assign({ timeoutMs: 1_000 })
    world.wake('leases')
    const id = world.say(result(held))
    expect(world.answerTo(id)).toBeUndefined()
    await world.run()
    expect(world.answerTo(id)).toMatchObject({ code: 'STALE_LEASE' })
    expect((await world.tasks.audit()).map(({ kind }) => kind)).toEqual(['staleResult'])
    expect(await world.tasks.task(held.task)).toMatchObject({ status: 'SCHEDULED', error: { code: 'TIMEOUT' } })
  })

  test('[G9 Q14] for which there is no room is told to come again, and its lease is still looked after', async () => {
    const world = await joined()
    const held = await world.assign({ timeoutMs: 5_000 })
    const id = world.say(result(held))
    world.wake('leases')
    world.failRuns()
    expect(world.answerTo(id)).toMatchObject({ code: 'OVERLOADED', retryAfterMs: 250 })
    expect(world.wakes.has('leases')).toBe(true)
    world.wake('leases')
    await world.run()
    expect(await world.tasks.task(held.task)).toMatchObject({ status: 'SCHEDULED' })
  })

  test('[Q15] with credits asks for more at once: its own place counts as free', async () => {
    const world = await joined({ capacity: 1 })
    world.say({ type: 'pull', credits: 1 })
    const held = await world.assign()
    const id = world.say(result(held, { credits: 5 }))
    expect(world.wants).toEqual([1, 1])
    await world.run()
    expect(world.answerTo(id)).toMatchObject({ credits: 1, tasks: [] })
  })
})

describe('leases', () => {
  test('[Q20] live on heartbeats: all of them, or those that are listed', async () => {
    const world = await joined()
    const kept = await world.assign()
    const silent = await world.assign()
    world.tasks.now += leaseMs - 1
    world.say({ type: 'heartbeat', holding: [kept.lease] })
    world.wake('leases')
    await world.run()
    expect(world.sent.at(-1)).toMatchObject({ type: 'cancel', task: silent.task, lease: silent.lease })
    expect(await world.tasks.task(silent.task)).toMatchObject({ status: 'SCHEDULED', error: { code: 'LEASE_EXPIRED' } })
    expect(await world.tasks.task(kept.task)).toMatchObject({ status: 'RUNNING' })
    expect(world.held).toBe(1)
  })

  test('[G7 Q21] of a lost connection are kept for resumeMs, however long ago the last heartbeat was', async () => {
    const world = await joined()
    const held = await world.assign()
    world.tasks.now += leaseMs - 1
    world.tell({ kind: 'lost' })
    world.wake('leases')
    expect(world.runs).toEqual([])
    expect(world.wakes.get('resume')).toBe(noon + leaseMs - 1 + resumeMs)
    world.wake('resume')
    await world.run()
    expect(await world.tasks.task(held.task)).toMatchObject({ status: 'SCHEDULED', error: { code: 'AGENT_LOST' } })
    world.tell({ kind: 'left' })
    expect(world.hasStopped).toBe(true)
    expectBooksBalance(world.tasks)
  })

  test('[Q21] end at their deadline all the same', async () => {
    const world = await joined()
    const held = await world.assign({ timeoutMs: 2_000 })
    world.tell({ kind: 'lost' })
    world.tasks.now += 2_000
    world.tell({ kind: 'woke', key: 'leases' })
    await world.run()
    expect(await world.tasks.task(held.task)).toMatchObject({ status: 'SCHEDULED', error: { code: 'TIMEOUT' } })
  })

  test('[G1 Q22] that the node could not end are ended at a later look', async () => {
    const world = await joined()
    const held = await world.assign({ timeoutMs: 1_000 })
    world.wake('leases')
    world.failRuns()
    expect(world.wakes.get('leases')).toBe(world.tasks.now + 250)
    world.tell(await world.claim())
    expect(world.wakes.get('leases')).toBe(world.tasks.now + 250)
    world.wake('leases')
    await world.run()
    expect(await world.tasks.task(held.task)).toMatchObject({ status: 'SCHEDULED' })
  })

  test('[G1 Q22] that could not be ended while the session leaves are tried again until they are', async () => {
    const world = await joined()
    const held = await world.assign()
    world.tell({ kind: 'lost' })
    world.wake('resume')
    world.tell({ kind: 'left' })
    for (let again = 0; again < 3; again++) {
      world.failRuns()
      expect(world.hasStopped).toBe(false)
      world.wake('leases')
    }
    await world.run()
    expect(await world.tasks.task(held.task)).toMatchObject({ status: 'SCHEDULED' })
    expect(world.hasStopped).toBe(true)
  })
})
