/**
 * What stands in logs: outcomes for producers, and the audit's entries. Both are JSON text.
 *
 * An outcome doesn't carry the output: it stands in the task's record, and is read when the outcome is delivered.
 */
import type { Write } from '../ledger/port.js'
import { auditLog, dirtySet, outcomeLog } from './keys.js'
import type { Approval, Rejection, Task, TaskError, TaskStatus } from './task.js'

export type OutcomeEntry = {
  readonly task: string
  readonly status: TaskStatus
  readonly final: boolean
  readonly step: number
  readonly at: number
  readonly approval?: Approval
  readonly rejection?: Rejection
  readonly error?: TaskError
}

/** What happened, who did it, to what. `by` is an operator, an agent, a producer or `node`. */
export type AuditEntry = {
  readonly at: number
  readonly kind:
    | 'held'
    | 'decided'
    | 'withdrawn'
    | 'cancelled'
    | 'staleResult'
    | 'replayed'
    | 'paused'
    | 'resumed'
    | 'banned'
    | 'unbanned'
    | 'halted'
  readonly by: string
  readonly task?: string
  readonly review?: string
  readonly [detail: string]: unknown
}

const decoder = new TextDecoder()

/** Puts an outcome into its subscriber's log, if the task has a subscriber. */
export const outcomeWrites = (task: Task, entry: OutcomeEntry): readonly Write[] => {
  if (task.subscriber === undefined) return []
  const log = outcomeLog(task.tenant, task.sub, task.subscriber)
  return [
    { kind: 'append', log, entry: Buffer.from(JSON.stringify(entry)) },
    { kind: 'index', set: dirtySet, member: log, score: 0 },
    { kind: 'hint', hint: log },
  ]
}

export const outcomeOf = (bytes: Uint8Array): OutcomeEntry => JSON.parse(decoder.decode(bytes)) as OutcomeEntry

export const auditWrite = (tenant: string, entry: AuditEntry): Write => ({
  kind: 'append',
  log: auditLog(tenant),
  entry: Buffer.from(JSON.stringify(entry)),
})

export const auditOf = (bytes: Uint8Array): AuditEntry => JSON.parse(decoder.decode(bytes)) as AuditEntry
