/** A storm of arrivals: who gets in, in which order, and when the others are to come again. */
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Clock, type VirtualClock, virtualClock } from '../../src/clock.js'
import { type Arrivals, createArrivals } from '../../src/transport/arrivals.js'
import { connect, refused } from './testClient.js'
import { openWorld, type World } from './world.js'

type Arrived = { readonly group: string; readonly retryAfterMs: number }

class Storm {
  readonly clock: VirtualClock = virtualClock()
  readonly arrivals: Arrivals
  readonly arrived: Arrived[] = []
  /** By how much each wake-up comes late. */
  lateMs = 0

  constructor(perSecond: number) {
    const clock: Clock = {
      now: () => this.clock.now(),
      at: (when, wake) => this.clock.at(when + this.lateMs, wake),
    }
    this.arrivals = createArrivals({ clock, perSecond, count: () => {} })
  }

  async enter(count: number, group = 'g'): Promise<void> {
    for (let i = 0; i < count; i++) {
      void Promise.resolve(this.arrivals.enter(group)).then((retryAfterMs) =>
        this.arrived.push({ group, retryAfterMs }),
      )
    }
    await this.settle()
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 5) {
      this.clock.advance(5)
      await this.settle()
    }
  }

  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
  }

  get let(): Arrived[] {
    return this.arrived.filter(({ retryAfterMs }) => retryAfterMs === 0)
  }

  get sentAway(): number[] {
    return this.arrived.filter(({ retryAfterMs }) => retryAfterMs > 0).map(({ retryAfterMs }) => retryAfterMs)
  }
}

describe('arrivals', () => {
  test('[AD1] at a calm time get in at once; in a storm at the rate of the node, each at its turn', async () => {
    const storm = new Storm(80)
    await storm.enter(10)
    expect(storm.let).toHaveLength(10)
    await storm.enter(50)
    expect(storm.let).toHaveLength(10)
    await storm.pass(500)
    expect(storm.let.length).toBeGreaterThanOrEqual(48)
    expect(storm.let.length).toBeLessThanOrEqual(51)
    await storm.pass(500)
    expect(storm.let).toHaveLength(60)
    await storm.pass(1_000)
    await storm.enter(10)
    expect(storm.let).toHaveLength(70)
  })

  test('[G9 AD2] that would wait for too long are told when to come again, each at a slot of its own', async () => {
    const storm = new Storm(80)
    await storm.enter(10 + 160 + 40)
    expect(storm.sentAway).toHaveLength(40)
    expect(storm.sentAway[0]).toBeGreaterThan(2_000)
    const apart = storm.sentAway.slice(1).map((ms, at) => ms - (storm.sentAway[at] ?? 0))
    for (const ms of apart) expect([12, 13]).toContain(ms)
    await storm.enter(10_000)
    expect(Math.max(...storm.sentAway)).toBe(30_000)
    await storm.pass(2_100)
    expect(storm.let).toHaveLength(170)
  })

  test('[G8 AD1] of one group don’t wait behind all of another', async () => {
    const storm = new Storm(80)
    await storm.enter(500, 'fleet')
    await storm.enter(3, 'operators')
    await storm.pass(100)
    expect(storm.let.filter(({ group }) => group === 'operators')).toHaveLength(3)
    expect(storm.let.filter(({ group }) => group === 'fleet').length).toBeGreaterThan(10)
  })

  test('[G9 AD2] of however many groups wait in a bounded number', async () => {
    const storm = new Storm(80)
    for (let i = 0; i < 2_000; i++) await storm.enter(1, `g${i}`)
    const waiting = 2_000 - storm.arrived.length
    expect(waiting).toBeGreaterThan(80)
    expect(waiting).toBeLessThanOrEqual(320)
  })

  test('[AD3] are fewer while the event loop is late, never none, and as many as before once it is in time', async () => {
    const late = new Storm(1_000)
    late.lateMs = 150
    await late.enter(125 + 1_900)
    await late.pass(1_000)
    const letLate = late.let.length - 125
    expect(letLate).toBeGreaterThan(50)
    expect(letLate).toBeLessThan(500)
    const before = late.let.length
    late.lateMs = 0
    await late.pass(1_500)
    expect(late.let.length - before).toBeGreaterThan(900)
  })

  test('[AD2] are let through at the end, to be told what there is to tell', async () => {
    const storm = new Storm(80)
    await storm.enter(50)
    storm.arrivals.end()
    await storm.settle()
    expect(storm.let).toHaveLength(50)
    await storm.enter(50)
    expect(storm.let).toHaveLength(100)
    expect(storm.clock.nextDue()).toBeUndefined()
  })
})

describe('a node in a storm', () => {
  let world: World
  afterEach(() => world.stop())
  const open = async (admissionsPerSecond: number) => {
    world = await openWorld({ config: { admissionsPerSecond } })
  }
  const agent = { path: '/v1/agent' }

  /** So many have come to wait. */
  const waited = async (count: number) => {
    while ((world.counts.get('storm.waited') ?? 0) < count) await new Promise((resolve) => setImmediate(resolve))
  }

  test('[AD1] lets connections wait before their upgrade, and an operator in beside them', async () => {
    await open(1)
    await connect(world, agent)
    const waiting = [connect(world, agent), connect(world, agent)]
    await waited(2)
    const away = await refused(world, agent)
    expect(away).toMatchObject({ status: 503, problem: { code: 'OVERLOADED', retryAfterMs: 3_000 } })
    expect(away.headers['retry-after']).toBe('3')
    waiting.push(connect(world, { path: '/v1/operator' }))
    await waited(3)
    expect(world.server.connections.count()).toBe(1)
    world.clock.advance(3_100)
    await Promise.all(waiting)
    expect(world.server.connections.count()).toBe(4)
    for (const client of await Promise.all(waiting)) expect(await client.hello()).toMatchObject({ type: 'welcome' })
  })

  test('[AD2] tells those who wait that it drains', async () => {
    await open(1)
    await connect(world, agent)
    const waiting = refused(world, agent)
    await waited(1)
    world.server.drain('restart', 0)
    expect(await waiting).toMatchObject({ status: 503, problem: { detail: 'the node is draining' } })
  })

  test('[AD2] forgets a client that went away while it waited', async () => {
    await open(1)
    await connect(world, agent)
    const gone = new WebSocket(world.url('/v1/agent').replace('http', 'ws'), ['chimera.v1'], {
      headers: { Authorization: `Bearer ${await world.token()}` },
    })
    gone.on('error', () => {})
    await waited(1)
    gone.terminate()
    while (world.counts.get('storm.left') !== 1) await new Promise((resolve) => setImmediate(resolve))
    const next = connect(world, agent)
    await waited(2)
    world.clock.advance(2_100)
    await next
    expect(world.server.connections.count()).toBe(2)
  })
})
