/** The registry by hand: of two connections of one agent the higher number wins, in whatever order they arrive. */
import { describe, expect, test } from 'vitest'
import type { AssignedMessage } from '../../src/actors/dispatcher.js'
import type { NodeEffect } from '../../src/actors/effects.js'
import { registry } from '../../src/actors/registry.js'
import type { RegistryArgs, RegistryMessage, RegistryState, WhoIsHere } from '../../src/actors/registryState.js'
import { joinAgent } from '../../src/tasks/joining.js'
import { agentKey } from '../../src/tasks/keys.js'
import { noon, tenant, World } from '../tasks/world.js'
import { only, Stepper } from './stepper.js'

type Registry = Stepper<RegistryState, RegistryMessage, NodeEffect, RegistryArgs>

const newRegistry = (world = new World()): Registry =>
  new Stepper<RegistryState, RegistryMessage, NodeEffect, RegistryArgs>(registry, { desk: world.desk }, { now: noon })

const arrived = (session: string, connection: number, { agent = 'crawler', adopted = [] as readonly string[] } = {}) =>
  ({
    kind: 'arrived',
    session,
    tenant,
    agent,
    connection,
    queues: ['mail'],
    at: noon,
    adopted: new Set(adopted),
  }) as const

const toldBy = (effects: readonly NodeEffect[]): string[] =>
  only(effects, 'tell').map(({ to, message }) => `${to} ${message.kind}`)

const from = { address: 'asker', tag: 1 }

const here = (of: Registry) => {
  const [answer] = only(of.tell({ kind: 'whoIsHere', tenant, from }), 'reply')
  return (answer?.message as WhoIsHere | undefined)?.agents ?? []
}

describe('an agent that joins another node', () => {
  const elsewhere = (connection: number) => ({ kind: 'joinedElsewhere', tenant, agent: 'crawler', connection }) as const

  test('[G2 B9] is known here by its older connection, which is told', () => {
    const of = newRegistry()
    of.tell(arrived('s1', 5))
    expect(toldBy(of.tell(elsewhere(6)))).toEqual(['s1 replaced'])
  })

  test('[G2 B9] and came back here since, or is nobody here, changes nothing', () => {
    const of = newRegistry()
    expect(of.tell(elsewhere(6))).toEqual([])
    of.tell(arrived('s1', 7))
    expect(of.tell(elsewhere(6))).toEqual([])
    expect(of.tell(elsewhere(7))).toEqual([])
  })

  test('[G2 B10] unheard is found once hints are known to have been lost', async () => {
    const world = new World()
    const of = newRegistry(world)
    for (const agent of ['crawler', 'reader']) {
      const joined = await world.perform(
        joinAgent(world.desk, { tenant, agent, queues: ['mail'], lastConnection: 0, holding: [] }, noon),
      )
      if (joined.kind !== 'joined') throw new Error('no room')
      of.tell(arrived(`s/${agent}`, joined.connection, { agent }))
    }
    await world.perform(
      joinAgent(
        world.deskOf('n2.a'),
        { tenant, agent: 'crawler', queues: ['mail'], lastConnection: noon + 5, holding: [] },
        noon,
      ),
      'n2.a',
    )
    const [look] = only(of.tell({ kind: 'missedHints' }), 'run')
    if (look === undefined) throw new Error('it looks for nobody')
    const [again] = only(of.tell({ kind: 'ranNot', tag: look.tag, why: 'unavailable', retryAfterMs: 250 }), 'wake')
    const [second] = only(of.tell({ kind: 'woke', key: again?.key ?? '' }), 'run')
    const result = await world.perform(second?.procedure ?? look.procedure)
    expect(toldBy(of.tell({ kind: 'ran', tag: look.tag, result }))).toEqual(['s/crawler replaced'])
  })
})

describe('two connections of one agent', () => {
  test('[G2 Q50] the newer replaces the older, which is told what was adopted', () => {
    const of = newRegistry()
    expect(of.tell(arrived('s1', 1))).toEqual([])
    const effects = of.tell(arrived('s2', 2, { adopted: ['t1'] }))
    expect(effects).toEqual([{ kind: 'tell', to: 's1', message: { kind: 'replaced', adopted: new Set(['t1']) } }])
    expect(here(of).map(({ session }) => session)).toEqual(['s2'])
  })

  test('[G2 Q50] so it does where the older arrives second', () => {
    const of = newRegistry()
    of.tell(arrived('s2', 2))
    expect(toldBy(of.tell(arrived('s1', 1)))).toEqual(['s1 replaced'])
    expect(here(of).map(({ session }) => session)).toEqual(['s2'])
  })

  test('[Q51] what the older says afterwards, and that it has gone, leaves the newer as it is', () => {
    for (const order of [
      ['s1', 's2'],
      ['s2', 's1'],
    ]) {
      const of = newRegistry()
      for (const session of order) of.tell(arrived(session, session === 's1' ? 1 : 2))
      of.tell({ kind: 'seen', session: 's1', at: noon + 9, status: 'BUSY', holding: 5 })
      of.tell({ kind: 'disconnected', session: 's1', at: noon + 9 })
      expect(of.tell({ kind: 'departed', session: 's1' })).toEqual([])
      expect(here(of)).toMatchObject([{ session: 's2', isConnected: true, holding: 0, status: 'ACTIVE' }])
    }
  })

  test('[G8 Q51] of two tenants with one name are two agents', () => {
    const of = newRegistry()
    of.tell(arrived('s1', 1))
    expect(of.tell({ ...arrived('s2', 2), tenant: 't_other' })).toEqual([])
    expect(here(of).map(({ session }) => session)).toEqual(['s1'])
  })
})

describe('what it knows of an agent', () => {
  test('[Q52] is written in batches, under its connection’s number, and when it goes', async () => {
    const world = new World()
    const joiner = { tenant, agent: 'crawler', queues: ['mail'], lastConnection: 0, holding: [] }
    await world.perform(joinAgent(world.desk, joiner, noon))
    const of = newRegistry(world)
    of.tell(arrived('s1', noon))
    of.tell({ kind: 'seen', session: 's1', at: noon + 5, status: 'BUSY', holding: 1 })
    const [write] = only(of.tell({ kind: 'woke', key: 'write' }), 'run')
    if (write !== undefined) await world.perform(write.procedure)
    const record = async () => (await world.ledger.read(0, [agentKey(tenant, 'crawler')]))[0]
    expect(await record()).toMatchObject({ status: 'BUSY', lastSeen: noon + 5 })
    expect(only(of.tell({ kind: 'woke', key: 'write' }), 'run')).toEqual([])

    await world.perform(joinAgent(world.desk, joiner, noon + 10))
    const [gone] = only(of.tell({ kind: 'departed', session: 's1' }), 'run')
    if (gone !== undefined) await world.perform(gone.procedure)
    expect(await record()).toMatchObject({ status: 'ACTIVE', lastSeen: noon + 10 })
    expect(here(of)).toEqual([])
  })
})

const subscribed = (session: string, connection: number) =>
  ({ kind: 'subscribed', log: 'out/a', session, connection }) as const

describe('subscribers', () => {
  test('[Q53] the newer connection of a name wins, and hears what is new; the older gives up nothing but itself', () => {
    const of = newRegistry()
    of.tell(subscribed('p1', 1))
    expect(toldBy(of.tell(subscribed('p2', 2)))).toEqual(['p1 replaced'])
    of.tell({ kind: 'unsubscribed', log: 'out/a', session: 'p1' })
    expect(toldBy(of.tell({ kind: 'outcomes', log: 'out/a' }))).toEqual(['p2 outcomesReady'])
    of.tell({ kind: 'unsubscribed', log: 'out/a', session: 'p2' })
    expect(of.tell({ kind: 'outcomes', log: 'out/a' })).toEqual([])
  })

  test('[SB2] the older one is told also where it comes second, and where the newer is on another node', () => {
    const of = newRegistry()
    of.tell(subscribed('p2', 2))
    expect(toldBy(of.tell(subscribed('p1', 1)))).toEqual(['p1 replaced'])
    expect(of.tell({ kind: 'subscribedAnew', log: 'out/a', connection: 2 })).toEqual([])
    expect(of.tell({ kind: 'subscribedAnew', log: 'out/b', connection: 9 })).toEqual([])
    expect(toldBy(of.tell({ kind: 'subscribedAnew', log: 'out/a', connection: 3 }))).toEqual(['p2 replaced'])
  })
})

describe('a look for what nobody knows', () => {
  /** A node that holds a task of one who is here, and one of one who is not. */
  const looking = async () => {
    const world = new World()
    const of = newRegistry(world)
    await world.submit({}, {}, {})
    await world.claim([
      { agent: 'here', connection: 1 },
      { agent: 'here', connection: 2 },
      { agent: 'gone', connection: 1 },
    ])
    of.tell(arrived('s2', 2, { agent: 'here' }))
    const [look] = only(of.tell({ kind: 'lookFor', shard: 0 }), 'run')
    if (look === undefined) throw new Error('no look')
    return { world, of, look }
  }

  test('[G1 Q55] asks those who are here, and gives back what belongs to nobody; then says that it looked', async () => {
    const { world, of, look } = await looking()
    const effects = of.tell({ kind: 'ran', tag: look.tag, result: await world.perform(look.procedure) })
    expect(toldBy(effects)).toEqual(['s2 doYouHold', 'shardDoor/0 looked'])
    const [asked] = only(effects, 'tell').map(
      ({ message }) => (message as unknown as { claimed: AssignedMessage }).claimed,
    )
    expect(asked?.task).toMatchObject({ agent: 'here', agentConnection: 2 })
    for (const { tag, procedure } of only(effects, 'run')) {
      expect(of.tell({ kind: 'ran', tag, result: await world.perform(procedure) })).toEqual([])
    }
    expect((await world.ledger.held(0, world.desk.holder)).map(({ entry }) => entry)).toEqual([asked?.entry])
  })

  test('[G1 Q55] that could not be taken is taken again', async () => {
    const { of, look } = await looking()
    const again = of.tell({ kind: 'ranNot', tag: look.tag, why: 'unavailable', retryAfterMs: 250 })
    const [wake] = only(again, 'wake')
    expect(only(of.tell({ kind: 'woke', key: wake?.key ?? '' }), 'run')).toMatchObject([{ tag: look.tag }])
  })

  test('[G1 Q55] is taken again where something could not be given back', async () => {
    const { world, of, look } = await looking()
    const effects = of.tell({ kind: 'ran', tag: look.tag, result: await world.perform(look.procedure) })
    const [first, second] = only(effects, 'run')
    const failed = of.tell({ kind: 'ranNot', tag: first?.tag ?? 0, why: 'unavailable', retryAfterMs: 250 })
    const busy = of.tell({ kind: 'ran', tag: second?.tag ?? 0, result: { kind: 'overloaded', retryAfterMs: 250 } })
    for (const one of [failed, busy]) {
      const [wake] = only(one, 'wake')
      expect(only(of.tell({ kind: 'woke', key: wake?.key ?? '' }), 'run')).toMatchObject([{ tag: look.tag }])
    }
  })
})
