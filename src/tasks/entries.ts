/**
 * What stands in logs: outcomes for producers, and the audit's entries. Both are JSON text.
 *
 * A released output stands in the task's record. A short one follows its outcome too, behind a line break, so that most
 * outcomes are delivered without a look at the record; a large one is read there once it is delivered.
 */
import type { Write } from '../ledger/port.js'
import { auditLog, dirtySet, outcomeLog, unsealedSet } from './keys.js'
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
    | 'approved'
    | 'claimed'
    | 'released'
    | 'assigned'
    | 'revealed'
    | 'reminded'
    | 'escalated'
    | 'cancelled'
    | 'staleResult'
    | 'replayed'
    | 'paused'
    | 'resumed'
    | 'banned'
    | 'unbanned'
    | 'halted'
    | 'policyChanged'
    | 'webhookChanged'
    | 'webhookRemoved'
    | 'allowed'
    | 'erased'
    | 'unreadable'
  readonly by: string
  readonly task?: string
  readonly review?: string
  readonly [detail: string]: unknown
}

const decoder = new TextDecoder()

/** A subscriber's log may have ten thousand of them. */
const shortOutputBytes = 512

/** Puts an outcome into its subscriber's log, if the task has a subscriber. `output`: what is released with it. */
export const outcomeWrites = (task: Task, entry: OutcomeEntry, output?: Uint8Array): readonly Write[] => {
  if (task.subscriber === undefined) return []
  const log = outcomeLog(task.tenant, task.sub, task.subscriber)
  const text = JSON.stringify(entry)
  const isWithOutput = output !== undefined && output.length <= shortOutputBytes
  return [
    { kind: 'append', log, entry: isWithOutput ? textAndBytes(text, output) : Buffer.from(text) },
    { kind: 'index', set: dirtySet, member: log, score: 0 },
    { kind: 'hint', hint: log },
  ]
}

export const outcomeOf = (bytes: Uint8Array): OutcomeEntry => {
  const end = bytes.indexOf(lineBreak)
  return JSON.parse(decoder.decode(end < 0 ? bytes : bytes.subarray(0, end))) as OutcomeEntry
}

/** The output that follows an outcome. */
export const outputBehind = (bytes: Uint8Array): Uint8Array | undefined => {
  const end = bytes.indexOf(lineBreak)
  if (end < 0) return undefined
  return new Uint8Array(bytes.buffer, bytes.byteOffset + end + 1, bytes.length - end - 1)
}

/** JSON text has none: within its strings they are escaped. */
const lineBreak = 0x0a

const textAndBytes = (text: string, bytes: Uint8Array): Uint8Array => {
  const length = Buffer.byteLength(text)
  const both = Buffer.allocUnsafe(length + 1 + bytes.length)
  both.write(text)
  both[length] = lineBreak
  both.set(bytes, length + 1)
  return both
}

/** Puts an entry on record. It waits there to be sealed (`sealing.ts`). */
export const auditWrites = (tenant: string, entry: AuditEntry): readonly Write[] => [
  { kind: 'append', log: auditLog(tenant), entry: Buffer.from(JSON.stringify(entry)) },
  { kind: 'index', set: unsealedSet, member: tenant, score: 0 },
]

export const auditOf = (bytes: Uint8Array): AuditEntry => JSON.parse(decoder.decode(bytes)) as AuditEntry
