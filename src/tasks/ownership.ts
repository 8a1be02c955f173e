/**
 * A shard's owner takes over: it raises the epoch, which refuses whoever owned it before, and buries holders that are
 * known dead. What they held can be adopted for a while; what nobody adopted is then tried again.
 */

import { orphanOrder } from './attempt.js'
import type { Desk } from './desk.js'
import { taskKey } from './keys.js'
import {
  commit,
  commitAll,
  held,
  holders,
  type Order,
  type Procedure,
  read,
  now as readNow,
  readOne,
  Unavailable,
} from './procedure.js'
import { taskOf } from './task.js'

const ownerKey = 'owner'

export type Owned = { readonly epoch: number; readonly dead: readonly string[] }

/** `isDead` says of which holders it is certain. */
export function* takeShard(desk: Desk, shard: number, isDead: (holder: string) => boolean): Procedure<Owned> {
  for (;;) {
    const fields = yield* readOne(shard, ownerKey)
    const before = typeof fields?.epoch === 'number' ? fields.epoch : null
    const epoch = (before ?? 0) + 1
    const known = yield* holders(shard)
    const dead = known.map(({ holder }) => holder).filter((holder) => holder !== desk.holder && isDead(holder))
    const outcome = yield* commit({
      shard,
      tenant: '',
      drains: true,
      transaction: {
        guards: [{ kind: 'equals', record: ownerKey, field: 'epoch', value: before }],
        writes: [
          { kind: 'put', record: ownerKey, fields: { epoch, node: desk.node } },
          { kind: 'raise', epoch },
          ...dead.map((holder) => ({ kind: 'bury', holder }) as const),
        ],
      },
    })
    if (outcome.kind === 'done') return { epoch, dead }
    if (outcome.kind === 'invalid') throw new Error(`take shard ${shard}: ${outcome.why}`)
    if (outcome.kind === 'overloaded') throw new Unavailable(`take shard ${shard}: no room`)
  }
}

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
