/** Back-off, and how ids spread over shards. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstRetryMs, longestRetryMs, retryDelayMs } from '../../src/tasks/retry.js'
import { shardOf } from '../../src/tasks/shardOf.js'

test('[W3] the wait after an attempt lies in the upper half of an interval that doubles up to five minutes', () => {
  const chance = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6_400 }), chance, (attempt, draw) => {
      const fullMs = Math.min(longestRetryMs, firstRetryMs * 2 ** (attempt - 1))
      const delayMs = retryDelayMs(attempt, draw)
      expect(Number.isInteger(delayMs)).toBe(true)
      expect(delayMs).toBeGreaterThanOrEqual(fullMs / 2)
      expect(delayMs).toBeLessThanOrEqual(fullMs)
    }),
  )
  expect(retryDelayMs(1, 0)).toBe(500)
  expect(retryDelayMs(4, 1)).toBe(8_000)
})

test('[W4] ids spread evenly over the shards, and always to the same one', () => {
  const counts = new Array<number>(16).fill(0)
  for (let i = 0; i < 16_000; i++) {
    const shard = shardOf(`task-${i}`, 16)
    counts[shard] = (counts[shard] ?? 0) + 1
  }
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(200)
  expect(shardOf('task-1', 16)).toBe(shardOf('task-1', 16))
})
