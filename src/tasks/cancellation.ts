/**
 * A task is called off, whatever it does just now. One that runs is taken from its agent, who is told by a hint.
 */
import type { Guard, Write } from '../ledger/port.js'
import type { Desk } from './desk.js'
import { auditWrites } from './entries.js'
import { dueSet, stopHint, taskKey } from './keys.js'
import { laneOf, moveWrites, unmoved } from './move.js'
import { commit, type Order, type Procedure, now as readNow, readOne } from './procedure.js'
import { endProposals } from './proposals.js'
import { shardOf } from './shardOf.js'
import { isFinal, type Task, type TaskStatus, taskOf, withEnd } from './task.js'

/** Who calls it off: a producer only what its `sub` submitted. */
export type Canceller = { readonly tenant: string; readonly sub: string; readonly ownOnly: boolean }

export type CancelReply =
  | { readonly kind: 'cancelled'; readonly status: TaskStatus }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'overloaded'; readonly retryAfterMs: number }

/** Between reading and committing the task may move on: a claim, a result. More often than this is a bug. */
const tries = 8

export function* cancelTask(desk: Desk, by: Canceller, id: string, reason: string | undefined): Procedure<CancelReply> {
  const shard = shardOf(id, desk.shards)
  for (let round = 0; round < tries; round++) {
    const fields = yield* readOne(shard, taskKey(id))
    if (fields === null || fields.tenant !== by.tenant || (by.ownOnly && fields.sub !== by.sub)) {
      return { kind: 'notFound' }
    }
    const task = taskOf(fields)
    if (isFinal(task)) return { kind: 'cancelled', status: task.status }
    const outcome = yield* commit(cancelOrder(desk, by, task, reason, yield* readNow()))
    if (outcome.kind === 'done') return { kind: 'cancelled', status: 'CANCELLED' }
    if (outcome.kind === 'overloaded') return outcome
    if (outcome.kind === 'invalid') throw new Error(`cancel: ${outcome.why}`)
  }
  throw new Error(`cancel: task ${id} moved ${tries} times while it was being cancelled`)
}

/** Done unless the task has moved on since it was read. It must not have ended. */
export const cancelOrder = (
  desk: Desk,
  { tenant, sub }: Pick<Canceller, 'tenant' | 'sub'>,
  task: Task,
  reason: string | undefined,
  now: number,
): Order => {
  const { guards, writes } = takeOut(desk, task, reason, now)
  const message = reason ?? 'cancelled'
  return {
    shard: shardOf(task.id, desk.shards),
    tenant,
    drains: true,
    transaction: {
      guards: [...unmoved(task), ...guards],
      writes: [
        ...writes,
        ...moveWrites(task, { to: 'CANCELLED', final: true, fields: endFields(task) }, now),
        ...auditWrites(tenant, {
          at: now,
          kind: 'cancelled',
          by: sub,
          task: task.id,
          from: task.status,
          reason: message,
        }),
      ],
    },
  }
}

const endFields = (task: Task) => ({
  entry: null,
  ...(task.status === 'RUNNING' ? { ends: withEnd(task, { turn: task.turn, by: 'other', status: 'CANCELLED' }) } : {}),
})

/** What takes the task out of where it waits or runs. */
const takeOut = (
  desk: Desk,
  task: Task,
  reason: string | undefined,
  now: number,
): { readonly guards: readonly Guard[]; readonly writes: readonly Write[] } => {
  const unindex: Write = { kind: 'unindex', set: dueSet, member: task.id }
  if (task.status === 'NEEDS_REVIEW' && task.review !== undefined) return desk.cards.withdraw(task, task.review, now)
  if (task.entry === undefined) return { guards: [], writes: [unindex] }
  const withdraw: Write = { kind: 'withdraw', lane: laneOf(task), entry: task.entry }
  if (task.status !== 'RUNNING' || task.agent === undefined) return { guards: [], writes: [withdraw, unindex] }
  const hint = stopHint({ task: task.id, turn: task.turn, tenant: task.tenant, agent: task.agent })
  const asked = endProposals(desk.cards, task, now)
  return {
    // The agent may have come back by another connection meanwhile: whoever holds it now is told all the same.
    guards: asked.guards,
    writes: [
      withdraw,
      unindex,
      ...asked.writes,
      { kind: 'hint', hint: reason === undefined ? hint : `${hint}\n${reason}` },
    ],
  }
}
