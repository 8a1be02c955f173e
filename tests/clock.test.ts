import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { systemClock, virtualClock } from '../src/clock.js'

describe('virtual clock', () => {
  test('[A64] time stands still until it is moved, and each wake sees its own time', () => {
    const clock = virtualClock({ origin: 100 })
    const seen: (readonly [string, number])[] = []
    clock.at(130, () => seen.push(['b', clock.now()]))
    clock.at(110, () => seen.push(['a', clock.now()]))
    expect(clock.now()).toBe(100)
    expect(clock.nextDue()).toBe(110)
    clock.advance(50)
    expect(clock.now()).toBe(150)
    expect(seen).toEqual([
      ['a', 110],
      ['b', 130],
    ])
  })

  test('[A64] what a wake arms on the way fires on the way', () => {
    const clock = virtualClock()
    const seen: number[] = []
    const beat = () => {
      seen.push(clock.now())
      clock.at(clock.now() + 10, beat)
    }
    clock.at(10, beat)
    clock.advance(35)
    expect(seen).toEqual([10, 20, 30])
  })

  test('[A65] it never goes back, and a wake in the past sees the present', () => {
    const clock = virtualClock({ origin: 100 })
    clock.advanceTo(50)
    expect(clock.now()).toBe(100)
    let at = 0
    clock.at(7, () => {
      at = clock.now()
    })
    expect(at).toBe(0)
    clock.advance(0)
    expect(at).toBe(100)
  })

  test('[A66] settle runs after each wake, before time goes on', () => {
    const order: string[] = []
    const clock = virtualClock({ settle: () => order.push(`settle ${clock.now()}`) })
    for (const at of [1, 2]) clock.at(at, () => order.push(`wake ${at}`))
    clock.advance(3)
    expect(order).toEqual(['wake 1', 'settle 1', 'wake 2', 'settle 2'])
  })
})

/** Settles when the clock says so. */
const until = (clock: ReturnType<typeof systemClock>, when: number) =>
  new Promise<number>((resolve) => clock.at(when, () => resolve(clock.now())))

describe('system clock', () => {
  test('[A67] it starts at its origin, in whole milliseconds', () => {
    const clock = systemClock({ origin: 1_700_000_000_000.75 })
    expect(clock.now()).toBeGreaterThanOrEqual(1_700_000_000_000)
    expect(clock.now()).toBeLessThan(1_700_000_060_000)
    expect(Number.isInteger(clock.now())).toBe(true)
  })

  test('[A68] no wake comes before its time, the later one not before the sooner', async () => {
    const clock = systemClock()
    const start = clock.now()
    const order: string[] = []
    const due = async (name: string, when: number) => {
      const at = await until(clock, when)
      order.push(name)
      return at - when
    }
    const lateMs = await Promise.all([due('later', start + 20), due('sooner', start + 5)])
    for (const ms of lateMs) expect(ms).toBeGreaterThanOrEqual(0)
    expect(order).toEqual(['sooner', 'later'])
  })

  test('[A68] a wake is never called from within at, and a cancelled one never', async () => {
    const clock = systemClock()
    let calls = 0
    clock.at(0, () => calls++)
    clock.at(clock.now() + 1, () => calls++).cancel()
    expect(calls).toBe(0)
    await until(clock, clock.now() + 3)
    expect(calls).toBe(1)
  })

  test('[A69] a wake that arms itself for now lets the event loop go on', async () => {
    const clock = systemClock()
    let isStopped = false
    const again = () => {
      if (!isStopped) clock.at(clock.now(), again)
    }
    again()
    await new Promise<void>((resolve) => setImmediate(resolve))
    isStopped = true
  })

  test('[A70] after a stall the sockets are read before deadlines fire', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const client = connect(address.port, '127.0.0.1')
    const [socket] = (await once(server, 'connection')) as [Socket]
    const clock = systemClock({ stallMs: 20 })
    const order: string[] = []
    const isRead = once(socket, 'data').then(() => order.push('sign of life'))
    const isDue = until(clock, clock.now() + 1).then(() => order.push('deadline'))
    client.write('still here')
    // The loop stands still, as in a long collection of garbage or on a stopped machine.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
    await Promise.all([isRead, isDue])
    expect(order).toEqual(['sign of life', 'deadline'])
    client.destroy()
    socket.destroy()
    server.close()
  })
})
