import { describe, expect, test } from 'vitest'
import type { ActorDefinition } from '../../../src/actors/runtime/actor.js'
import type { Wake, Woke } from '../../../src/actors/runtime/effect.js'
import { act, gotBriefly, newWorld, note, type ProbeState, probe, type World, type WorldOptions } from './world.js'

function worldWithProbe(options: WorldOptions = {}): World {
  const world = newWorld(options)
  world.system.spawn(probe, 'a', undefined)
  world.run()
  return world
}

const wake = (key: string, at: number) => ({ kind: 'wake', key, at }) as const

describe('wake-ups', () => {
  test('[A20] woke comes when its time has come, not before, and once', () => {
    const world = worldWithProbe()
    world.system.tell('a', act(wake('k', 1_500)))
    world.run()
    world.clock.advanceTo(1_499)
    expect(gotBriefly(world, 'a')).toEqual([])
    world.clock.advanceTo(9_000)
    expect(world.system.inspect('a')).toEqual([{ kind: 'woke', key: 'k', at: 1_500 }])
  })

  test('[A21] the same key again moves the wake-up, later or sooner', () => {
    const world = worldWithProbe()
    world.system.tell(
      'a',
      act(wake('later', 1_100), wake('sooner', 1_900), wake('later', 1_800), wake('sooner', 1_200)),
    )
    world.run()
    world.clock.advanceTo(9_000)
    const state = world.system.inspect('a') as ProbeState
    expect(state.map(({ at }) => at)).toEqual([1_200, 1_800])
  })

  test('[A22] unwake ends a wake-up; a key that is not armed may be unwoken', () => {
    const world = worldWithProbe()
    world.system.tell('a', act(wake('k', 1_500), { kind: 'unwake', key: 'k' }, { kind: 'unwake', key: 'other' }))
    world.run()
    expect(world.clock.nextDue()).toBeUndefined()
    world.clock.advanceTo(9_000)
    expect(gotBriefly(world, 'a')).toEqual([])
  })

  test('[A22] unwake counts even where the wake-up already waits in the mailbox', () => {
    const world = worldWithProbe({ isBusy: true })
    world.system.tell('a', act(wake('k', 1_500)))
    world.run()
    world.system.tell('a', act({ kind: 'unwake', key: 'k' }))
    world.clock.advanceTo(1_500)
    expect(world.system.depth().work).toBe(2)
    world.run()
    expect(gotBriefly(world, 'a')).toEqual([])
  })

  test('[A22] moved on while it waits in the mailbox, it comes at its new time', () => {
    const world = worldWithProbe({ isBusy: true })
    world.system.tell('a', act(wake('k', 1_500)))
    world.run()
    world.system.tell('a', act(wake('k', 1_700)))
    world.clock.advanceTo(1_600)
    world.run()
    expect(gotBriefly(world, 'a')).toEqual([])
    world.clock.advanceTo(1_700)
    world.run()
    expect((world.system.inspect('a') as ProbeState).map(({ at }) => at)).toEqual([1_700])
  })

  test('[A23] a wake-up does not overtake what came before it: a sign of life counts, however late it is read', () => {
    const world = worldWithProbe({ isBusy: true })
    world.system.tell('a', act(wake('silence', 1_500)))
    world.run()
    world.system.tell('a', note(1))
    world.clock.advanceTo(1_500)
    world.system.tell('a', note(2))
    world.run()
    expect(gotBriefly(world, 'a')).toEqual([1, 'woke silence', 2])
  })

  test('[A23] an actor that lists woke under control has it overtake', () => {
    const world = newWorld({ isBusy: true })
    world.system.spawn({ ...probe, control: ['woke'] }, 'a', undefined)
    world.system.tell('a', act(wake('k', 1_500)))
    world.run()
    world.system.tell('a', note(1))
    world.clock.advanceTo(1_500)
    world.run()
    expect(gotBriefly(world, 'a')).toEqual(['woke k', 1])
  })

  test('[A24] a wake-up in the past comes in a later turn', () => {
    const world = worldWithProbe()
    world.system.tell('a', act(wake('k', 3), { kind: 'log', line: 'armed' }))
    world.run()
    expect(gotBriefly(world, 'a')).toEqual([])
    world.clock.advance(0)
    expect(gotBriefly(world, 'a')).toEqual(['woke k'])
  })

  test('[A25] a step may arm the key that woke it', () => {
    const world = newWorld()
    const metronome: ActorDefinition<readonly number[], Woke, Wake> = {
      name: 'metronome',
      supervision: 'stop',
      start: (_, __, now) => [[], wake('beat', now + 100)],
      on: { woke: (beats, _, now) => [[...beats, now], wake('beat', now + 100)] },
    }
    world.system.spawn(metronome, 'm', undefined)
    world.run()
    world.clock.advance(350)
    expect(world.system.inspect('m')).toEqual([1_100, 1_200, 1_300])
  })

  test('[A26] a stopped actor leaves no timer behind', () => {
    const world = worldWithProbe()
    world.system.tell('a', act(wake('k', 1_500), wake('l', 1_600), { kind: 'stop' }))
    world.run()
    expect(world.clock.nextDue()).toBeUndefined()
  })
})
