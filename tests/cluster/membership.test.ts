/** A node among others: it beats, watches, and knows when it may own nothing. */
import { describe, expect, test } from 'vitest'
import type { NodeEffect, RunEffect } from '../../src/actors/effects.js'
import type { MembersView } from '../../src/cluster/members.js'
import {
  type MembershipArgs,
  type MembershipMessage,
  type MembershipState,
  membership,
} from '../../src/cluster/membership.js'
import { readRoll, strike } from '../../src/cluster/roll.js'
import { only, Stepper } from '../actors/stepper.js'
import { noon, World } from '../tasks/world.js'
import { member, nodeOf } from './views.js'

const beatMs = 500
const spans = { leaseMs: 2_000, quietMs: 5_000 }

class Node {
  readonly actor: Stepper<MembershipState, MembershipMessage, NodeEffect, MembershipArgs>
  readonly wakes = new Map<string, number>()
  readonly views: MembersView[] = []
  readonly failures: string[] = []
  runs: RunEffect[] = []
  readonly #tasks: World
  readonly #holder: string

  constructor(tasks: World, holder: string) {
    this.#tasks = tasks
    this.#holder = holder
    const me = { node: nodeOf(holder), holder, version: '1', startedAt: noon }
    this.actor = new Stepper(membership, { shards: 1, me, url: () => 'http://here', beatMs, spans }, { now: tasks.now })
    this.#keep(this.actor.started)
  }

  /** What it said last to the owner of its shard. */
  get view(): MembersView {
    const view = this.views.at(-1)
    if (view === undefined) throw new Error('it has told nobody who is there')
    return view
  }

  tell(message: MembershipMessage): void {
    this.actor.now = this.#tasks.now
    this.#keep(this.actor.tell(message))
  }

  /** The calls under way are answered, and those that follow. */
  async call(): Promise<void> {
    while (this.runs.length > 0) await this.answer()
  }

  /** The calls under way are answered, after so long on their way back. */
  async answer(lateMs = 0): Promise<void> {
    for (const { tag, procedure } of this.runs.splice(0)) {
      const result = await this.#tasks.perform(procedure, this.#holder)
      this.#tasks.now += lateMs
      this.tell({ kind: 'ran', tag, result })
    }
  }

  fail(): void {
    for (const { tag } of this.runs.splice(0)) this.tell({ kind: 'ranNot', tag, why: 'unavailable', retryAfterMs: 250 })
  }

  async beat(): Promise<void> {
    this.tell({ kind: 'woke', key: 'beat' })
    await this.call()
  }

  #keep(effects: readonly NodeEffect[]): void {
    for (const { key, at } of only(effects, 'wake')) this.wakes.set(key, at)
    for (const { message } of only(effects, 'tell')) this.views.push((message as unknown as { view: MembersView }).view)
    for (const { failure } of only(effects, 'failNode')) this.failures.push(failure.kind)
    this.runs.push(...only(effects, 'run'))
  }
}

describe('a node', () => {
  test('[B4] puts itself on the roll with its first beat, and sees the others by theirs', async () => {
    const tasks = new World()
    const [first, second] = [new Node(tasks, 'n1.a'), new Node(tasks, 'n2.a')]
    await first.call()
    await second.call()
    expect([...second.view.members.keys()].sort()).toEqual(['n1', 'n2'])
    expect(second.view.isFenced).toBe(false)
    expect(first.wakes.get('beat')).toBe(noon + beatMs)
    for (let beats = 0; beats < 4; beats++) {
      tasks.now += beatMs
      await first.beat()
    }
    expect(first.view.members.get('n1')?.stillMs).toBe(0)
    expect(first.view.members.get('n2')?.stillMs).toBe(1_500)
    await second.beat()
    await first.beat()
    expect(first.view.members.get('n2')?.stillMs).toBe(0)
  })

  test('[B4] is fenced until its first beat was answered, and again once none was for two thirds of a lease', async () => {
    const tasks = new World()
    const node = new Node(tasks, 'n1.a')
    expect(node.views).toEqual([])
    await node.call()
    expect(node.wakes.get('fence')).toBeCloseTo(noon + (spans.leaseMs * 2) / 3)
    tasks.now += beatMs
    node.tell({ kind: 'woke', key: 'beat' })
    tasks.now = Math.ceil(node.wakes.get('fence') ?? 0)
    node.tell({ kind: 'woke', key: 'fence' })
    expect(node.view.isFenced).toBe(true)
    node.fail()
    await node.beat()
    expect(node.view.isFenced).toBe(false)
  })

  test('[B4] counts its lease from when a beat was sent, not from when the answer came', async () => {
    const tasks = new World()
    const node = new Node(tasks, 'n1.a')
    tasks.now += spans.leaseMs
    await node.call()
    expect(node.view.isFenced).toBe(true)
  })

  test('[B2] takes nobody for lapsed by what it could not see', async () => {
    const tasks = new World()
    const [first, second] = [new Node(tasks, 'n1.a'), new Node(tasks, 'n2.a')]
    await second.call()
    await first.call()
    for (let beats = 0; beats < 10; beats++) {
      tasks.now += beatMs
      first.tell({ kind: 'woke', key: 'beat' })
      first.fail()
    }
    await first.beat()
    expect(first.view.members.get('n2')?.stillMs).toBe(0)
  })

  test('[B18] takes nobody for dead by a roll that was long on its way', async () => {
    const tasks = new World()
    const [first, second] = [new Node(tasks, 'n1.a'), new Node(tasks, 'n2.a')]
    await second.call()
    await first.call()
    tasks.now += beatMs
    first.tell({ kind: 'woke', key: 'beat' })
    await first.answer()
    // It was read before the node froze, and comes when it thaws; its next beat may be answered before.
    await first.answer(spans.quietMs)
    await first.beat()
    expect(first.view.isFenced).toBe(false)
    expect(first.view.members.get('n2')?.stillMs).toBe(0)
  })

  test('[B18] keeps its lease by the answer to its beat, however long the roll takes', async () => {
    const tasks = new World()
    const node = new Node(tasks, 'n1.a')
    await node.call()
    const fences: number[] = []
    for (let beats = 0; beats < 4; beats++) {
      tasks.now += beatMs
      node.tell({ kind: 'woke', key: 'beat' })
      const [writing] = node.runs
      if (writing?.tag === 1) await node.answer()
      node.runs.splice(0)
      fences.push(node.wakes.get('fence') ?? 0)
    }
    expect(fences).toEqual(fences.map((_, at) => expect.closeTo(noon + (at + 1) * beatMs + (spans.leaseMs * 2) / 3)))
  })

  test('[B8] whose name another process took says so, and owns nothing any more', async () => {
    const tasks = new World()
    const [older, newer] = [new Node(tasks, 'n1.a'), new Node(tasks, 'n1.b')]
    await older.call()
    await newer.call()
    await older.beat()
    expect(older.failures).toEqual(['replaced'])
    expect(older.view.isFenced).toBe(true)
    expect(newer.failures).toEqual([])
    older.tell({ kind: 'woke', key: 'beat' })
    expect(older.runs).toEqual([])
  })

  test('[B4] whose line is gone, as after a flush, writes it anew, and is not taken for another', async () => {
    const tasks = new World()
    const node = new Node(tasks, 'n1.a')
    await node.call()
    await tasks.perform(strike({ ...member('n1.a'), beat: 1 }))
    expect(await tasks.perform(readRoll())).toEqual([])
    await node.beat()
    expect(node.failures).toEqual([])
    expect(await tasks.perform(readRoll())).toMatchObject([{ node: 'n1', beat: 2 }])
  })

  test('[B4] that drains says so at once', async () => {
    const tasks = new World()
    const node = new Node(tasks, 'n1.a')
    await node.call()
    node.tell({ kind: 'status', status: 'draining' })
    await node.call()
    expect(await tasks.perform(readRoll())).toMatchObject([{ node: 'n1', status: 'draining' }])
  })

  test('[G9 B4] that is gone for an hour is forgotten', async () => {
    const tasks = new World()
    const [first, second] = [new Node(tasks, 'n1.a'), new Node(tasks, 'n2.a')]
    await second.call()
    await first.call()
    tasks.now += 3_600_000
    await first.beat()
    await first.call()
    await first.beat()
    expect([...first.view.members.keys()]).toEqual(['n1'])
    expect(await tasks.perform(readRoll())).toHaveLength(1)
  })
})
