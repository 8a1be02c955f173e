/** A shard's owner: each of its duties goes on for ever, whatever the ledger does. */
import { describe, expect, test } from 'vitest'
import type { NodeEffect, RunEffect } from '../../src/actors/effects.js'
import { aloneView, placedAt } from '../../src/cluster/members.js'
import { readOwner, takeShard } from '../../src/cluster/ownership.js'
import {
  type ShardOwnerArgs,
  type ShardOwnerMessage,
  type ShardOwnerState,
  shardOwner,
} from '../../src/cluster/shardOwner.js'
import { auditWrites } from '../../src/tasks/entries.js'
import { auditLog } from '../../src/tasks/keys.js'
import { Stepper } from '../actors/stepper.js'
import { noon, tenant, World } from '../tasks/world.js'
import { leaseMs, quietMs, seenBy } from './views.js'

const resumeMs = 15_000

class OwnerWorld {
  readonly tasks = new World()
  readonly owner: Stepper<ShardOwnerState, ShardOwnerMessage, NodeEffect, ShardOwnerArgs>
  readonly wakes = new Map<string, number>()
  runs: RunEffect[] = []

  constructor(view = aloneView('n1', 'n1.a')) {
    const args: ShardOwnerArgs = {
      desk: this.tasks.desk,
      shard: 0,
      resumeMs,
      bounds: {
        outcomesKept: 10,
        outcomeRetentionMs: 1_000,
        taskRetentionMs: 1_000,
        absentRetentionMs: 1_000,
        auditRetentionMs: 1_000,
      },
    }
    this.owner = new Stepper(shardOwner, args, { now: noon })
    this.tell({ kind: 'members', view })
  }

  tell(message: ShardOwnerMessage): void {
    this.owner.now = this.tasks.now
    this.#keep(this.owner.tell(message))
  }

  async run(): Promise<void> {
    for (const { tag, procedure } of this.runs.splice(0)) {
      this.tell({ kind: 'ran', tag, result: await this.tasks.perform(procedure) })
    }
  }

  failRuns(): void {
    for (const { tag } of this.runs.splice(0)) this.tell({ kind: 'ranNot', tag, why: 'unavailable', retryAfterMs: 250 })
  }

  wake(key: string): void {
    this.tasks.now = Math.max(this.tasks.now, this.wakes.get(key) ?? 0)
    expect(this.wakes.delete(key), `${key} is armed`).toBe(true)
    this.tell({ kind: 'woke', key })
  }

  #keep(effects: readonly NodeEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'wake') this.wakes.set(effect.key, effect.at)
      else if (effect.kind === 'run') this.runs.push(effect)
    }
  }
}

describe('an owner', () => {
  test('[Q60] takes its shard, as often as it takes, and then begins its duties', async () => {
    const world = new OwnerWorld()
    world.failRuns()
    world.wake('take')
    world.failRuns()
    world.wake('take')
    await world.run()
    expect(world.owner.state).toMatchObject({ tenure: { kind: 'owning', owned: { epoch: 1, orphaned: [] } } })
    expect([...world.wakes.keys()].sort()).toEqual(
      expect.arrayContaining(['bound', 'due', 'orphans', 'retention', 'seal', 'webhooks']),
    )
    expect(world.wakes.get('orphans')).toBe(world.tasks.now + resumeMs)
  })

  test('[AU8 G6] seals what is on record within a second, failed calls and what comes meanwhile included', async () => {
    const world = new OwnerWorld()
    await world.run()
    const { ledger } = world.tasks
    const waiting = async () => (await ledger.log(0, auditLog(tenant), { limit: 1 })).size
    for (let n = 0; n < 3; n++) {
      const writes = auditWrites(tenant, { at: world.tasks.now, kind: 'cancelled', by: 'ann', task: `t${n}` })
      await ledger.commit(0, 'n1.b', n + 1, [{ guards: [], writes }])
      const since = world.tasks.now
      while ((await waiting()) > 0) {
        world.wake('seal')
        if (n === 1 && world.tasks.now - since < 400) world.failRuns()
        else await world.run()
      }
      expect(world.tasks.now - since).toBeLessThan(1_000)
    }
    expect(await world.tasks.audit()).toHaveLength(3)
  })

  test('[Q61] goes on with each duty, done or not', async () => {
    const world = new OwnerWorld()
    await world.run()
    for (const key of ['due', 'bound', 'retention', 'due', 'bound', 'retention']) {
      world.wake(key)
      expect(world.runs).toHaveLength(1)
      world.failRuns()
      expect(world.wakes.get(key), `${key} after a failure`).toBe(world.tasks.now + 500)
      world.wake(key)
      await world.run()
      expect(world.wakes.has(key), `${key} after success`).toBe(true)
    }
  })

  test('[Q61] brings a delayed task into its lane within a tenth of a second', async () => {
    const world = new OwnerWorld()
    await world.run()
    const id = await world.tasks.submitOne({ delayMs: 60_000 })
    for (let rounds = 0; (await world.tasks.task(id)).status === 'SCHEDULED'; rounds++) {
      expect(rounds).toBeLessThan(1_000)
      world.wake('due')
      await world.run()
    }
    expect(world.tasks.now - noon).toBeGreaterThanOrEqual(60_000)
    expect(world.tasks.now - noon).toBeLessThanOrEqual(60_100)
  })

  test('[G1 Q62] tries again what dead holders left, one after the other, once their agents had their time', async () => {
    const world = new OwnerWorld()
    const ids = await world.tasks.submit({}, {})
    await world.tasks.claim([{ agent: 'a', connection: 1 }], { holder: 'n0.a' })
    await world.tasks.claim([{ agent: 'b', connection: 1 }], { holder: 'n0.b' })
    await world.run()
    world.wake('orphans')
    expect(world.tasks.now).toBe(noon + resumeMs)
    world.failRuns()
    for (let holder = 0; holder < 2; holder++) {
      world.wake('orphans')
      await world.run()
    }
    world.wake('orphans')
    expect(world.runs).toEqual([])
    for (const id of ids) expect(await world.tasks.task(id)).toMatchObject({ status: 'SCHEDULED', attempts: 1 })
    expect((await world.tasks.ledger.holders(0)).map(({ holder }) => holder)).toEqual([world.tasks.desk.holder])
  })

  test('[B7] takes the shard only where it should be here, and gives it up once it should be elsewhere', async () => {
    const world = new OwnerWorld(seenBy('n1.a', { 'n2.a': 0, 'n3.a': 0 }))
    expect(placedAt(seenBy('n1.a', { 'n2.a': 0, 'n3.a': 0 }), 0)).not.toBe('n1')
    await world.run()
    expect(world.owner.state).toMatchObject({ tenure: { kind: 'none' } })
    world.tell({ kind: 'members', view: seenBy('n1.a', { 'n2.a': leaseMs, 'n3.a': leaseMs }) })
    await world.run()
    expect(world.owner.state).toMatchObject({ tenure: { kind: 'owning' } })
    const back = seenBy('n1.a', { 'n2.a': 0, 'n3.a': 0 })
    world.tell({ kind: 'members', view: back })
    expect(world.owner.state).toMatchObject({ tenure: { kind: 'owning' } })
    world.tasks.now += 1_000
    world.tell({ kind: 'members', view: back })
    expect(world.owner.state).toMatchObject({ tenure: { kind: 'releasing' } })
    world.failRuns()
    world.wake('release')
    await world.run()
    expect(world.owner.state).toMatchObject({ tenure: { kind: 'none' } })
    expect(await world.tasks.perform(readOwner(0))).toBeNull()
  })

  test('[B7] does nothing while fenced, and afterwards gives up what has become another’s', async () => {
    const world = new OwnerWorld(seenBy('n1.a'))
    await world.run()
    const [late] = world.wakes.has('due') ? ['due'] : []
    world.tell({ kind: 'members', view: { ...seenBy('n1.a'), isFenced: true } })
    expect(world.owner.state).toMatchObject({ tenure: { kind: 'none' } })
    world.wake(late ?? '')
    expect(world.runs).toEqual([])
    world.tell({ kind: 'members', view: seenBy('n1.a', { 'n2.a': 0, 'n3.a': 0 }) })
    await world.run()
    expect(await world.tasks.perform(readOwner(0))).toBeNull()
  })

  test('[B7] that finds itself replaced stops, and takes the shard again only as anybody would', async () => {
    const world = new OwnerWorld(seenBy('n1.a'))
    await world.run()
    const lapsed = seenBy('n2.a', { 'n1.a': leaseMs })
    await world.tasks.perform(takeShard(world.tasks.deskOf('n2.a'), 0, lapsed), 'n2.a')
    world.wake('look')
    await world.run()
    expect(world.owner.state).toMatchObject({ tenure: { kind: 'none' } })
  })

  test('[B6 G7] buries who dies while it owns, and tries again what that one left', async () => {
    const world = new OwnerWorld(seenBy('n1.a', { 'n2.a': leaseMs }))
    await world.run()
    const id = await world.tasks.submitOne({})
    await world.tasks.claim([{ agent: 'a', connection: 1 }], { holder: 'n2.a' })
    world.wake('look')
    await world.run()
    expect(await world.tasks.task(id)).toMatchObject({ status: 'RUNNING' })
    world.tell({ kind: 'members', view: seenBy('n1.a', { 'n2.a': quietMs }) })
    world.wake('look')
    await world.run()
    const buriedAt = world.tasks.now
    world.wake('orphans')
    expect(world.tasks.now).toBe(buriedAt + resumeMs)
    await world.run()
    expect(await world.tasks.task(id)).toMatchObject({ status: 'SCHEDULED', attempts: 1 })
  })

  test('[B6] takes a holder for dead whose node has long been unknown', async () => {
    const world = new OwnerWorld(seenBy('n1.a'))
    await world.run()
    await world.tasks.submitOne({})
    await world.tasks.claim([{ agent: 'a', connection: 1 }], { holder: 'n9.a' })
    world.wake('look')
    await world.run()
    world.tasks.now += quietMs
    world.wake('look')
    await world.run()
    const [other] = (await world.tasks.ledger.holders(0)).filter(({ holder }) => holder === 'n9.a')
    expect(other?.buried).toBe(true)
  })
})
