/** Connections of one agent, in any order: one holder at the end, and no lease of a living agent ends in between. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Lease, loseAttempt } from '../../src/tasks/attempt.js'
import { cancelTask } from '../../src/tasks/cancellation.js'
import { type Joiner, type JoinReply, joinAgent } from '../../src/tasks/joining.js'
import { agentKey } from '../../src/tasks/keys.js'
import { expectBooksBalance } from './books.js'
import { noon, output, passResult, sub, tenant, World } from './world.js'

const error = { code: 'AGENT_LOST', message: 'gone' }

const joiner = (world: World, leases: readonly Lease[], lastConnection = 0): Joiner => ({
  tenant,
  agent: 'crawler',
  queues: ['mail'],
  lastConnection,
  holding: leases.map((lease) => ({ token: world.token(lease), place: lease.place })),
})

const joined = (reply: JoinReply) => {
  if (reply.kind !== 'joined') throw new Error(`join: ${reply.kind}`)
  return reply
}

const connectionOf = async (world: World): Promise<unknown> => {
  const [fields] = await world.ledger.read(0, [agentKey(tenant, 'crawler')])
  return fields?.connection
}

describe('an agent that joins', () => {
  test('[G2 W90] is numbered by the clock, above its session and above whoever was there', async () => {
    const world = new World()
    const first = joined(await world.perform(joinAgent(world.desk, joiner(world, []), noon)))
    expect(first).toMatchObject({ connection: noon, resumed: [], lost: [] })
    const second = joined(await world.perform(joinAgent(world.desk, joiner(world, []), noon)))
    expect(second.connection).toBeGreaterThan(first.connection)
    const third = joined(await world.perform(joinAgent(world.desk, joiner(world, [], noon + 50_000), noon)))
    expect(third.connection).toBe(noon + 50_001)
    expect(await connectionOf(world)).toBe(third.connection)
  })

  test('[AD5] needs no look at its record where its session tells the number, and wins over what that leaves out', async () => {
    const world = new World()
    const first = joined(await world.perform(joinAgent(world.desk, joiner(world, []), noon)))
    await world.perform(joinAgent(world.desk, joiner(world, []), noon + 40))
    world.away.add('read')
    const back = joined(await world.perform(joinAgent(world.desk, joiner(world, [], first.connection), noon)))
    expect(back.connection).toBeGreaterThan(noon + 40)
    world.away.clear()
    expect(await connectionOf(world)).toBe(back.connection)
  })

  test('[G7 W91] goes on with the leases that it holds; the older connection can end them no more', async () => {
    const world = new World()
    const id = await world.submitOne()
    const lease = await world.take()
    const { connection, resumed } = joined(await world.perform(joinAgent(world.desk, joiner(world, [lease]), noon)))
    expect(resumed.map(({ token }) => token)).toEqual([world.token(lease)])
    expect(await world.perform(loseAttempt(world.desk, lease, error, noon))).toEqual({ kind: 'stale' })
    const [again] = resumed
    expect(again?.lease).toMatchObject({ connection, task: { id, attempts: 0 } })
    if (again !== undefined) await world.perform(passResult(again.lease, output(), noon))
    expect(await world.task(id)).toMatchObject({ status: 'COMPLETED', attempts: 0 })
    expectBooksBalance(world)
  })

  test('[G7 W91] on another node adopts what a dead one held', async () => {
    const world = new World()
    await world.submitOne()
    const lease = await world.take()
    const desk = world.deskOf('n2.a')
    const { resumed } = joined(await world.perform(joinAgent(desk, joiner(world, [lease]), noon), 'n2.a'))
    expect(resumed).toHaveLength(1)
    expect(await world.ledger.held(0, world.desk.holder)).toEqual([])
    expect(await world.ledger.held(0, 'n2.a')).toHaveLength(1)
  })

  test('[G2 W92] is told which leases are lost: ended, of another agent, of a turn that is over', async () => {
    const world = new World()
    await world.submit({}, {}, {})
    const { leases } = await world.claim([
      { agent: 'crawler', connection: 1 },
      { agent: 'crawler', connection: 1 },
      { agent: 'other', connection: 1 },
    ])
    const [kept, ended, others] = leases
    if (kept === undefined || ended === undefined || others === undefined) throw new Error('three leases expected')
    await world.perform(passResult(ended, output(), noon))
    const reply = joined(await world.perform(joinAgent(world.desk, joiner(world, [kept, ended, others]), noon)))
    expect(reply.resumed.map(({ token }) => token)).toEqual([world.token(kept)])
    expect(reply.lost).toEqual([world.token(ended), world.token(others)])
  })

  test('[G2 W92] holds nothing of a task that is cancelled while it joins', async () => {
    const world = new World()
    const id = await world.submitOne()
    const lease = await world.take()
    const join = world.begin(joinAgent(world.desk, joiner(world, [lease]), noon))
    await join.step()
    await join.step()
    await world.perform(cancelTask(world.desk, { tenant, sub, ownOnly: true }, id, undefined))
    let last = await join.step()
    while (!last.isDone) last = await join.step()
    expect(last.result).toMatchObject({ kind: 'joined', resumed: [], lost: [world.token(lease)] })
    expectBooksBalance(world)
  })

  test('[G2 W93] by A, by B and by A again, all under way at once: one connection counts, and it holds the lease', async () => {
    const picks = fc.array(fc.nat({ max: 2 }), { maxLength: 40 })
    const numbers = fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 }), fc.nat({ max: 3 }))
    await fc.assert(
      fc.asyncProperty(picks, numbers, async (order, clocks) => {
        const world = new World()
        const id = await world.submitOne()
        const lease = await world.take()
        const desks = [world.desk, world.deskOf('n2.a'), world.desk]
        const joins = desks.map((desk, i) =>
          world.begin(joinAgent(desk, joiner(world, [lease]), noon + (clocks[i] ?? 0)), desk.holder),
        )
        const replies = joins.map((): JoinReply | null => null)
        const step = async (i: number) => {
          const stepped = await joins[i]?.step()
          if (stepped?.isDone) replies[i] ??= stepped.result
          return stepped?.isDone
        }
        for (const i of order) if (replies[i] === null) await step(i)
        for (const i of [0, 1, 2]) while (replies[i] === null) await step(i)

        const all = replies.map((reply) => joined(reply ?? { kind: 'overloaded', retryAfterMs: 0 }))
        const numbersGiven = all.map(({ connection }) => connection)
        expect(new Set(numbersGiven).size).toBe(3)
        const winner = all.findIndex(({ connection }) => connection === Math.max(...numbersGiven))
        expect(await connectionOf(world)).toBe(numbersGiven[winner])
        expect(all[winner]?.resumed).toHaveLength(1)
        expect(await world.task(id)).toMatchObject({ status: 'RUNNING', agentConnection: numbersGiven[winner] })

        // The others end what they believe to hold, as they do when they are replaced: it changes nothing.
        for (const [i, { resumed }] of all.entries()) {
          if (i === winner) continue
          const { holder } = desks[i] ?? world.desk
          for (const one of resumed) {
            expect(await world.perform(loseAttempt(world.desk, one.lease, error, noon), holder)).toEqual({
              kind: 'stale',
            })
          }
        }
        const [mine] = all[winner]?.resumed ?? []
        if (mine === undefined) throw new Error('the winner holds nothing')
        const done = await world.perform(passResult(mine.lease, output(), noon), desks[winner]?.holder)
        expect(done).toEqual({ kind: 'done', status: 'COMPLETED', duplicate: false })
        expect(await world.audit()).toEqual([])
        expectBooksBalance(world)
      }),
      { numRuns: 200 },
    )
  })

  test('[G9 W94] where there is no room for it is told to come again, and comes in by the next one', async () => {
    const world = new World()
    await world.submitOne()
    const lease = await world.take()
    world.isFullFor = ({ transaction }) => transaction.writes.some(({ kind }) => kind === 'index')
    expect(await world.perform(joinAgent(world.desk, joiner(world, [lease]), noon))).toMatchObject({
      kind: 'overloaded',
    })
    world.isFullFor = () => false
    const { resumed } = joined(await world.perform(joinAgent(world.desk, joiner(world, [lease]), noon + 1)))
    expect(resumed).toHaveLength(1)
  })
})
