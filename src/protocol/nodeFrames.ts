/**
 * Frames from the node. They are plain types: the node writes them, and a client ignores what it doesn't know.
 */
import type { ErrorCode } from './codes.js'
import type { Approval, Free, Rejection, ReviewCard, TaskError, TaskStatus } from './records.js'

/** What an acknowledgement survives. What was acknowledged in the last `windowMs` may be lost in other faults. */
export type LedgerPromise = {
  /** Another one: acknowledged writes were lost; send those of the last `windowMs` again. */
  readonly generation: string
  readonly durability: 'fsync' | 'second' | 'replicated' | 'memory'
  readonly windowMs: number
}

export type WireLimits = {
  readonly messageBytes: number
  readonly payloadBytes: number
  readonly outputBytes: number
  readonly tasksPerSubmit: number
  readonly outcomeWindow: number
  readonly framesPerSecond: number
}

/** Answers `hello`. The last seven fields are for agents. */
export type Welcome = {
  readonly type: 'welcome'
  readonly re: number
  readonly node: string
  readonly now: number
  readonly sub: string
  readonly tenant: string
  readonly roles: readonly string[]
  readonly heartbeatMs: number
  readonly limits: WireLimits
  readonly ledger: LedgerPromise
  /** The agent's id. */
  readonly agent?: string
  readonly session?: string
  readonly leaseMs?: number
  readonly resumeMs?: number
  /** When in the heartbeat's period to send. */
  readonly heartbeatPhaseMs?: number
  /** Leases of `holding` that go on, and that don't; for what is in neither, keep it: a `cancel` may follow. */
  readonly resumed?: readonly string[]
  readonly lost?: readonly string[]
}

/** Answers a request that was carried out. The other fields are the request's business. */
export type Ack = { readonly type: 'ack'; readonly re: number; readonly [field: string]: unknown }

/** Answers a request that was not carried out, or a frame that could not be read (then maybe without `re`). */
export type ErrorFrame = {
  readonly type: 'error'
  readonly re?: number
  readonly code: ErrorCode
  readonly message: string
  readonly retryAfterMs?: number
  /** With `ALREADY_DECIDED`, `CLAIMED` and `CHANGED`: the card as it stands. */
  readonly card?: ReviewCard
}

/** A task, handed to one agent for one attempt. */
export type Assignment = {
  readonly id: string
  readonly lease: string
  readonly queue: string
  /** Counts from 1. */
  readonly step: number
  /** How many there are. */
  readonly steps: number
  /** Counts from 1. */
  readonly attempt: number
  readonly payload: Free
  /** The released output of the step before. */
  readonly previous?: Free
  readonly approval?: Approval
  /** Of the task that this one replays. */
  readonly rejection?: Rejection
  readonly deadline: number
  readonly trace?: string
}

/** To an agent that has credits left. */
export type TaskFrame = { readonly type: 'task'; readonly task: Assignment }

/** To an agent: what became of its proposal. Comes again after each resume, until `decided`. */
export type DecisionFrame = {
  readonly type: 'decision'
  readonly task: string
  readonly lease: string
  readonly key: string
  readonly review: string
  readonly status: 'APPROVED' | 'REJECTED' | 'EXPIRED'
  readonly operatorId?: string
  readonly decidedAt: number
  /** Where the operator changed it. */
  readonly action?: Free
  readonly reason?: string
  readonly reasonCode?: string
  readonly deadline: number
}

/** To an agent: stop, the lease is gone. May overtake its own `task`. */
export type CancelFrame = {
  readonly type: 'cancel'
  readonly task: string
  readonly lease: string
  readonly reason: string
}

/** To everyone: open a new connection after `reconnectMs`; this one ends with the new one's `welcome`. */
export type Drain = { readonly type: 'drain'; readonly reason: string; readonly reconnectMs: number }

/** To everyone: what acknowledgements survive has changed. */
export type LedgerFrame = { readonly type: 'ledger' } & LedgerPromise

/** To a producer, for each task under its subscriber name. At least once, in order per task; answered by `seen`. */
export type Outcome = {
  readonly type: 'outcome'
  /** Counts 1, 2, 3 on each connection. */
  readonly seq: number
  readonly task: string
  readonly status: TaskStatus
  readonly final: boolean
  readonly step: number
  readonly output?: Free
  readonly approval?: Approval
  readonly rejection?: Rejection
  readonly error?: TaskError
  readonly at: number
}

/** To a producer: outcomes between these times were dropped unseen; read the records. */
export type Gap = { readonly type: 'gap'; readonly since: number; readonly until: number }

/** To an operator: a card that matches its subscription, or just stopped matching, has changed. */
export type CardFrame = { readonly type: 'card'; readonly card: ReviewCard }

export type NodeFrame =
  | Welcome
  | Ack
  | ErrorFrame
  | TaskFrame
  | DecisionFrame
  | CancelFrame
  | Drain
  | LedgerFrame
  | Outcome
  | Gap
  | CardFrame
