import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Timer, TimerHeap } from '../src/timerHeap.js'

type Command =
  | { readonly kind: 'add'; readonly when: number }
  | { readonly kind: 'rearm' | 'cancel'; readonly which: number; readonly when: number }
  | { readonly kind: 'take'; readonly when: number }

const when = fc.integer({ min: 0, max: 20 })
const which = fc.nat({ max: 30 })
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), when }),
  fc.record({ kind: fc.constantFrom('rearm' as const, 'cancel' as const), which, when }),
  fc.record({ kind: fc.constant('take' as const), when }),
)

/** The plain model: what is armed, in a list that is sorted when it is asked for. */
class Model {
  readonly armed = new Map<number, { readonly when: number; readonly order: number }>()
  #order = 0

  arm(name: number, when: number): void {
    this.armed.set(name, { when, order: this.#order++ })
  }

  first(): readonly [number, number] | undefined {
    const sorted = [...this.armed].sort(([, a], [, b]) => a.when - b.when || a.order - b.order)
    return sorted.map(([name, { when }]) => [name, when] as const)[0]
  }

  takeDue(now: number): number | undefined {
    const first = this.first()
    if (first === undefined || first[1] > now) return undefined
    this.armed.delete(first[0])
    return first[0]
  }
}

describe('timer heap', () => {
  test('[A60] timers fire by time, and those of the same instant in the order in which they were armed last', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 120 }), (commands) => {
        const heap = new TimerHeap()
        const timers: Timer[] = []
        const model = new Model()
        let fired: number | undefined
        const take = (now: number) => {
          fired = undefined
          heap.takeDue(now)?.()
          expect(fired).toBe(model.takeDue(now))
        }
        for (const command of commands) {
          if (command.kind === 'take') take(command.when)
          if (command.kind === 'add') {
            const name = timers.length
            model.arm(name, command.when)
            timers.push(
              heap.add(command.when, () => {
                fired = name
              }),
            )
          }
          if (command.kind === 'rearm' && command.which < timers.length) {
            model.arm(command.which, command.when)
            timers[command.which]?.rearm(command.when)
          }
          if (command.kind === 'cancel' && command.which < timers.length) {
            model.armed.delete(command.which)
            timers[command.which]?.cancel()
          }
          expect(heap.size).toBe(model.armed.size)
          expect(heap.nextDue()).toBe(model.first()?.[1])
        }
        while (heap.size > 0) take(20)
      }),
      { numRuns: 500 },
    )
  })

  test('[A61] a timer that was moved on does not fire at its earlier time', () => {
    const heap = new TimerHeap()
    const timer = heap.add(10, () => {})
    timer.rearm(20)
    expect(heap.takeDue(19)).toBeUndefined()
    expect(heap.takeDue(20)).toBeDefined()
  })

  test('[A62] a cancelled timer takes no room', () => {
    const heap = new TimerHeap()
    const timers = Array.from({ length: 1_000 }, (_, n) => heap.add(n, () => {}))
    for (const timer of timers) timer.cancel()
    expect(heap.size).toBe(0)
  })

  test('[A63] a time that is no number is refused', () => {
    expect(() => new TimerHeap().add(Number.NaN, () => {})).toThrow(RangeError)
  })
})
