/**
 * A shard's owner looks at what is due: delays that are over, waits that are over.
 *
 * Each transaction carries the owner's epoch, so that an owner that was frozen and replaced changes nothing.
 */
import type { Guard, Member } from '../ledger/port.js'
import { dueSet, taskKey } from './keys.js'
import { enqueueWrites, laneOf, moveWrites, unmoved } from './move.js'
import { commitAll, type Order, type Procedure, range, read, now as readNow } from './procedure.js'
import { isQueued, queueOf, type Task, taskOf } from './task.js'

/** One look takes so many members; there is another at once where that many were found. */
const page = 256

export type Duty = { readonly shard: number; readonly epoch: number }

/** Brings what is due into its lane, or to its end. Returns how many that were, and when the next one is due. */
export function* settleDue(duty: Duty): Procedure<{ readonly settled: number; readonly nextAt?: number }> {
  const now = yield* readNow()
  const { members } = yield* range({ shard: duty.shard, set: dueSet, limit: page })
  const due = members.filter(({ score }) => score <= now)
  const outcomes = yield* commitAll(yield* dueOrders(duty, due, now))
  const settled = outcomes.filter(({ kind }) => kind === 'done').length
  const next = members.find(({ score }) => score > now)
  return { settled, ...(next === undefined ? {} : { nextAt: next.score }) }
}

function* dueOrders(duty: Duty, due: readonly Member[], now: number): Procedure<readonly Order[]> {
  if (due.length === 0) return []
  const records = yield* read(
    duty.shard,
    due.map(({ member }) => taskKey(member)),
  )
  return due.flatMap(({ member }, at): readonly Order[] => {
    const task = records[at] ? taskOf(records[at]) : null
    // It moved on since the set was read, and its new wait has put it into the set anew.
    if (task !== null && waitOverAt(task) > now) return []
    return [dueOrder(duty, member, task, now)]
  })
}

/** When a wait of the task is over by itself; for one that doesn't wait, long since: nothing is to come. */
const waitOverAt = (task: Task): number => {
  const at = task.status === 'SCHEDULED' ? task.dueAt : isQueued(task) ? task.expiresAt : undefined
  return at ?? Number.NEGATIVE_INFINITY
}

const dueOrder = (duty: Duty, id: string, task: Task | null, now: number): Order => {
  const epoch: Guard = { kind: 'epoch', n: duty.epoch }
  const unindex = { kind: 'unindex', set: dueSet, member: id } as const
  const order = (guards: readonly Guard[], writes: Order['transaction']['writes']): Order => ({
    shard: duty.shard,
    tenant: task?.tenant ?? '',
    drains: true,
    transaction: { guards: [epoch, ...guards], writes },
  })
  if (task === null) return order([{ kind: 'absent', record: taskKey(id) }], [unindex])
  if (task.status === 'SCHEDULED') {
    const move = moveWrites(task, { to: 'QUEUED', final: false, fields: { dueAt: null } }, now)
    return order(unmoved(task), [...move, unindex, ...enqueueWrites(task, queueOf(task), task.expiresAt)])
  }
  if (isQueued(task) && task.entry !== undefined && task.expiresAt !== undefined) {
    const fields = { entry: null, expiresAt: null }
    const move = moveWrites(task, { to: 'EXPIRED', final: true, fields }, now)
    return order(unmoved(task), [...move, unindex, { kind: 'withdraw', lane: laneOf(task), entry: task.entry }])
  }
  return order(unmoved(task), [unindex])
}
