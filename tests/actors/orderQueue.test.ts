/** Orders that wait for a batch: none lost, none doubled, a tenant that floods waits for itself. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OrderQueue, type Ticketed } from '../../src/actors/orderQueue.js'

const ordered = (ticket: number, tenant: string, bytes = 100): Ticketed => ({
  ticket,
  order: { shard: 0, tenant, drains: false, transaction: { guards: [], writes: [] } },
  bytes,
})

const step = fc.oneof(
  fc.record({ tenant: fc.constantFrom('a', 'b', 'c'), bytes: fc.integer({ min: 1, max: 900_000 }) }),
  fc.constant('take' as const),
)

test('[G1 J10] whatever is put in comes out once, each tenant in its order, in batches within their bounds', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600, size: 'max' }), (steps) => {
      const queue = new OrderQueue()
      const put: Ticketed[] = []
      const taken: Ticketed[] = []
      const take = () => {
        const batch = queue.take()
        taken.push(...batch)
        expect(batch.length).toBeLessThanOrEqual(256)
        const bytes = batch.reduce((sum, one) => sum + one.bytes, 0)
        expect(batch.length <= 1 || bytes <= 1_048_576).toBe(true)
        expect(queue.size).toBe(put.length - taken.length)
      }
      for (const one of steps) {
        if (one === 'take') take()
        else {
          put.push(ordered(put.length, one.tenant, one.bytes))
          const last = put.at(-1)
          if (last !== undefined) queue.push(last)
        }
      }
      while (queue.size > 0) take()
      for (const tenant of ['a', 'b', 'c']) {
        const of = (all: readonly Ticketed[]) => all.filter(({ order }) => order.tenant === tenant)
        expect(of(taken)).toEqual(of(put))
      }
    }),
    { numRuns: 100 },
  )
})

test('[J11] a tenant with few orders is served in the next batch, however many another has waiting', () => {
  const queue = new OrderQueue()
  for (let i = 0; i < 10_000; i++) queue.push(ordered(i, 'flood'))
  queue.take()
  for (let i = 0; i < 100; i++) queue.push(ordered(20_000 + i, 'few'))
  const batch = queue.take()
  expect(batch).toHaveLength(256)
  expect(batch.filter(({ order }) => order.tenant === 'few')).toHaveLength(100)
})

test('[J11] tenants take turns across batches too: of three that fill batches each gets a third', () => {
  const queue = new OrderQueue()
  for (let i = 0; i < 1_000; i++) for (const tenant of ['a', 'b', 'c']) queue.push(ordered(i, tenant))
  const counts: Record<string, number> = {}
  for (let batch = 0; batch < 6; batch++) {
    for (const { order } of queue.take()) counts[order.tenant] = (counts[order.tenant] ?? 0) + 1
  }
  expect(counts).toEqual({ a: 512, b: 512, c: 512 })
})

test('[G9 J12] an order that is larger than a batch may be goes alone', () => {
  const queue = new OrderQueue()
  queue.push(ordered(1, 'a', 5_000_000))
  queue.push(ordered(2, 'b', 1))
  expect(queue.take().map(({ ticket }) => ticket)).toEqual([1])
  expect(queue.take().map(({ ticket }) => ticket)).toEqual([2])
  expect(queue.take()).toEqual([])
})
