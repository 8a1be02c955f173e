/** A producer's session: requests answered, outcomes sent in order, a window at a time, dropped once seen. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NodeEffect, RunEffect } from '../../src/actors/effects.js'
import { type ProducerSessionMessage, producerSession } from '../../src/actors/producerSession.js'
import type { ProducerSessionArgs, ProducerSessionState } from '../../src/actors/producerSessionState.js'
import { producerRequests } from '../../src/actors/requests.js'
import { limits } from '../../src/protocol/formats.js'
import type { ProducerFrame } from '../../src/protocol/frames.js'
import { Raw } from '../../src/protocol/raw.js'
import { outcomeLog } from '../../src/tasks/keys.js'
import type { Call, Procedure } from '../../src/tasks/procedure.js'
import { subscribe } from '../../src/tasks/subscribing.js'
import { output, passResult, sub, subscriber, tenant, World } from '../tasks/world.js'
import { Stepper } from './stepper.js'

type Sent = { readonly type: string; readonly [field: string]: unknown }

class ProducerWorld {
  readonly tasks: World
  readonly session: Stepper<ProducerSessionState, ProducerSessionMessage, NodeEffect, ProducerSessionArgs>
  readonly sent: Sent[] = []
  readonly told: string[] = []
  readonly runs: RunEffect[] = []
  readonly closed: number[] = []
  hasStopped = false
  #ids = 0

  constructor({ shards = 1, outcomeWindow = 4, aheadBytes = 4_194_304 } = {}) {
    this.tasks = new World({ shards })
    const wire = { ...limits, outcomeWindow, framesPerSecond: 1_000 }
    const args: ProducerSessionArgs = {
      desk: this.tasks.desk,
      identity: { tenant, sub, roles: ['producer'] },
      heartbeatMs: 5_000,
      limits: wire,
      ledger: () => ({ generation: 'g1', durability: 'memory', windowMs: 0 }),
      requests: producerRequests(this.tasks.desk, wire),
      aheadBytes,
    }
    this.session = new Stepper(producerSession, args)
  }

  tell(message: ProducerSessionMessage): void {
    this.session.now = this.tasks.now
    for (const effect of this.session.tell(message)) this.#carryOut(effect)
  }

  say(frame: { readonly type: string; readonly [field: string]: unknown }): number {
    const id = ++this.#ids
    this.tell({ kind: 'frame', frame: { id, ...frame } as unknown as ProducerFrame })
    return id
  }

  async runOne(at: number): Promise<void> {
    const [next] = this.runs.splice(at % this.runs.length, 1)
    if (next !== undefined) this.tell({ kind: 'ran', tag: next.tag, result: await this.tasks.perform(next.procedure) })
  }

  /** Says hello, and is welcome; what it then asks for waits. */
  async subscribe(): Promise<number> {
    const id = this.say(hello)
    await this.runOne(0)
    return id
  }

  async run(): Promise<void> {
    while (this.runs.length > 0) await this.runOne(0)
  }

  failRuns(): void {
    for (const { tag } of this.runs.splice(0)) this.tell({ kind: 'ranNot', tag, why: 'unavailable', retryAfterMs: 250 })
  }

  /** So many tasks complete, wherever their ids put them. */
  async complete(count: number, result = output()): Promise<void> {
    for (let i = 0; i < count; i++) {
      await this.tasks.submitOne()
      await this.tasks.perform(passResult(await this.tasks.take(), result, this.tasks.now))
      this.tasks.now += 1
    }
  }

  get outcomes(): Sent[] {
    return this.sent.filter(({ type }) => type === 'outcome')
  }

  answerTo(id: number): Sent | undefined {
    return this.sent.find(({ re }) => re === id)
  }

  #carryOut(effect: NodeEffect): void {
    switch (effect.kind) {
      case 'send':
        this.sent.push(effect.frame as Sent)
        return
      case 'run':
        this.runs.push(effect)
        return
      case 'tell':
        this.told.push(effect.message.kind)
        return
      case 'close':
        this.closed.push(effect.code)
        return
      case 'stop':
        this.hasStopped = true
        return
      case 'wake':
        return
      default:
        throw new Error(`a producer's session asks for ${effect.kind}`)
    }
  }
}

const hello = { type: 'hello', subscriber }

describe('outcomes', () => {
  test('[G1 Q40] are numbered 1, 2, 3 on the connection, and are kept until they are seen', async () => {
    const world = new ProducerWorld()
    await world.complete(3)
    await world.subscribe()
    await world.run()
    expect(world.outcomes.map(({ seq }) => seq)).toEqual([1, 2, 3])
    world.say({ type: 'seen', seq: 2 })
    await world.run()
    const { entries } = await world.tasks.ledger.log(0, outcomeLog(tenant, sub, subscriber), { limit: 9 })
    expect(entries).toHaveLength(1)
  })

  test('[Q40] for a connection without a subscriber are none', async () => {
    const world = new ProducerWorld()
    await world.complete(1)
    world.say({ type: 'hello' })
    world.tell({ kind: 'outcomesReady' })
    expect(world.runs).toEqual([])
    world.tell({ kind: 'lost' })
    expect(world.told).toEqual([])
    expect(world.hasStopped).toBe(true)
  })

  test('[G9 Q41] are never more under way unseen than the window, over several shards, with answers in any order', async () => {
    const event = fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('run' as const), n: fc.nat() }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('seen' as const), n: fc.nat({ max: 40 }) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('ready' as const), n: fc.constant(0) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail' as const), n: fc.constant(0) }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('complete' as const), n: fc.integer({ min: 1, max: 5 }) }),
      },
    )
    const shape = fc.record({ shards: fc.integer({ min: 1, max: 3 }), outcomeWindow: fc.integer({ min: 1, max: 6 }) })
    await fc.assert(
      fc.asyncProperty(shape, fc.array(event, { maxLength: 60 }), async (options, events) => {
        const world = new ProducerWorld(options)
        let seen = 0
        let completed = 0
        const check = () => {
          const seqs = world.outcomes.map(({ seq }) => Number(seq))
          expect(seqs).toEqual(seqs.map((_, at) => at + 1))
          expect(seqs.length - seen).toBeLessThanOrEqual(options.outcomeWindow)
        }
        await world.subscribe()
        for (const { kind, n } of events) {
          if (kind === 'run' && world.runs.length > 0) await world.runOne(n)
          else if (kind === 'ready') world.tell({ kind: 'outcomesReady' })
          else if (kind === 'fail') world.failRuns()
          else if (kind === 'complete') {
            await world.complete(n)
            completed += n
            world.tell({ kind: 'outcomesReady' })
          } else if (kind === 'seen') {
            // Beyond what was sent, too: what was not sent is not seen.
            seen = Math.max(seen, Math.min(n, world.outcomes.length))
            world.say({ type: 'seen', seq: n })
          }
          check()
        }
        for (let round = 0; round < 100 && world.outcomes.length < completed; round++) {
          world.tell({ kind: 'woke', key: 'poll' })
          await world.run()
          check()
          seen = world.outcomes.length
          world.say({ type: 'seen', seq: seen })
        }
        await world.run()
        expect(world.outcomes).toHaveLength(completed)
        expect(new Set(world.outcomes.map(({ task }) => task)).size).toBe(completed)
      }),
      { numRuns: 150 },
    )
  })

  test('[Q42] of a busy shard do not keep back those of another', async () => {
    const world = new ProducerWorld({ shards: 3, outcomeWindow: 1 })
    await world.complete(60)
    await world.subscribe()
    const shards = new Set<number>()
    for (let i = 1; i <= 6; i++) {
      await world.run()
      const { state } = world.session
      const [unseen] = 'subscription' in state ? (state.subscription?.unseen ?? []) : []
      if (unseen !== undefined) shards.add(unseen.shard)
      world.say({ type: 'seen', seq: i })
    }
    expect(shards.size).toBe(3)
  })

  test('[Q43] a page that is not full is not read on', async () => {
    const world = new ProducerWorld()
    await world.complete(2)
    await world.subscribe()
    await world.runOne(0)
    expect(world.outcomes).toHaveLength(2)
    expect(world.runs).toEqual([])
  })

  test('[Q43] that come while a page is read are read behind it', async () => {
    const world = new ProducerWorld({ outcomeWindow: 10 })
    await world.subscribe()
    world.tell({ kind: 'outcomesReady' })
    expect(world.runs).toHaveLength(1)
    await world.runOne(0)
    expect(world.runs).toHaveLength(1)
  })
})

describe('large outcomes', () => {
  const aheadBytes = 10_000
  const bytesOf = (outcome: Sent): number => (outcome.output instanceof Raw ? outcome.output.bytes.length : 0)

  test('[G9 Q44] under way take no more than their bytes, whatever their number, and all of them come', async () => {
    for (const shards of [1, 3]) {
      const world = new ProducerWorld({ shards, outcomeWindow: 100, aheadBytes })
      await world.complete(20, Raw.of('x'.repeat(3_000)).bytes)
      await world.subscribe()
      let seen = 0
      while (world.outcomes.length < 20) {
        await world.run()
        const underWay = world.outcomes.slice(seen)
        expect(underWay.length).toBeGreaterThan(0)
        expect(underWay.reduce((bytes, one) => bytes + bytesOf(one), 0)).toBeLessThanOrEqual(aheadBytes)
        seen = world.outcomes.length
        world.say({ type: 'seen', seq: seen })
      }
      expect(new Set(world.outcomes.map(({ task }) => task)).size).toBe(20)
    }
  })

  test('[G1 Q44] that take more than that go one by one', async () => {
    const world = new ProducerWorld({ outcomeWindow: 100, aheadBytes })
    await world.complete(3, Raw.of('x'.repeat(30_000)).bytes)
    await world.subscribe()
    for (let seq = 1; seq <= 3; seq++) {
      await world.run()
      expect(world.outcomes).toHaveLength(seq)
      world.say({ type: 'seen', seq })
    }
  })

  test('[Q44] that the ledger did not drop keep no room from others', async () => {
    const world = new ProducerWorld({ outcomeWindow: 100, aheadBytes })
    await world.complete(2, Raw.of('x'.repeat(30_000)).bytes)
    await world.subscribe()
    await world.run()
    const id = world.say({ type: 'seen', seq: 1 })
    world.failRuns()
    expect(world.answerTo(id)).toMatchObject({ code: 'OVERLOADED' })
    world.tell({ kind: 'outcomesReady' })
    await world.run()
    expect(world.outcomes).toHaveLength(2)
  })
})

describe('a session', () => {
  test('[Q45] refuses everything before hello, and a second hello', async () => {
    const world = new ProducerWorld()
    expect(world.answerTo(world.say({ type: 'get', task: 'x' }))).toMatchObject({ code: 'NOT_READY' })
    await world.subscribe()
    expect(world.answerTo(world.say(hello))).toMatchObject({ code: 'INVALID' })
  })

  test('[Q45] answers each request, also one that could not be carried out', async () => {
    const world = new ProducerWorld()
    world.say({ type: 'hello' })
    const submit = world.say({ type: 'submit', tasks: [{ queue: 'mail', payload: Raw.of(1) }] })
    const get = world.say({ type: 'get', task: 'nothing' })
    await world.run()
    expect(world.answerTo(submit)).toMatchObject({ type: 'ack', tasks: [{ id: 'task-1' }] })
    expect(world.answerTo(get)).toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('task: ') })
    const late = world.say({ type: 'get', task: 'nothing' })
    world.failRuns()
    expect(world.answerTo(late)).toMatchObject({ code: 'OVERLOADED', retryAfterMs: 250 })
  })

  test('[Q46] whose name another connection took closes, and gives up only its own subscription', async () => {
    const world = new ProducerWorld()
    await world.subscribe()
    world.tell({ kind: 'replaced' })
    expect(world.closed).toEqual([4001])
    world.tell({ kind: 'lost' })
    expect(world.told).toEqual(['subscribed', 'unsubscribed'])
    expect(world.hasStopped).toBe(true)
  })
})

describe('a name that several connections ask for', () => {
  const log = outcomeLog(tenant, sub, subscriber)
  const elsewhere = (world: ProducerWorld) =>
    world.tasks.perform(subscribe(world.tasks.desk, tenant, log, world.tasks.now))

  test('[SB1] is the connection’s before it is welcome, and before it reads any outcome', async () => {
    const world = new ProducerWorld()
    await world.complete(1)
    const id = world.say(hello)
    expect(world.answerTo(id)).toBeUndefined()
    expect(world.runs).toHaveLength(1)
    await world.run()
    expect(world.answerTo(id)).toMatchObject({ type: 'welcome' })
    expect(world.outcomes).toHaveLength(1)
  })

  test('[SB7] answers what came behind the hello once it is welcome, and refuses it where it is not', async () => {
    const world = new ProducerWorld()
    const refused = world.say(hello)
    const early = world.say({ type: 'get', task: 'x' })
    world.failRuns()
    expect(world.answerTo(refused)).toMatchObject({ code: 'OVERLOADED' })
    expect(world.answerTo(early)).toMatchObject({ code: 'NOT_READY' })
    const id = world.say(hello)
    const submit = world.say({ type: 'submit', tasks: [{ queue: 'mail', payload: Raw.of(1) }] })
    const many = Array.from({ length: 256 }, () => world.say({ type: 'get', task: 'x' }))
    expect(world.answerTo(submit)).toBeUndefined()
    expect(world.answerTo(many.at(-1) ?? 0)).toMatchObject({ code: 'NOT_READY' })
    await world.run()
    expect(world.answerTo(id)).toMatchObject({ type: 'welcome' })
    expect(world.answerTo(submit)).toMatchObject({ type: 'ack', tasks: [{ id: 'task-1' }] })
    expect(world.answerTo(many[0] ?? 0)).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('[SB1] goes to the one whose client is still there, where another comes between', async () => {
    const world = new ProducerWorld()
    const id = world.say(hello)
    const [{ procedure, tag } = { procedure: undefined, tag: 0 }] = world.runs.splice(0)
    if (procedure === undefined) throw new Error('it asks for nothing')
    // Its look is answered, and then another connection takes the name.
    const look = procedure.next()
    if (look.done || look.value.kind !== 'read') throw new Error('it does not look')
    const there = await world.tasks.ledger.read(look.value.shard, look.value.records)
    const taken = procedure.next(there)
    if (taken.done || taken.value.kind !== 'commit') throw new Error('it does not commit')
    await elsewhere(world)
    const reply = await world.tasks.perform(rest(procedure, taken.value))
    expect(reply).toEqual({ kind: 'outrun' })
    world.tell({ kind: 'ran', tag, result: reply })
    await world.runOne(0)
    expect(world.answerTo(id)).toMatchObject({ type: 'welcome' })
    const { state } = world.session
    const connection = 'subscription' in state ? state.subscription?.connection : undefined
    expect(connection).toBeGreaterThan(world.tasks.now)
  })

  test('[SB2] closes the older one also where the hint was lost, at its next look', async () => {
    const world = new ProducerWorld({ shards: 3 })
    await world.subscribe()
    await world.run()
    await elsewhere(world)
    await world.complete(3)
    world.tell({ kind: 'woke', key: 'poll' })
    await world.run()
    expect(world.closed).toEqual([4001])
  })

  test('[SB1] may be asked for again where the ledger was away or had no room', async () => {
    const world = new ProducerWorld()
    const id = world.say(hello)
    world.failRuns()
    expect(world.answerTo(id)).toMatchObject({ code: 'OVERLOADED', retryAfterMs: 250 })
    const again = world.say(hello)
    const [asked] = world.runs.splice(0)
    world.tell({ kind: 'ran', tag: asked?.tag ?? 0, result: { kind: 'overloaded', retryAfterMs: 9 } })
    expect(world.answerTo(again)).toMatchObject({ code: 'OVERLOADED', retryAfterMs: 9 })
    const third = await world.subscribe()
    expect(world.answerTo(third)).toMatchObject({ type: 'welcome' })
  })

  test('[SB1] is nobody’s session’s any more once its connection was lost while it asked', async () => {
    const world = new ProducerWorld()
    world.say(hello)
    world.tell({ kind: 'lost' })
    expect(world.hasStopped).toBe(true)
    expect(world.told).toEqual([])
  })
})

/** A procedure from the call on that it stands at. */
function* rest<Result>(procedure: Procedure<Result>, call: Call): Procedure<Result> {
  const answer = yield call
  const next = procedure.next(answer)
  return next.done ? next.value : yield* rest(procedure, next.value)
}

test('[G10 Q75] after the ledger has lost something all is read anew, and what was under way then drops nothing', async () => {
  const world = new ProducerWorld()
  await world.complete(2)
  await world.subscribe()
  await world.run()
  expect(world.outcomes.map(({ seq }) => seq)).toEqual([1, 2])
  world.tell({ kind: 'readAnew' })
  world.say({ type: 'seen', seq: 2 })
  await world.run()
  expect(world.outcomes.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  world.say({ type: 'seen', seq: 4 })
  await world.run()
  world.tell({ kind: 'readAnew' })
  await world.run()
  expect(world.outcomes).toHaveLength(4)
})
