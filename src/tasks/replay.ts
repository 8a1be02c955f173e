/** A dead letter is tried again: a new task, the same one whenever it is asked for again. */
import { hash } from 'node:crypto'
import type { Canceller } from './cancellation.js'
import type { Desk } from './desk.js'
import { auditWrites } from './entries.js'
import { taskKey } from './keys.js'
import { commit, type Procedure, now as readNow, readOne } from './procedure.js'
import { shardOf } from './shardOf.js'
import { createTransaction, type NewTask } from './submission.js'
import { type Task, type TaskStatus, taskOf } from './task.js'

export type ReplayReply =
  | { readonly kind: 'replayed'; readonly id: string; readonly existing: boolean }
  | { readonly kind: 'notFound' }
  | { readonly kind: 'notEnded'; readonly status: TaskStatus }
  | { readonly kind: 'overloaded'; readonly retryAfterMs: number }

const replayable: readonly TaskStatus[] = ['FAILED', 'EXPIRED', 'REJECTED']

export const replayId = (id: string): string => hash('sha256', `replay\n${id}`, 'hex').slice(0, 32)

export function* replayTask(desk: Desk, by: Canceller, id: string): Procedure<ReplayReply> {
  const fields = yield* readOne(shardOf(id, desk.shards), taskKey(id))
  if (fields === null || fields.tenant !== by.tenant || (by.ownOnly && fields.sub !== by.sub)) {
    return { kind: 'notFound' }
  }
  const ended = taskOf(fields)
  if (!replayable.includes(ended.status)) return { kind: 'notEnded', status: ended.status }
  const now = yield* readNow()
  const again = againOf(ended, now)
  const outcome = yield* commit({
    shard: shardOf(again.id, desk.shards),
    tenant: by.tenant,
    drains: false,
    transaction: createTransaction(desk, again, {
      fields: { replayOf: id, ...(typeof fields.rejection === 'string' ? { replayRejection: fields.rejection } : {}) },
      writes: [...auditWrites(by.tenant, { at: now, kind: 'replayed', by: by.sub, task: id, replay: again.id })],
    }),
  })
  switch (outcome.kind) {
    case 'done':
      return { kind: 'replayed', id: again.id, existing: false }
    case 'overloaded':
      return outcome
    case 'invalid':
      throw new Error(`replay: ${outcome.why}`)
    case 'refused':
      return outcome.guard.kind === 'absent'
        ? { kind: 'replayed', id: again.id, existing: true }
        : { kind: 'overloaded', retryAfterMs: 1_000 }
  }
}

/** The ended task as a new one, from its first step. */
const againOf = (ended: Task, now: number): NewTask => ({
  id: replayId(ended.id),
  tenant: ended.tenant,
  sub: ended.sub,
  subscriber: ended.subscriber,
  steps: ended.steps,
  priority: ended.priority,
  maxAttempts: ended.maxAttempts,
  timeoutMs: ended.timeoutMs,
  ttlMs: ended.ttlMs,
  payload: ended.payload,
  trace: ended.trace,
  dueAt: undefined,
  createdAt: now,
})
