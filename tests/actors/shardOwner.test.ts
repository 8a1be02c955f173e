/** A shard's owner: each of its duties goes on for ever, whatever the ledger does. */
import { describe, expect, test } from 'vitest'
import type { NodeEffect, RunEffect } from '../../src/actors/effects.js'
import {
  type ShardOwnerArgs,
  type ShardOwnerMessage,
  type ShardOwnerState,
  shardOwner,
} from '../../src/actors/shardOwner.js'
import { noon, World } from '../tasks/world.js'
import { Stepper } from './stepper.js'

const resumeMs = 15_000

class OwnerWorld {
  readonly tasks = new World()
  readonly owner: Stepper<ShardOwnerState, ShardOwnerMessage, NodeEffect, ShardOwnerArgs>
  readonly wakes = new Map<string, number>()
  runs: RunEffect[] = []

  constructor(isDead: (holder: string) => boolean = () => false) {
    const args: ShardOwnerArgs = {
      desk: this.tasks.desk,
      shard: 0,
      isDead,
      resumeMs,
      bounds: { outcomesKept: 10, outcomeRetentionMs: 1_000, taskRetentionMs: 1_000, auditRetentionMs: 1_000 },
    }
    this.owner = new Stepper(shardOwner, args, { now: noon })
    this.#keep(this.owner.started)
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
    expect(world.owner.state).toMatchObject({ kind: 'owning', owner: { epoch: 1, orphaned: [] } })
    expect([...world.wakes.keys()].sort()).toEqual(['bound', 'due', 'orphans', 'retention'])
    expect(world.wakes.get('orphans')).toBe(world.tasks.now + resumeMs)
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
    const dead = ['n0.a', 'n0.b']
    const world = new OwnerWorld((holder) => dead.includes(holder))
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
})
