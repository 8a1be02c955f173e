/** The dispatcher by hand: every credit is somewhere, nobody gets more than they want, nothing comes behind `left`. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canServe, type DispatcherMessage, type DispatcherState, dispatcher } from '../../src/actors/dispatcher.js'
import type { NodeEffect } from '../../src/actors/effects.js'
import type { Ask } from '../../src/actors/runtime/effect.js'
import type { ClaimAnswered } from '../../src/actors/shardDoor.js'
import type { Claimed, ClaimRequest } from '../../src/ledger/port.js'
import { openFleet } from '../../src/tasks/fleetControl.js'
import { only, Stepper } from './stepper.js'

const tenant = 't_acme'

type Open = { readonly tag: number; readonly shard: number; readonly queue: string; readonly takers: readonly string[] }

/** Keeps its own account of what sessions want and got, as they would. */
class World {
  readonly stepper: Stepper<DispatcherState, DispatcherMessage, NodeEffect, never>
  readonly open: Open[] = []
  readonly wants = new Map<string, number>()
  readonly left = new Map<string, number>()
  readonly ended: string[] = []
  #tasks = 0

  constructor({ shards = 1 } = {}) {
    this.stepper = new Stepper(dispatcher, { tenant, node: 'n1', shards } as never)
    this.stepper.tell({ kind: 'fleet', tenant, control: openFleet, at: this.stepper.now })
  }

  tell(message: DispatcherMessage): readonly NodeEffect[] {
    const effects = this.stepper.tell(message)
    for (const effect of effects) this.#account(effect)
    this.#check()
    return effects
  }

  want(session: string, credits = 1, queues: readonly string[] = ['mail']): void {
    this.wants.set(session, (this.wants.get(session) ?? 0) + credits)
    this.tell({ kind: 'want', session, agent: session, connection: 1, queues, credits })
  }

  /** The ledger hands out so many tasks, to the first takers. */
  answer({ tag, queue }: Open, tasks: number, { bytes = 1, overdue = 0 } = {}): readonly NodeEffect[] {
    this.open.splice(
      this.open.findIndex((one) => one.tag === tag),
      1,
    )
    const claimed = Array.from({ length: tasks }, (_, taker) => this.#claimed(taker, queue, bytes))
    const late = Array.from({ length: overdue }, () => this.#claimed(-1, queue, bytes))
    const reply = { kind: 'claimed', claimed, overdue: late, now: this.stepper.now } as const
    const message: ClaimAnswered = { kind: 'claimAnswered', reply }
    return this.tell({ kind: 'replied', tag, message })
  }

  fault({ tag }: Open): readonly NodeEffect[] {
    this.open.splice(
      this.open.findIndex((one) => one.tag === tag),
      1,
    )
    const message: ClaimAnswered = { kind: 'claimAnswered', reply: null }
    return this.tell({ kind: 'replied', tag, message })
  }

  #claimed(taker: number, queue: string, bytes: number): Claimed {
    const id = `task${++this.#tasks}`
    const fields = {
      id,
      tenant,
      sub: 'shop',
      status: 'RUNNING',
      steps: queue,
      step: 1,
      priority: 'normal',
      turn: 1,
      attempts: 0,
      maxAttempts: 3,
      timeoutMs: 1_000,
      createdAt: 0,
      updatedAt: 0,
      content: '',
      payload: new Uint8Array(bytes),
    }
    return { taker, lane: `${tenant}/${queue}/normal`, entry: id, record: `task/${id}`, fields }
  }

  #account(effect: NodeEffect): void {
    if (effect.kind === 'ask') this.open.push(claimOf(effect))
    if (effect.kind !== 'tell') return
    if (effect.message.kind === 'assigned') {
      expect(this.left.has(effect.to), `a task to ${effect.to}, which has left`).toBe(false)
      this.wants.set(effect.to, (this.wants.get(effect.to) ?? 0) - 1)
    }
    if (effect.message.kind === 'left') this.left.set(effect.to, (this.left.get(effect.to) ?? 0) + 1)
  }

  #check(): void {
    const { takers } = this.stepper.state
    for (const [session, wanted] of this.wants) {
      expect(wanted).toBeGreaterThanOrEqual(0)
      const places = this.open.flatMap((claim) => claim.takers).filter((name) => name === session).length
      const taker = takers.get(session)
      if (taker === undefined) {
        expect(places).toBe(0)
        continue
      }
      expect(taker.claiming).toBe(places)
      if (!taker.isLeaving) expect(taker.credits + places).toBe(wanted)
    }
    const places = this.open.map(({ queue, shard }) => `${queue} ${shard}`)
    expect(new Set(places).size).toBe(places.length)
  }
}

const claimOf = ({ tag, to, message }: Ask): Open => {
  const { request } = message as unknown as { readonly request: ClaimRequest }
  const [first] = request.lanes
  return {
    tag: Number(tag),
    shard: Number(to.split('/')[1]),
    queue: first?.lane.split('/')[1] ?? '',
    takers: request.takers.map(({ agent }) => String(agent)),
  }
}

const first = (world: World): Open => {
  const [claim] = world.open
  if (claim === undefined) throw new Error('no claim is under way')
  return claim
}

describe('a dispatcher', () => {
  test('[J20] claims for those who want tasks, in all three priorities of their queue', () => {
    const world = new World()
    const effects = world.stepper.tell({
      kind: 'want',
      session: 's1',
      agent: 'crawler',
      connection: 7,
      queues: ['mail'],
      credits: 2,
    })
    const [ask] = only(effects, 'ask')
    expect(ask?.message).toMatchObject({
      kind: 'claim',
      request: {
        lanes: [{ lane: 't_acme/mail/high' }, { lane: 't_acme/mail/normal' }, { lane: 't_acme/mail/low' }],
        takers: [
          { agent: 'crawler', agentConnection: 7 },
          { agent: 'crawler', agentConnection: 7 },
        ],
        writes: { status: 'RUNNING', node: 'n1' },
      },
    })
  })

  test('[J20] hands a task to its taker, and an overdue one to its end', () => {
    const world = new World()
    world.want('s1')
    const effects = world.answer(first(world), 1, { overdue: 1 })
    expect(only(effects, 'tell').map(({ to, message }) => `${to} ${message.kind}`)).toEqual(['s1 assigned'])
    expect(only(effects, 'run')).toHaveLength(1)
  })

  test('[G2 G9 J21] keeps every credit somewhere, has one claim for each queue and shard, sends nothing behind `left`', () => {
    const queues = fc.constantFrom<readonly string[]>(['mail'], ['file'], ['mail', 'file'])
    const session = fc.nat({ max: 4 })
    const event = fc.oneof(
      fc.record({ kind: fc.constant('want' as const), session, credits: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ kind: fc.constant('leave' as const), session }),
      fc.record({ kind: fc.constant('answer' as const), claim: fc.nat(), tasks: fc.nat({ max: 300 }) }),
      fc.record({ kind: fc.constant('fault' as const), claim: fc.nat() }),
      fc.record({
        kind: fc.constant('ready' as const),
        shard: fc.nat({ max: 1 }),
        queue: fc.constantFrom('mail', 'file'),
      }),
      fc.record({ kind: fc.constant('poll' as const) }),
    )
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 80, size: 'max' }),
        fc.array(queues, { minLength: 5, maxLength: 5 }),
        (events, served) => {
          const world = new World({ shards: 2 })
          const gone = new Set<string>()
          for (const one of events) {
            if (one.kind === 'want') {
              const name = `s${one.session}`
              if (!gone.has(name)) world.want(name, one.credits, served[one.session] ?? [])
            } else if (one.kind === 'leave') {
              gone.add(`s${one.session}`)
              world.tell({ kind: 'leave', session: `s${one.session}` })
            } else if (one.kind === 'ready')
              world.tell({ kind: 'laneReady', shard: one.shard, queue: one.queue, isKept: false })
            else if (one.kind === 'poll') world.tell({ kind: 'woke', key: 'poll' })
            else {
              const claim = world.open[one.claim % Math.max(1, world.open.length)]
              if (claim === undefined) continue
              if (one.kind === 'fault') world.fault(claim)
              else world.answer(claim, Math.min(one.tasks, claim.takers.length))
            }
          }
          while (world.open.length > 0) world.answer(first(world), 0)
          for (const name of gone) expect(world.left.get(name)).toBeGreaterThanOrEqual(1)
          expect([...world.stepper.state.takers.keys()].filter((name) => gone.has(name))).toEqual([])

          // Whoever still wants is still in line: tasks reach them.
          world.tell({ kind: 'woke', key: 'poll' })
          while (world.open.length > 0) world.answer(first(world), first(world).takers.length)
          for (const [name, wanted] of world.wants) if (!gone.has(name)) expect(wanted).toBe(0)
          for (const name of world.wants.keys()) if (!gone.has(name)) world.tell({ kind: 'leave', session: name })
          while (world.open.length > 0) world.answer(first(world), 0)
          world.tell({ kind: 'woke', key: 'poll' })
          expect(world.stepper.state).toMatchObject({ takers: new Map(), lines: new Map(), claims: new Map() })
        },
      ),
      { numRuns: 300 },
    )
  })

  test('[J22] says `left` to one with claims under way once they are answered, behind the tasks that they brought', () => {
    const world = new World({ shards: 2 })
    world.want('s1', 2)
    expect(world.tell({ kind: 'leave', session: 's1' })).toEqual([])
    const effects = world.answer(first(world), 2)
    expect(only(effects, 'tell').map(({ message }) => message.kind)).toEqual(['assigned', 'assigned', 'left'])
    expect(world.tell({ kind: 'leave', session: 's1' })).toEqual([
      { kind: 'tell', to: 's1', message: { kind: 'left' } },
    ])
  })

  test('[J22] takes `leave` in turn behind the `want` that was sent before it', () => {
    expect([...(dispatcher.control ?? [])]).not.toContain('leave')
  })

  test('[J23] looks again at once where all takers got one, bodies filled the claim, or waits were over', () => {
    for (const [tasks, options, looksAgain] of [
      [2, {}, true],
      [1, {}, false],
      [1, { bytes: 3_000_000 }, true],
      [0, { overdue: 3 }, true],
    ] as const) {
      const world = new World()
      world.want('s1', 2)
      world.answer(first(world), tasks, options)
      world.want('s2')
      expect(world.open, JSON.stringify([tasks, options])).toHaveLength(looksAgain ? 1 : 0)
    }
  })

  test('[J23] a hint that comes while a claim is under way is not lost', () => {
    const world = new World()
    world.want('s1', 2)
    world.tell({ kind: 'laneReady', shard: 0, queue: 'mail', isKept: false })
    world.answer(first(world), 0)
    expect(world.open).toHaveLength(1)
  })

  test('[J24] a poll looks into every shard again, whatever hints were lost', () => {
    const world = new World({ shards: 3 })
    world.want('s1', 5)
    while (world.open.length > 0) world.answer(first(world), 0)
    world.tell({ kind: 'woke', key: 'poll' })
    const shards = new Set<number>()
    while (world.open.length > 0) {
      shards.add(first(world).shard)
      world.answer(first(world), 0)
    }
    expect(shards).toEqual(new Set([0, 1, 2]))
  })

  test('[J25] low tasks get their turn although their one agent is busy at every poll', () => {
    const world = new World()
    const shares: (readonly number[])[] = []
    for (let task = 0; task < 21; task++) {
      const ask = world.stepper.tell({
        kind: 'want',
        session: 's1',
        agent: 's1',
        connection: 1,
        queues: ['mail'],
        credits: 1,
      })
      const [claim] = only(ask, 'ask')
      if (claim === undefined) throw new Error('no claim')
      const { request } = claim.message as unknown as { readonly request: ClaimRequest }
      shares.push(request.lanes.map(({ share }) => share))
      world.wants.set('s1', 1)
      world.open.push(claimOf(claim))
      world.answer(first(world), 1)
      world.tell({ kind: 'woke', key: 'poll' })
    }
    const total = [0, 1, 2].map((at) => shares.reduce((sum, one) => sum + (one[at] ?? 0), 0))
    expect(total).toEqual([16, 4, 1])
  })

  test('[J27] what no other node was told of is passed on once nobody here is left for it', () => {
    const world = new World({ shards: 2 })
    const passed = (effects: readonly NodeEffect[]) => effects.filter(({ kind }) => kind === 'passHint')
    world.want('s1')
    while (world.open.length > 0) world.answer(first(world), 0)
    // One waits: it gets the first, and what may be left is for the others.
    expect(canServe(world.stepper.state, 'mail', world.stepper.now)).toBe(true)
    expect(passed(world.tell({ kind: 'laneReady', shard: 0, queue: 'mail', isKept: true }))).toEqual([])
    expect(canServe(world.stepper.state, 'mail', world.stepper.now)).toBe(false)
    const hint = { kind: 'passHint', shard: 0, hint: 'lane/t_acme/mail/normal' }
    expect(passed(world.answer(first(world), 1))).toEqual([hint])
    // Nobody waits, and nobody has it said twice.
    expect(passed(world.tell({ kind: 'laneReady', shard: 1, queue: 'mail', isKept: true }))).toEqual([
      { ...hint, shard: 1 },
    ])
    expect(passed(world.tell({ kind: 'laneReady', shard: 1, queue: 'mail', isKept: false }))).toEqual([])
    expect(passed(world.tell({ kind: 'laneReady', shard: 1, queue: 'else', isKept: true }))).toEqual([
      { ...hint, shard: 1, hint: 'lane/t_acme/else/normal' },
    ])
  })

  test('[J27] a claim that finds the lane empty owes nothing, one that faults does', () => {
    const world = new World()
    const passed = (effects: readonly NodeEffect[]) => effects.filter(({ kind }) => kind === 'passHint').length
    world.want('s1')
    world.answer(first(world), 0)
    world.tell({ kind: 'laneReady', shard: 0, queue: 'mail', isKept: true })
    expect(passed(world.answer(first(world), 0))).toBe(0)
    world.tell({ kind: 'laneReady', shard: 0, queue: 'mail', isKept: true })
    expect(passed(world.fault(first(world)))).toBe(1)
    world.tell({ kind: 'laneReady', shard: 0, queue: 'mail', isKept: true })
    world.tell({ kind: 'drain' })
    expect(passed(world.answer(first(world), 1))).toBe(1)
    expect(canServe(world.stepper.state, 'mail', world.stepper.now)).toBe(false)
  })

  test('[G9 J26] hints for queues that nobody serves leave nothing behind', () => {
    const world = new World()
    for (let i = 0; i < 100; i++) world.tell({ kind: 'laneReady', shard: 0, queue: `q${i}`, isKept: false })
    expect(world.stepper.state.lines.size).toBe(0)
  })
})
