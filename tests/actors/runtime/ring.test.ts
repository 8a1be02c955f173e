import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Ring } from '../../../src/actors/runtime/ring.js'

type Command = { readonly kind: 'push' | 'add' | 'shift'; readonly times: number }

const command: fc.Arbitrary<Command> = fc.record({
  kind: fc.constantFrom('push', 'add', 'shift'),
  times: fc.integer({ min: 1, max: 70 }),
})

describe('ring', () => {
  test('[M1] a ring behaves like a bounded array, whatever is done to it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.array(command, { maxLength: 60 }), (bound, commands) => {
        const ring = new Ring<number>(bound)
        const model: number[] = []
        let next = 0
        const apply = {
          push: () => {
            const hasRoom = model.length < bound
            if (hasRoom) model.push(next)
            expect(ring.push(next++)).toBe(hasRoom)
          },
          add: () => {
            model.push(next)
            ring.add(next++)
          },
          shift: () => expect(ring.shift()).toBe(model.shift()),
        }
        for (const { kind, times } of commands) {
          for (let i = 0; i < times; i++) apply[kind]()
          expect(ring.size).toBe(model.length)
        }
      }),
    )
  })

  test('[M2] an untouched ring holds no slots, and a burst gives its slots back', () => {
    const ring = new Ring<number>(100_000)
    expect(ring.capacity).toBe(0)
    for (let i = 0; i < 50_000; i++) ring.push(i)
    expect(ring.capacity).toBeGreaterThanOrEqual(50_000)
    while (ring.size > 0) ring.shift()
    expect(ring.capacity).toBe(0)
  })

  test('[M2] slots of everyday traffic are kept', () => {
    const ring = new Ring<number>(100)
    for (let i = 0; i < 20; i++) ring.push(i)
    while (ring.size > 0) ring.shift()
    expect(ring.capacity).toBe(32)
  })
})
