/**
 * A task as its record in the ledger has it, and the states it can be in (protocol section 7).
 *
 * ```
 * SCHEDULED → QUEUED → RUNNING → COMPLETED | NEEDS_REVIEW → APPROVED | REJECTED
 * ```
 * A record is flat; lists and small objects in it are JSON text, payloads and outputs MessagePack bytes.
 */
import type { Fields } from '../ledger/port.js'
import type { Approval, Rejection, TaskError, TaskStatus } from '../protocol/records.js'
import type { Priority } from './keys.js'

export type { Approval, Rejection, TaskError, TaskStatus } from '../protocol/records.js'

export const finalStatuses = ['COMPLETED', 'REJECTED', 'FAILED', 'CANCELLED', 'EXPIRED'] as const

/** How a turn ended, so that a second sending is told the same. */
export type TurnEnd = {
  readonly turn: number
  readonly by: 'result' | 'fail' | 'release' | 'other'
  readonly status: TaskStatus
}

export type Task = {
  readonly id: string
  readonly tenant: string
  /** Who submitted it. */
  readonly sub: string
  readonly subscriber?: string
  readonly status: TaskStatus
  readonly steps: readonly string[]
  /** Counts from 1. */
  readonly step: number
  readonly priority: Priority
  /** Grows each time the task is put into a lane: the fence of its leases. */
  readonly turn: number
  /** Its place in the lane, while it waits or runs. */
  readonly entry?: string
  /** Attempts of this step that counted and ended. */
  readonly attempts: number
  readonly maxAttempts: number
  readonly timeoutMs: number
  readonly ttlMs?: number
  /** When the wait of this turn is over. */
  readonly expiresAt?: number
  /** When a SCHEDULED task is due. */
  readonly dueAt?: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly agent?: string
  readonly agentConnection?: number
  readonly claimedAt?: number
  /** Hash of what was submitted, for the same key with other content. */
  readonly content: string
  readonly payload?: Uint8Array
  /** The released output of the step before. */
  readonly previous?: Uint8Array
  /** The released output of the last step. */
  readonly output?: Uint8Array
  readonly review?: string
  readonly approval?: Approval
  readonly rejection?: Rejection
  readonly error?: TaskError
  readonly replayOf?: string
  /** The rejection of the task that this one replays. */
  readonly replayRejection?: Rejection
  readonly trace?: string
  readonly ends: readonly TurnEnd[]
}

const text = (fields: Fields, name: string): string => {
  const value = fields[name]
  if (typeof value !== 'string') throw new Error(`task record: ${name} is no text`)
  return value
}

const number = (fields: Fields, name: string): number => {
  const value = fields[name]
  if (typeof value !== 'number') throw new Error(`task record: ${name} is no number`)
  return value
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

const texts = ['subscriber', 'entry', 'agent', 'review', 'replayOf', 'trace'] as const
const numbers = ['ttlMs', 'expiresAt', 'dueAt', 'agentConnection', 'claimedAt'] as const
const bytes = ['payload', 'previous', 'output'] as const
const objects = ['approval', 'rejection', 'error', 'replayRejection'] as const

/** Reads a task's record. Throws where the record is none: the ledger holds something we did not write. */
export const taskOf = (fields: Fields): Task => {
  const task: Mutable<Task> = {
    id: text(fields, 'id'),
    tenant: text(fields, 'tenant'),
    sub: text(fields, 'sub'),
    status: text(fields, 'status') as TaskStatus,
    steps: text(fields, 'steps').split(' '),
    step: number(fields, 'step'),
    priority: text(fields, 'priority') as Priority,
    turn: number(fields, 'turn'),
    attempts: number(fields, 'attempts'),
    maxAttempts: number(fields, 'maxAttempts'),
    timeoutMs: number(fields, 'timeoutMs'),
    createdAt: number(fields, 'createdAt'),
    updatedAt: number(fields, 'updatedAt'),
    content: text(fields, 'content'),
    ends: endsOf(fields.ends),
  }
  // Assigned one by one: at each claim a spread of what is there would cost more than all the rest.
  for (const name of texts) {
    const value = fields[name]
    if (typeof value === 'string') task[name] = value
  }
  for (const name of numbers) {
    const value = fields[name]
    if (typeof value === 'number') task[name] = value
  }
  for (const name of bytes) {
    const value = fields[name]
    if (value instanceof Uint8Array) task[name] = value
  }
  for (const name of objects) {
    const value = fields[name]
    if (typeof value === 'string') task[name] = JSON.parse(value)
  }
  return task
}

/** `turn:by:status` for each, joined by spaces: a JSON text would be read at each claim. */
const endsOf = (value: Fields[string] | undefined): readonly TurnEnd[] => {
  if (typeof value !== 'string' || value === '') return []
  return value.split(' ').map((one) => {
    const [turn, by, status] = one.split(':')
    return { turn: Number(turn), by: by as TurnEnd['by'], status: status as TaskStatus }
  })
}

/** The most turn ends that a record keeps: more attempts than a step can have. */
export const endsKept = 128

/** The field `ends` with one more. */
export const withEnd = (task: Task, end: TurnEnd): string =>
  [...task.ends, end]
    .slice(-endsKept)
    .map(({ turn, by, status }) => `${turn}:${by}:${status}`)
    .join(' ')

export const queueOf = (task: Task): string => task.steps[task.step - 1] ?? ''

export const isLastStep = (task: Task): boolean => task.step >= task.steps.length

/** Whether nothing will happen to the task any more. */
export const isFinal = (task: Task): boolean =>
  finalStatuses.some((status) => status === task.status) || (task.status === 'APPROVED' && task.entry === undefined)

/** Whether it waits in a lane for an agent. */
export const isQueued = (task: Task): boolean =>
  task.status === 'QUEUED' || (task.status === 'APPROVED' && task.entry !== undefined)
