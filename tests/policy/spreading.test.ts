/** A policy comes into force in all shards, whoever dies on the way; and what it no longer lets through stays. */
import { describe, expect, test } from 'vitest'
import * as attempt from '../../src/tasks/attempt.js'
import { policyKey, spreadingSet, taskKey } from '../../src/tasks/keys.js'
import { NotPassed, type Passed } from '../../src/tasks/passed.js'
import { changePolicy, readStoredPolicy, spreadHalfDone } from '../../src/tasks/policyRecord.js'
import type { Order } from '../../src/tasks/procedure.js'
import { shardOf } from '../../src/tasks/shardOf.js'
import { heldWord, noon, output, passedFor, tenant, World } from '../tasks/world.js'

const shards = 4
const home = shardOf(tenant, shards)
const versions = { before: 'p_0', version: 'p_1' }

const change = async (world: World, document: string, over?: Awaited<ReturnType<typeof stored>>) =>
  changePolicy(world.desk, { tenant, by: 'ann', over: over ?? (await stored(world)), document, versions })

const stored = (world: World) => world.perform(readStoredPolicy(world.desk, tenant))

const editions = async (world: World): Promise<readonly unknown[]> => {
  const all: unknown[] = []
  for (let shard = 0; shard < world.desk.shards; shard++) {
    const [fields] = await world.ledger.read(shard, [policyKey(tenant)])
    all.push(fields?.edition)
  }
  return all
}

const halfDone = async (world: World): Promise<readonly string[]> =>
  (await world.ledger.range(home, spreadingSet, { limit: 10 })).members.map(({ member }) => member)

describe('a change', () => {
  test('[PO10 G6] is in all shards when it is acknowledged, with one audit entry', async () => {
    const world = new World({ shards })
    expect(await world.perform(await change(world, '{}'))).toEqual({ kind: 'done' })
    expect(await editions(world)).toEqual(Array.from({ length: shards }, () => noon))
    expect(await stored(world)).toEqual({ edition: noon, document: '{}', by: 'ann', at: noon })
    expect(await halfDone(world)).toEqual([])
    expect(await world.audit()).toEqual([{ at: noon, kind: 'policyChanged', by: 'ann', ...versions }])
  })

  test('[PO10] has a later edition than the one before, also where the clock stands', async () => {
    const world = new World({ shards })
    await world.perform(await change(world, '{}'))
    await world.perform(await change(world, '{"samplePercent":1}'))
    expect(await editions(world)).toEqual(Array.from({ length: shards }, () => noon + 1))
  })

  test('[PO11 G5] of two at once one is refused, and changes nothing', async () => {
    const world = new World({ shards })
    const over = await stored(world)
    expect(await world.perform(await change(world, '{"samplePercent":1}', over))).toEqual({ kind: 'done' })
    expect(await world.perform(await change(world, '{"samplePercent":2}', over))).toEqual({ kind: 'changed' })
    expect((await stored(world)).document).toBe('{"samplePercent":1}')
    expect(await world.audit()).toHaveLength(1)
  })

  test('[PO12 G7] that dies after any of its calls is not there at all, or comes into force by the owner of the shard', async () => {
    for (let calls = 1; ; calls++) {
      const world = new World({ shards })
      const performance = world.begin(await change(world, '{}'))
      let isDone = false
      for (let at = 0; at < calls && !isDone; at++) isDone = (await performance.step()).isDone
      await world.perform(spreadHalfDone(world.desk, home))
      const { document } = await stored(world)
      const expected = document === null ? undefined : noon
      expect(await editions(world)).toEqual(Array.from({ length: shards }, () => expected))
      expect(await halfDone(world)).toEqual([])
      expect(await world.audit()).toHaveLength(document === null ? 0 : 1)
      if (isDone) return
    }
  })

  test('[PO12] of which some shards have no room is not acknowledged, and comes into force once they have', async () => {
    const world = new World({ shards })
    world.isFullFor = ({ shard }: Order) => shard === (home + 1) % shards
    await expect(world.perform(await change(world, '{}'))).rejects.toThrow('not in all shards')
    expect(await halfDone(world)).toEqual([tenant])
    world.isFullFor = () => false
    await world.perform(spreadHalfDone(world.desk, home))
    expect(await editions(world)).toEqual(Array.from({ length: shards }, () => noon))
  })

  test('[PO12] that an owner carries on late takes nothing back that came after it', async () => {
    const world = new World({ shards })
    const late = world.begin(await change(world, '{}'))
    // It has read what stands, and committed to the tenant's shard.
    for (let at = 0; at < 2; at++) await late.step()
    const owner = world.begin(spreadHalfDone(world.desk, home))
    await owner.step()
    await world.perform(await change(world, '{"samplePercent":1}'))
    for (const one of [owner, late]) while (!(await one.step()).isDone);
    expect(await editions(world)).toEqual(Array.from({ length: shards }, () => noon + 1))
    expect(await halfDone(world)).toEqual([])
  })

  test('[PO13 G8] of one tenant is none of another’s', async () => {
    const world = new World({ shards })
    await world.perform(await change(world, '{}'))
    expect(await world.perform(readStoredPolicy(world.desk, 't_other'))).toEqual({ edition: 0, document: null })
    const lease = await taken(world)
    const other = { ...lease, task: { ...lease.task, tenant: 't_other' } }
    // A guard of its own tenant's policy, of which there is none.
    const reply = await world.perform(attempt.passResult(other, output(), passedFor(other, output(), 0), noon))
    expect(reply).toMatchObject({ kind: 'done' })
  })
})

const taken = async (world: World) => {
  await world.submitOne()
  return world.take()
}

const inForce = async (world: World, document = '{}') => {
  await world.perform(await change(world, document))
  return (await stored(world)).edition
}

describe('what was judged by an edition', () => {
  test('[PO14 G3] is released as long as no later one is in force in its shard', async () => {
    const world = new World({ shards })
    const edition = await inForce(world)
    const lease = await taken(world)
    const before = await world.record(lease.task.id)
    for (const older of [0, edition - 1]) {
      const reply = await world.perform(attempt.passResult(lease, output(), passedFor(lease, output(), older), noon))
      expect(reply).toEqual({ kind: 'policyChanged' })
    }
    expect(await world.record(lease.task.id)).toEqual(before)
    const passed = passedFor(lease, output(), edition)
    expect(await world.perform(attempt.passResult(lease, output(), passed, noon))).toMatchObject({
      status: 'COMPLETED',
    })
    expect(await world.record(lease.task.id)).toMatchObject({ policyVersion: 'p1', confidence: 0.9 })
  })

  test('[PO14] may be of a policy that its shard hasn’t got yet', async () => {
    const world = new World({ shards })
    const lease = await taken(world)
    const reply = await world.perform(attempt.passResult(lease, output(), passedFor(lease, output(), noon), noon))
    expect(reply).toMatchObject({ status: 'COMPLETED' })
  })

  test('[PO14] is held, or fails, under the same guard; what nobody judged needs none', async () => {
    const world = new World({ shards })
    const lease = await taken(world)
    await inForce(world)
    const word = { ...heldWord(lease), edition: 0 }
    expect(await world.perform(attempt.holdResult(world.desk, lease, word, noon))).toEqual({ kind: 'policyChanged' })
    const held = { retry: false, word }
    expect(await world.perform(attempt.failAttempt(world.desk, lease, held, noon))).toEqual({ kind: 'policyChanged' })
    const said = { retry: false, said: output(), passed: passedFor(lease, output(), 0) }
    expect(await world.perform(attempt.failAttempt(world.desk, lease, said, noon))).toEqual({ kind: 'policyChanged' })
    expect(await world.audit()).toHaveLength(1)
    const error = { code: 'TIMEOUT', message: 'Too late.' }
    expect(await world.perform(attempt.loseAttempt(world.desk, lease, error, noon))).toMatchObject({ kind: 'done' })
  })

  test('[PO14 G2] is stale where the lease has ended, whatever the policy', async () => {
    const world = new World({ shards })
    const lease = await taken(world)
    await world.perform(attempt.releaseLease(lease, 'release', noon))
    await inForce(world)
    const reply = await world.perform(attempt.passResult(lease, output(), passedFor(lease, output(), 0), noon))
    expect(reply).toEqual({ kind: 'stale' })
  })

  test('[PO4 G6] by an allowance is on record with what was released', async () => {
    const world = new World({ shards })
    const lease = await taken(world)
    const lifts = [{ rule: 'pii.email', path: '/to', until: noon + 1, why: 'our own desk' }]
    const passed = passedFor(lease, output(), 0, lifts)
    await world.perform(attempt.passResult(lease, output(), passed, noon))
    expect(await world.audit()).toMatchObject([{ kind: 'allowed', task: lease.task.id, lifts, policyVersion: 'p1' }])
  })
})

describe('nothing is released', () => {
  const refused = async (world: World, lease: attempt.Lease, bytes: Uint8Array, passed: Passed) => {
    const [before] = await world.ledger.read(lease.place.shard, [taskKey(lease.task.id)])
    await expect(world.perform(attempt.passResult(lease, bytes, passed, noon))).rejects.toThrow(NotPassed)
    const failure = { retry: false, said: bytes, passed }
    await expect(world.perform(attempt.failAttempt(world.desk, lease, failure, noon))).rejects.toThrow(NotPassed)
    expect((await world.ledger.read(lease.place.shard, [taskKey(lease.task.id)]))[0]).toEqual(before)
  }

  test('[PO15 G3] but the very bytes that passed', async () => {
    const world = new World({ shards })
    const lease = await taken(world)
    await refused(world, lease, output('x'), passedFor(lease, output('o')))
  })

  test('[PO15 G3] but where it passed: in this tenant, and in this queue', async () => {
    const world = new World({ shards })
    const lease = await taken(world)
    const elsewhere = { ...lease, task: { ...lease.task, steps: ['web'] } }
    await refused(world, lease, output(), passedFor(elsewhere, output()))
    const others = { ...lease, task: { ...lease.task, tenant: 't_other' } }
    await refused(world, lease, output(), passedFor(others, output()))
  })

  test('[PO15 G3] by a verdict that was copied or made up', async () => {
    const world = new World({ shards })
    const lease = await taken(world)
    await refused(world, lease, output(), { ...passedFor(lease, output()) })
    await refused(world, lease, output(), { policyVersion: 'p1', edition: 0, confidence: 1, lifts: [] })
  })

  test('[PO15 G3] that was changed in place after it passed', async () => {
    const world = new World({ shards })
    const lease = await taken(world)
    const bytes = output('o')
    const passed = passedFor(lease, bytes)
    bytes[1] = 'x'.charCodeAt(0)
    await refused(world, lease, bytes, passed)
  })
})
