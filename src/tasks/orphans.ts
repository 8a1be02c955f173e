/**
 * What a dead holder left: its agents had their time to adopt it, and what nobody adopted is tried again.
 */
import { orphanOrder } from './attempt.js'
import type { Desk } from './desk.js'
import { taskKey } from './keys.js'
import { commit, commitAll, held, type Order, type Procedure, read, now as readNow, Unavailable } from './procedure.js'
import { taskOf } from './task.js'

const page = 256

/**
 * Tries again what the dead holder left and nobody adopted, then forgets the holder. Returns how many were tried; throws
 * `Unavailable` where something is left to be tried later.
 */
export function* retryOrphans(desk: Desk, shard: number, epoch: number, holder: string): Procedure<number> {
  const entries = yield* held(shard, holder)
  for (let at = 0; at < entries.length; at += page) {
    const some = entries.slice(at, at + page)
    const records = yield* read(
      shard,
      some.map(({ record }) => record),
    )
    const now = yield* readNow()
    const orders: Order[] = []
    for (const [i, { lane, entry, record }] of some.entries()) {
      const fields = records[i]
      const task = fields ? taskOf(fields) : null
      if (task === null || task.entry !== entry || record !== taskKey(task.id)) {
        orders.push(withEpoch(dropOrder(shard, lane, entry, holder), epoch))
        continue
      }
      const place = { shard, turn: task.turn, entry, task: task.id, lane }
      orders.push(withEpoch(orphanOrder(desk, place, holder, task, now), epoch))
    }
    yield* commitAll(orders)
  }
  const retired = yield* commit({
    shard,
    tenant: '',
    drains: true,
    transaction: { guards: [{ kind: 'epoch', n: epoch }], writes: [{ kind: 'retire', holder }] },
  })
  // Not for somebody who still holds something: an order above found no room.
  if (retired.kind === 'invalid' || retired.kind === 'overloaded') {
    throw new Unavailable(`shard ${shard}: ${holder} still holds something`)
  }
  return entries.length
}

/** An entry that no record names any more. */
const dropOrder = (shard: number, lane: string, entry: string, holder: string): Order => ({
  shard,
  tenant: '',
  drains: true,
  transaction: { guards: [{ kind: 'holds', lane, entry, holder }], writes: [{ kind: 'withdraw', lane, entry }] },
})

const withEpoch = (order: Order, n: number): Order => ({
  ...order,
  transaction: { ...order.transaction, guards: [{ kind: 'epoch', n }, ...order.transaction.guards] },
})
