/** Between a claim and its agent the fleet may be paused: what may not be sent any more goes back as if never claimed. */
import { describe, expect, test } from 'vitest'
import { dispatcherAddress } from '../../src/actors/addresses.js'
import { type DispatcherMessage, type DispatcherState, dispatcher } from '../../src/actors/dispatcher.js'
import type { NodeEffect } from '../../src/actors/effects.js'
import { type FleetWatchMessage, type FleetWatchState, fleetWatch } from '../../src/actors/fleetWatch.js'
import { type FleetControl, openFleet } from '../../src/tasks/fleetControl.js'
import { joined } from '../actors/agentSessionWorld.js'
import { only, Stepper } from '../actors/stepper.js'
import { tenant, World } from '../tasks/world.js'

const standing = { by: 'olga', at: 1 }
const mailPaused: FleetControl = { ...openFleet, version: 2, queues: new Map([['mail', standing]]) }
const crawlerBanned: FleetControl = { ...openFleet, version: 3, banned: new Map([['crawler', standing]]) }

describe('what was claimed', () => {
  test.each([
    ['paused', { control: mailPaused, at: 0 }],
    ['banned', { control: crawlerBanned, at: 0 }],
  ])('[FC14] and is %s when the claim is answered goes back, and its taker keeps the credit', (_, said) => {
    const args = { tenant, node: 'n1', shards: 1 }
    const stepper = new Stepper<DispatcherState, DispatcherMessage, NodeEffect, typeof args>(dispatcher, args)
    stepper.tell({ kind: 'fleet', tenant, control: openFleet, at: 0 })
    const want = {
      kind: 'want',
      session: 's1',
      agent: 'crawler/7',
      connection: 1,
      queues: ['mail'],
      credits: 1,
    } as const
    const [claim] = only(stepper.tell(want), 'ask')
    stepper.tell({ kind: 'fleet', tenant, ...said })
    const effects = stepper.tell({ kind: 'replied', tag: claim?.tag ?? '', message: answerOf('task1') })
    expect(effects.map(({ kind }) => kind)).toEqual(['run'])
    expect(stepper.state.takers.get('s1')).toMatchObject({ credits: 1, claiming: 0 })
    const again = stepper.tell({ kind: 'fleet', tenant, control: { ...openFleet, version: 4 }, at: 1 })
    expect(only(again, 'ask')).toHaveLength(1)
  })

  test('[FC14] and reaches its session too late goes back uncounted, and another is wanted', async () => {
    const world = await joined({ capacity: 2 })
    const claimed = await world.claim()
    world.tell({ ...claimed, until: world.tasks.now })
    await world.run()
    expect(await world.tasks.task(claimed.task.id)).toMatchObject({ status: 'SCHEDULED', attempts: 0 })
    expect(world.sent.filter(({ type }) => type === 'task')).toEqual([])
    expect(world.wants).toEqual([1])
  })
})

const answerOf = (id: string) => {
  const fields = {
    id,
    tenant,
    sub: 'shop',
    status: 'RUNNING',
    steps: 'mail',
    step: 1,
    priority: 'normal',
    turn: 1,
    attempts: 0,
    maxAttempts: 3,
    timeoutMs: 1_000,
    createdAt: 0,
    updatedAt: 0,
  }
  const claimed = [{ taker: 0, lane: `${tenant}/mail/normal`, entry: 'e1', record: `task/${id}`, fields }]
  return { kind: 'claimAnswered', reply: { kind: 'claimed', claimed, overdue: [], now: 0 } }
}

describe('what is known of a fleet', () => {
  test('[FC15] doesn’t go back to an older version, nor count as fresh by one, unless data was lost', () => {
    let generation = 'g1'
    const args = { desk: new World().desk, generation: () => generation }
    const stepper = new Stepper<FleetWatchState, FleetWatchMessage, NodeEffect, typeof args>(fleetWatch, args)
    const learn = (control: FleetControl): readonly string[] => {
      stepper.tell({ kind: 'changed', tenant })
      const effects = stepper.tell({ kind: 'ran', tag: 0, result: new Map([[tenant, control]]) })
      return only(effects, 'tell').map(({ to }) => to)
    }
    stepper.tell({ kind: 'serve', tenant })
    expect(learn(mailPaused)).toEqual([dispatcherAddress(tenant), 'registry'])
    expect(learn(mailPaused)).toEqual([dispatcherAddress(tenant)])
    expect(learn(openFleet)).toEqual([])
    generation = 'g2'
    expect(learn(openFleet)).toEqual([dispatcherAddress(tenant), 'registry'])
  })
})
