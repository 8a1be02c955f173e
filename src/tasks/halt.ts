/**
 * The kill switch: a tenant is halted, and whatever runs is cancelled, whoever holds it.
 *
 * The command cancels at once what it finds. A node that has not heard of it yet may hand out more for a moment, and the
 * command may die half-way; so every node that serves the tenant sweeps once more when nobody can hand out anything
 * any longer, until one of them has noted that nothing runs. All of them do the same: guards let each task be cancelled
 * once, and before each page it is looked up that this very halt still holds, so that nothing dies that was started
 * after it was lifted.
 */
import { cancelOrder } from './cancellation.js'
import type { Desk } from './desk.js'
import { type Commander, readFleet } from './fleetCommand.js'
import { haltToSweep } from './fleetControl.js'
import { fleetHint, fleetKey, partsOfLane } from './keys.js'
import { shardsOf } from './outcomes.js'
import { commit, commitAll, held, holders, type Procedure, read, now as readNow, Unavailable } from './procedure.js'
import { shardOf } from './shardOf.js'
import { type Task, taskOf } from './task.js'

const page = 256

/** `lifted`: the halt holds no more, or all has been cancelled. */
export type Swept =
  | { readonly kind: 'swept'; readonly found: number; readonly cancelled: number }
  | { readonly kind: 'lifted' }

/** Cancels what runs in all shards. Throws `Unavailable` where something had to be left. */
export function* cancelRunning(desk: Desk, tenant: string, since: number): Procedure<Swept> {
  let found = 0
  let cancelled = 0
  for (const shard of shardsOf(desk)) {
    const records = yield* pendingOf(shard, tenant)
    for (let at = 0; at < records.length; at += page) {
      const running = yield* readRunning(shard, tenant, records.slice(at, at + page))
      found += running.length
      // Behind the reading: what ran then ran under this halt.
      const { stop, ...control } = yield* readFleet(desk, tenant)
      if (stop === null || haltToSweep({ stop, ...control }) !== since) return { kind: 'lifted' }
      const now = yield* readNow()
      const by: Commander = { tenant, sub: stop.by }
      const reason = stop.reason ?? 'halted'
      const outcomes = yield* commitAll(running.map((task) => cancelOrder(desk, by, task, reason, now)))
      for (const { kind } of outcomes) {
        if (kind === 'overloaded') throw new Unavailable(`shard ${shard}: no room to cancel what runs`)
        if (kind === 'done') cancelled++
      }
    }
  }
  return { kind: 'swept', found, cancelled }
}

/**
 * Cancels until nothing runs, and notes it. Found empty twice in a row: between two looks at holders an agent may come
 * back on another node, and with it what it holds.
 */
export function* sweepHalt(desk: Desk, tenant: string, since: number): Procedure<void> {
  for (let empty = 0; empty < 2; ) {
    const swept = yield* cancelRunning(desk, tenant, since)
    if (swept.kind === 'lifted') return
    empty = swept.found === 0 ? empty + 1 : 0
  }
  const { version } = yield* readFleet(desk, tenant)
  const record = fleetKey(tenant)
  yield* commit({
    shard: shardOf(tenant, desk.shards),
    tenant,
    drains: true,
    transaction: {
      guards: [{ kind: 'equals', record, field: 'version', value: version }],
      writes: [
        { kind: 'put', record, fields: { swept: since } },
        { kind: 'hint', hint: fleetHint(tenant) },
      ],
    },
  })
}

/** Records of what any holder has pending, the dead included. */
function* pendingOf(shard: number, tenant: string): Procedure<readonly string[]> {
  const records: string[] = []
  for (const { holder, pending } of yield* holders(shard)) {
    if (pending === 0) continue
    for (const { lane, record } of yield* held(shard, holder)) {
      if (partsOfLane(lane)?.tenant === tenant) records.push(record)
    }
  }
  return records
}

function* readRunning(shard: number, tenant: string, records: readonly string[]): Procedure<readonly Task[]> {
  const running: Task[] = []
  for (const fields of yield* read(shard, records)) {
    if (fields?.tenant === tenant && fields.status === 'RUNNING') running.push(taskOf(fields))
  }
  return running
}
