import { describe, expect, test } from 'vitest'
import type { ActorDefinition } from '../../../src/actors/runtime/actor.js'
import {
  type Asked,
  type BuiltInEffect,
  type From,
  type Reply,
  spawn,
  type Wake,
  type Woke,
} from '../../../src/actors/runtime/effect.js'
import { eventLoopScheduler } from '../../../src/actors/runtime/scheduler.js'
import { createActorSystem, type EffectHandlers } from '../../../src/actors/runtime/system.js'
import { systemClock } from '../../../src/clock.js'
import { systemRandom } from '../../../src/random.js'
import { act, got, gotBriefly, type Log, newWorld, note, probe, type WorldEffect } from './world.js'

type CountMessage = { readonly kind: 'add'; readonly n: number } | { readonly kind: 'halt' }

const counter: ActorDefinition<number, CountMessage, BuiltInEffect | Log, { readonly from: number }> = {
  name: 'counter',
  supervision: 'stop',
  start: ({ from }, self, now) => [from, { kind: 'log', line: `${self} starts at ${now}` }],
  on: {
    add: (count, { n }) => [count + n, { kind: 'log', line: `${count} and ${n}` }],
    halt: (count) => [count, { kind: 'stop' }, { kind: 'log', line: 'last words' }],
  },
}

type SleeperMessage = Asked<{ readonly kind: 'sleep'; readonly ms: number }> | Woke

/** Answers once it has slept. */
const sleeper: ActorDefinition<From | null, SleeperMessage, Wake | Reply | Log> = {
  name: 'sleeper',
  supervision: 'stop',
  start: () => [null],
  on: {
    sleep: (_, { from, ms }, now) => [from, { kind: 'wake', key: 'sleep', at: now + ms }],
    woke: (from) =>
      from === null
        ? [null]
        : [null, { kind: 'log', line: 'awake' }, { kind: 'reply', to: from, message: { kind: 'slept' } }],
  },
}

describe('actor system', () => {
  test('[A1] an actor starts in its own first turn, with its arguments, address and the time', () => {
    const world = newWorld()
    expect(world.system.spawn(counter, 'c', { from: 5 })).toBe(true)
    expect(world.system.has('c')).toBe(true)
    expect(world.system.inspect('c')).toBeUndefined()
    world.run()
    expect(world.system.inspect('c')).toBe(5)
    expect(world.lines).toEqual(['c: c starts at 1000'])
  })

  test('[A2] an address belongs to one actor, and is free again once it stopped', () => {
    const world = newWorld()
    world.system.spawn(counter, 'c', { from: 5 })
    expect(world.system.spawn(counter, 'c', { from: 6 })).toBe(false)
    world.system.tell('c', { kind: 'halt' })
    world.run()
    expect(world.system.has('c')).toBe(false)
    expect(world.system.spawn(counter, 'c', { from: 6 })).toBe(true)
    world.run()
    expect(world.system.inspect('c')).toBe(6)
  })

  test('[A3] effects are carried out in order, after the step', () => {
    const world = newWorld()
    world.system.spawn(probe, 'a', undefined)
    world.system.tell('a', act({ kind: 'log', line: '1' }, { kind: 'log', line: '2' }, { kind: 'log', line: '3' }))
    world.run()
    expect(world.lines).toEqual(['a: 1', 'a: 2', 'a: 3'])
  })

  test('[A4] a tell from within a step waits: no step runs inside another', () => {
    const world = newWorld()
    world.system.spawn(probe, 'a', undefined)
    const inner = act({ kind: 'log', line: 'inner' })
    world.system.tell('a', act({ kind: 'tell', to: 'a', message: inner }, { kind: 'log', line: 'outer' }))
    world.run()
    expect(world.lines).toEqual(['a: outer', 'a: inner'])
  })

  test('[A4] a tell from outside runs nothing by itself', () => {
    const world = newWorld()
    world.system.spawn(counter, 'c', { from: 5 })
    world.run()
    world.system.tell('c', { kind: 'add', n: 1 })
    expect(world.system.inspect('c')).toBe(5)
    world.run()
    expect(world.system.inspect('c')).toBe(6)
  })

  test('[A5] what is told to nobody is said outside, and a dead letter inside', () => {
    const world = newWorld()
    expect(world.system.tell('nobody', note(1))).toBe('noActor')
    world.system.spawn(probe, 'a', undefined)
    world.system.tell('a', act({ kind: 'tell', to: 'nobody', message: note(1) }))
    world.run()
    expect(world.letters).toEqual([{ to: 'nobody', messageKind: 'note', reason: 'noActor' }])
  })

  test('[A6] a message without a row is a dead letter, and no failure', () => {
    const world = newWorld()
    world.system.spawn(probe, 'a', undefined)
    for (const kind of ['unheardOf', 'toString', '__proto__']) world.system.tell('a', { kind })
    world.run()
    expect(world.letters.map(({ messageKind, reason }) => [messageKind, reason])).toEqual([
      ['unheardOf', 'noRow'],
      ['toString', 'noRow'],
      ['__proto__', 'noRow'],
    ])
    expect(world.failures).toEqual([])
  })

  test('[A7] an actor spawns another, whose mail may be sent in the same step', () => {
    const world = newWorld()
    world.system.spawn(probe, 'a', undefined)
    const child = spawn(counter, 'c', { from: 1 })
    world.system.tell('a', act(child, { kind: 'tell', to: 'c', message: { kind: 'add', n: 2 } }))
    world.run()
    expect(world.system.inspect('c')).toBe(3)
  })

  test('[A7] a spawn at a taken address is a dead letter, and changes nothing', () => {
    const world = newWorld()
    world.system.spawn(counter, 'c', { from: 5 })
    world.system.spawn(probe, 'a', undefined)
    world.system.tell('a', act(spawn(counter, 'c', { from: 1 })))
    world.run()
    expect(world.system.inspect('c')).toBe(5)
    expect(world.letters).toEqual([{ to: 'c', actor: 'counter', messageKind: 'spawn', reason: 'taken' }])
  })

  test('[A8] an actor that stops itself runs nothing more, but its last effects are carried out', () => {
    const world = newWorld()
    world.system.spawn(counter, 'c', { from: 0 })
    for (const message of [{ kind: 'halt' }, { kind: 'add', n: 1 }]) world.system.tell('c', message)
    world.run()
    expect(world.lines.at(-1)).toBe('c: last words')
    expect(world.letters).toEqual([{ to: 'c', actor: 'counter', messageKind: 'add', reason: 'stopped' }])
  })

  test('[A8] an actor stops another; to stop nobody does nothing', () => {
    const world = newWorld()
    world.system.spawn(probe, 'a', undefined)
    world.system.spawn(probe, 'b', undefined)
    world.run()
    world.system.tell('a', act({ kind: 'stop', address: 'b' }, { kind: 'stop', address: 'nobody' }))
    world.system.tell('b', note(1))
    world.run()
    expect(world.system.has('b')).toBe(false)
    expect(world.letters).toEqual([{ to: 'b', actor: 'probe', messageKind: 'note', reason: 'stopped' }])
  })

  test('[A8] after its own stop an actor arms nothing and gets nothing', () => {
    const world = newWorld()
    world.system.spawn(probe, 'a', undefined)
    world.system.spawn(probe, 'b', undefined)
    const ask = { kind: 'ask', to: 'b', message: note(0), deadlineMs: 5, tag: 1 } as const
    world.system.tell('a', act({ kind: 'stop' }, { kind: 'wake', key: 'k', at: 1_001 }, ask))
    world.run()
    expect(world.clock.nextDue()).toBeUndefined()
    expect(world.letters).toEqual([{ to: 'b', actor: 'probe', messageKind: 'note', reason: 'stopped' }])
    expect(got(world, 'b')).toEqual([])
  })

  test('[A9] drain settles once no message waits', async () => {
    const world = newWorld()
    await world.system.drain()
    world.system.spawn(probe, 'a', undefined)
    world.system.tell('a', note(1))
    let isDrained = false
    const drained = world.system.drain().then(() => {
      isDrained = true
    })
    await Promise.resolve()
    expect(isDrained).toBe(false)
    world.run()
    await drained
    expect(gotBriefly(world, 'a')).toEqual([1])
  })

  test('[A10] stop accounts for all that waits, disarms all timers, and is idempotent', async () => {
    const world = newWorld()
    for (const address of ['a', 'b']) world.system.spawn(probe, address, undefined)
    world.system.tell('a', act({ kind: 'wake', key: 'k', at: 5_000 }))
    world.run()
    const answer = world.system.ask('b', note(7), 1_000)
    world.system.tell('a', note(1))
    const drained = world.system.drain()
    await Promise.all([world.system.stop(), world.system.stop(), drained])
    await expect(answer).rejects.toMatchObject({ name: 'AskFailure', why: 'stopped' })
    expect(world.letters.map(({ to, messageKind, reason }) => [to, messageKind, reason])).toEqual([
      ['a', 'note', 'stopped'],
      ['b', 'note', 'stopped'],
    ])
    expect(world.clock.nextDue()).toBeUndefined()
    expect(world.system.tell('a', note(1))).toBe('noActor')
    expect(world.system.spawn(probe, 'c', undefined)).toBe(false)
    world.run()
    expect(got(world, 'a')).toEqual([])
  })

  test('[A12] the real clock and event loop run it just so', async () => {
    const lines: string[] = []
    const system = createActorSystem<Log>({
      clock: systemClock(),
      scheduler: eventLoopScheduler(),
      random: systemRandom,
      effects: { log: ({ line }) => lines.push(line) },
      onDeadLetter: ({ reason }) => lines.push(reason),
      onFailure: ({ error }) => lines.push(String(error)),
    })
    system.spawn(sleeper, 's', undefined)
    await expect(system.ask('s', { kind: 'sleep', ms: 5 }, 60_000)).resolves.toEqual({ kind: 'slept' })
    await expect(system.ask('s', { kind: 'sleep', ms: 60_000 }, 1)).rejects.toThrow('deadline')
    await system.drain()
    await system.stop()
    expect(lines).toEqual(['awake'])
  })

  test('[A11] a system without a handler for one of its effects does not compile', () => {
    type Complete =
      { readonly log: () => void; readonly explode: () => void } extends EffectHandlers<WorldEffect> ? 1 : 0
    type Missing = { readonly log: () => void } extends EffectHandlers<WorldEffect> ? 1 : 0
    const verdicts: readonly [Complete, Missing] = [1, 0]
    expect(verdicts).toEqual([1, 0])
  })

  test('[A11] an effect that nobody handles is a failure', () => {
    const world = newWorld()
    const stray: ActorDefinition<null, { readonly kind: 'go' }, { readonly kind: 'unknown' }> = {
      name: 'stray',
      supervision: 'stop',
      start: () => [null],
      on: { go: () => [null, { kind: 'unknown' }] },
    }
    world.system.spawn(stray as unknown as typeof probe, 's', undefined)
    world.system.tell('s', { kind: 'go' })
    world.run()
    expect(String(world.failures[0]?.error)).toMatch('no handler for the effect unknown of stray')
  })
})
