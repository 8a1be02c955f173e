/**
 * What everything long-lived is held to: one suite, called for each of them.
 *
 * `make` gives a fresh one each time. What it took hold of in the process (sockets, files, workers) is gone once `stop`
 * has settled.
 */
import { describe, expect, test } from 'vitest'
import type { Lifecycle } from '../src/lifecycle.js'
import { seededRandom } from '../src/random.js'

type Make = () => Lifecycle | Promise<Lifecycle>

/** Lives per run of the stress test, each with calls in an order of its own. */
const lives = 30

/** Handles close a little later than they say. */
const loopsToClose = 50

export function lifecycleContract(name: string, make: Make): void {
  describe(`lifecycle of ${name}`, () => {
    test('[A80] it starts and stops', async () => {
      const thing = await make()
      await thing.start()
      await thing.stop()
    })

    test('[A81] a second start is an error, and leaves the first one alone', async () => {
      const thing = await make()
      const first = thing.start()
      await expect(thing.start()).rejects.toThrow()
      await first
      await expect(thing.start()).rejects.toThrow()
      await thing.stop()
    })

    test('[A82] stop may be called again, together and one after the other', async () => {
      const thing = await make()
      await thing.start()
      await Promise.all([thing.stop(), thing.stop()])
      await thing.stop()
    })

    test('[A83] what was never started stops at once, and cannot be started then', async () => {
      const thing = await make()
      await thing.stop()
      await expect(thing.start()).rejects.toThrow()
    })

    test('[A84] a stop during the start ends it: no start succeeds after it', async () => {
      const thing = await make()
      const [start, stop] = await Promise.allSettled([thing.start(), thing.stop()])
      expect(start.status).toBe('rejected')
      expect(stop.status).toBe('fulfilled')
      await expect(thing.start()).rejects.toThrow()
    })

    test('[A85] whatever the order of calls, it ends with all let go of', async () => {
      await loops(loopsToClose)
      const before = held()
      for (let seed = 0; seed < lives; seed++) await liveOnce(make, seed)
      await loops(loopsToClose)
      expect(held()).toEqual(before)
    })
  })
}

/** Starts and stops as the seed says; at most one start may succeed. */
async function liveOnce(make: Make, seed: number): Promise<void> {
  const random = seededRandom(seed)
  const thing = await make()
  const starts: Promise<boolean>[] = []
  const stops: Promise<void>[] = []
  for (let calls = 1 + random.int(6); calls > 0; calls--) {
    if (random.int(2) === 0) starts.push(hasBegun(thing))
    else stops.push(thing.stop())
    await loops(random.int(4))
  }
  await Promise.all([...stops, thing.stop()])
  const begun = await Promise.all(starts)
  expect(begun.filter(Boolean).length).toBeLessThanOrEqual(1)
}

const hasBegun = (thing: Lifecycle) =>
  thing.start().then(
    () => true,
    () => false,
  )

/** Turns of the event loop. */
async function loops(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => setImmediate(resolve))
}

/** What the process holds, but timers: the test runner's own come and go. */
const held = () =>
  process
    .getActiveResourcesInfo()
    .filter((kind) => kind !== 'Timeout' && kind !== 'Immediate')
    .sort()
