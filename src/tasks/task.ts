/**
 * A task as its record in the ledger has it, and the states it can be in (protocol section 7).
 *
 * ```
 * SCHEDULED → QUEUED → RUNNING → COMPLETED | NEEDS_REVIEW → APPROVED | REJECTED
 * ```
 * A record is flat; lists and small objects in it are JSON text, payloads and outputs MessagePack bytes.
 */
import type { Fields, Scalar } from '../ledger/port.js'
import type { Approval, Rejection, TaskError, TaskStatus } from '../protocol/records.js'
import type { Priority } from './keys.js'

export type { Approval, Rejection, TaskError, TaskStatus } from '../protocol/records.js'

export const finalStatuses = ['COMPLETED', 'REJECTED', 'FAILED', 'CANCELLED', 'EXPIRED'] as const
const endings: ReadonlySet<TaskStatus> = new Set(finalStatuses)

/** How a turn ended, so that a second sending is told the same. */
export type TurnEnd = {
  readonly turn: number
  readonly by: 'result' | 'fail' | 'release' | 'other'
  readonly status: TaskStatus
}

/** What its record doesn't have is undefined here: objects that all have one shape are made and read several times faster. */
export type Task = {
  readonly id: string
  readonly tenant: string
  /** Who submitted it. */
  readonly sub: string
  readonly subscriber?: string | undefined
  readonly status: TaskStatus
  readonly steps: readonly string[]
  /** Counts from 1. */
  readonly step: number
  readonly priority: Priority
  /** Grows each time the task is put into a lane: the fence of its leases. */
  readonly turn: number
  /** Its place in the lane, while it waits or runs. */
  readonly entry?: string | undefined
  /** Attempts of this step that counted and ended. */
  readonly attempts: number
  readonly maxAttempts: number
  readonly timeoutMs: number
  readonly ttlMs?: number | undefined
  /** When the wait of this turn is over. */
  readonly expiresAt?: number | undefined
  /** When a SCHEDULED task is due. */
  readonly dueAt?: number | undefined
  readonly createdAt: number
  readonly updatedAt: number
  readonly agent?: string | undefined
  readonly agentConnection?: number | undefined
  readonly claimedAt?: number | undefined
  readonly payload?: Uint8Array | undefined
  /** The released output of the step before. */
  readonly previous?: Uint8Array | undefined
  /** The released output of the last step. */
  readonly output?: Uint8Array | undefined
  readonly review?: string | undefined
  readonly approval?: Approval | undefined
  readonly rejection?: Rejection | undefined
  readonly error?: TaskError | undefined
  readonly replayOf?: string | undefined
  /** The rejection of the task that this one replays. */
  readonly replayRejection?: Rejection | undefined
  readonly trace?: string | undefined
  readonly ends: readonly TurnEnd[]
  /** What its attempt asked before it acted, as it stands in the record. */
  readonly proposals?: string | undefined
  /** How many actions of it were held so far. */
  readonly asked?: number | undefined
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

const textOf = (value: Scalar | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

const numberOf = (value: Scalar | undefined): number | undefined => (typeof value === 'number' ? value : undefined)

const bytesOf = (value: Scalar | undefined): Uint8Array | undefined => (value instanceof Uint8Array ? value : undefined)

const jsonOf = <T>(value: Scalar | undefined): T | undefined =>
  typeof value === 'string' ? (JSON.parse(value) as T) : undefined

/** Reads a task's record. Throws where the record is none: the ledger holds something we did not write. */
export const taskOf = (fields: Fields): Task => ({
  id: text(fields, 'id'),
  tenant: text(fields, 'tenant'),
  sub: text(fields, 'sub'),
  subscriber: textOf(fields.subscriber),
  status: text(fields, 'status') as TaskStatus,
  steps: text(fields, 'steps').split(' '),
  step: number(fields, 'step'),
  priority: text(fields, 'priority') as Priority,
  turn: number(fields, 'turn'),
  entry: textOf(fields.entry),
  attempts: number(fields, 'attempts'),
  maxAttempts: number(fields, 'maxAttempts'),
  timeoutMs: number(fields, 'timeoutMs'),
  ttlMs: numberOf(fields.ttlMs),
  expiresAt: numberOf(fields.expiresAt),
  dueAt: numberOf(fields.dueAt),
  createdAt: number(fields, 'createdAt'),
  updatedAt: number(fields, 'updatedAt'),
  agent: textOf(fields.agent),
  agentConnection: numberOf(fields.agentConnection),
  claimedAt: numberOf(fields.claimedAt),
  payload: bytesOf(fields.payload),
  previous: bytesOf(fields.previous),
  output: bytesOf(fields.output),
  review: textOf(fields.review),
  approval: jsonOf<Approval>(fields.approval),
  rejection: jsonOf<Rejection>(fields.rejection),
  error: jsonOf<TaskError>(fields.error),
  replayOf: textOf(fields.replayOf),
  replayRejection: jsonOf<Rejection>(fields.replayRejection),
  trace: textOf(fields.trace),
  ends: endsOf(fields.ends),
  proposals: textOf(fields.proposals),
  asked: numberOf(fields.asked),
})

/** The task without what only its `task` frame needs: whoever works with it keeps it as long as it runs. */
export const withoutBody = (task: Task): Task => ({ ...task, payload: undefined, previous: undefined })

const noEnds: readonly TurnEnd[] = []

/** `turn:by:status` for each, joined by spaces: a JSON text would be read at each claim. */
const endsOf = (value: Fields[string] | undefined): readonly TurnEnd[] => {
  if (typeof value !== 'string' || value === '') return noEnds
  return value.split(' ').map((one) => {
    const [turn, by, status] = one.split(':')
    return { turn: Number(turn), by: by as TurnEnd['by'], status: status as TaskStatus }
  })
}

/** The most turn ends that a record keeps: more attempts than a step can have. */
export const endsKept = 128

/** The field `ends` with one more. */
export const withEnd = ({ ends }: Task, end: TurnEnd): string =>
  ends.length === 0 ? endText(end) : [...ends, end].slice(-endsKept).map(endText).join(' ')

const endText = ({ turn, by, status }: TurnEnd): string => `${turn}:${by}:${status}`

export const queueOf = (task: Task): string => task.steps[task.step - 1] ?? ''

export const isLastStep = (task: Task): boolean => task.step >= task.steps.length

/** Whether nothing will happen to the task any more. */
export const isFinal = (task: Task): boolean =>
  endings.has(task.status) || (task.status === 'APPROVED' && task.entry === undefined)

/** Whether it waits in a lane for an agent. */
export const isQueued = (task: Task): boolean =>
  task.status === 'QUEUED' || (task.status === 'APPROVED' && task.entry !== undefined)
