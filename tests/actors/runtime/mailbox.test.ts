import { describe, expect, test } from 'vitest'
import { messagesPerTurn } from '../../../src/actors/runtime/runner.js'
import { act, got, gotBriefly, newWorld, note, probe, urgent } from './world.js'

describe('mailbox', () => {
  test('[M3] messages of one lane are handled in the order in which they came', () => {
    const world = newWorld()
    world.system.spawn(probe, 'a', undefined)
    for (const n of [1, 2, 3]) world.system.tell('a', note(n))
    world.run()
    expect(gotBriefly(world, 'a')).toEqual([1, 2, 3])
  })

  test('[M4] control overtakes the work that waits', () => {
    const world = newWorld()
    world.system.spawn(probe, 'a', undefined)
    for (const message of [note(1), note(2), urgent(8), urgent(9)]) world.system.tell('a', message)
    world.run()
    expect(gotBriefly(world, 'a')).toEqual([8, 9, 1, 2])
  })

  test('[M5] a tell from outside is told when the lane is full, and each lane has its own bound', () => {
    const world = newWorld()
    world.system.spawn(probe, 'a', undefined)
    expect([1, 2, 3, 4, 5].map((n) => world.system.tell('a', note(n)))).toEqual(['ok', 'ok', 'ok', 'ok', 'full'])
    expect([6, 7, 8].map((n) => world.system.tell('a', urgent(n)))).toEqual(['ok', 'ok', 'full'])
    expect(world.system.depth()).toEqual({ work: 4, control: 2 })
    world.run()
    expect(world.system.depth()).toEqual({ work: 0, control: 0 })
    expect(world.letters).toEqual([])
  })

  test('[M5] an effect that tells a full mailbox makes a dead letter', () => {
    const world = newWorld()
    world.system.spawn(probe, 'a', undefined)
    world.system.spawn(probe, 'b', undefined)
    world.run()
    const tells = [1, 2, 3, 4, 5].map((n) => ({ kind: 'tell', to: 'b', message: note(n) }) as const)
    world.system.tell('a', act(...tells))
    world.run()
    expect(gotBriefly(world, 'b')).toEqual([1, 2, 3, 4])
    expect(world.letters).toEqual([{ to: 'b', actor: 'probe', messageKind: 'note', reason: 'full' }])
  })

  test('[M6] what an actor asked for itself comes through a full mailbox, behind what came before', () => {
    const world = newWorld()
    world.system.spawn(probe, 'a', undefined)
    world.system.tell('a', act({ kind: 'ask', to: 'nobody', message: note(0), deadlineMs: 10, tag: 't' }))
    for (const n of [1, 2, 3]) world.system.tell('a', note(n))
    world.runOne()
    expect(gotBriefly(world, 'a')).toEqual([1, 2, 3, 'noActor'])
  })

  test('[M7] a busy actor gives the others their turns', () => {
    const world = newWorld()
    const busy = { ...probe, mailbox: { work: 10 * messagesPerTurn } }
    world.system.spawn(busy, 'busy', undefined)
    world.system.spawn(probe, 'quiet', undefined)
    for (let n = 0; n < 3 * messagesPerTurn; n++) world.system.tell('busy', note(n))
    world.system.tell('quiet', note(1))
    expect(world.runOne() && got(world, 'busy').length).toBe(messagesPerTurn)
    expect(world.runOne() && got(world, 'quiet').length).toBe(1)
    world.run()
    expect(got(world, 'busy').length).toBe(3 * messagesPerTurn)
  })

  test('[M8] actors run in the order in which they got something to do', () => {
    const world = newWorld()
    for (const address of ['a', 'b', 'c']) world.system.spawn(probe, address, undefined)
    world.run()
    for (const address of ['c', 'a', 'b', 'c']) world.system.tell(address, act({ kind: 'log', line: 'ran' }))
    world.run()
    expect(world.lines).toEqual(['c: ran', 'c: ran', 'a: ran', 'b: ran'])
  })

  test('[M9] a control flood leaves its own bound, and no more, before work', () => {
    const world = newWorld()
    world.system.spawn(probe, 'a', undefined)
    world.system.tell('a', note(1))
    const taken = Array.from({ length: 100 }, (_, n) => world.system.tell('a', urgent(n))).filter((d) => d === 'ok')
    world.run()
    expect(taken.length).toBe(2)
    expect(gotBriefly(world, 'a')).toEqual([0, 1, 1])
  })
})
