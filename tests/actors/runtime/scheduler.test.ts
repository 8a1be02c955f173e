import { describe, expect, test } from 'vitest'
import { eventLoopScheduler, manualScheduler } from '../../../src/actors/runtime/scheduler.js'

describe('scheduler', () => {
  test('[M10] turns run in a microtask after what was told, not within it', async () => {
    const scheduler = eventLoopScheduler()
    const order: string[] = []
    scheduler.run(() => {
      order.push('turn')
      return false
    })
    order.push('told')
    await Promise.resolve()
    expect(order).toEqual(['told', 'turn'])
  })

  test('[M11] after its slice it lets the event loop go on, and then goes on itself', async () => {
    const scheduler = eventLoopScheduler({ sliceMs: 0 })
    const order: string[] = []
    let left = 100
    const ended = new Promise<void>((resolve) => {
      scheduler.run(() => {
        order.push('turn')
        if (--left === 0) resolve()
        return left > 0
      })
    })
    setImmediate(() => order.push('event loop'))
    await ended
    expect(order.indexOf('event loop')).toBeGreaterThan(0)
    expect(order.indexOf('event loop')).toBeLessThan(order.length - 1)
  })

  test('[M11] each slice begins with a look at the clock', async () => {
    const scheduler = eventLoopScheduler({ sliceMs: 0 })
    const looks: boolean[] = []
    await new Promise<void>((resolve) => {
      scheduler.run((isLater) => {
        looks.push(isLater)
        if (looks.length === 17) resolve()
        return looks.length < 17
      })
    })
    expect(looks).toEqual([true, ...Array<boolean>(15).fill(false), true])
  })

  test('[M12] systems that share a manual scheduler take turns', () => {
    const scheduler = manualScheduler()
    const order: string[] = []
    const threeTurns = (name: string) => {
      let left = 3
      return () => {
        order.push(name)
        return --left > 0
      }
    }
    scheduler.run(threeTurns('a'))
    scheduler.run(threeTurns('b'))
    expect(scheduler.runAll()).toBe(6)
    expect(order.join('')).toBe('ababab')
  })
})
