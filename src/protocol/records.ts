/**
 * The records that frames and HTTP answers show: tasks, review cards, agents. Times are ms since the epoch.
 *
 * `Free` stands for a free value: `Raw` on its way, a plain value for whoever builds one by hand.
 */
import type { Raw } from './raw.js'

export type Free = Raw | unknown

export const taskStatuses = [
  'SCHEDULED',
  'QUEUED',
  'RUNNING',
  'NEEDS_REVIEW',
  'APPROVED',
  'COMPLETED',
  'REJECTED',
  'FAILED',
  'CANCELLED',
  'EXPIRED',
] as const
export type TaskStatus = (typeof taskStatuses)[number]

export const cardStatuses = ['PENDING', 'APPROVED', 'REJECTED', 'EXPIRED', 'WITHDRAWN'] as const
export type CardStatus = (typeof cardStatuses)[number]

/** Weightiest first. */
export const cardReasons = [
  'GATE_ERROR',
  'SECRET',
  'SENSITIVE_KEYWORD',
  'PII',
  'SCHEMA',
  'POLICY',
  'LOW_CONFIDENCE',
] as const
export type CardReason = (typeof cardReasons)[number]

export const cardSeverities = ['low', 'normal', 'high'] as const
export type CardSeverity = (typeof cardSeverities)[number]

/** Released by a person. */
export type Approval = {
  readonly reviewId: string
  readonly operatorId: string
  readonly decidedAt: number
  readonly edited: boolean
  readonly reason?: string
}

/** Refused by a person, or by time. */
export type Rejection = {
  readonly reviewId: string
  readonly by: 'operator' | 'timeout'
  readonly operatorId?: string
  readonly decidedAt: number
  readonly reason: string
  readonly reasonCode?: string
}

/** Why a task failed. `review` where the text was held. */
export type TaskError = { readonly code: string; readonly message: string; readonly review?: string }

export type TaskRecord = {
  readonly id: string
  readonly queue: string
  readonly step: number
  readonly steps: readonly string[]
  readonly status: TaskStatus
  readonly final: boolean
  readonly attempt: number
  readonly priority: 'high' | 'normal' | 'low'
  readonly createdAt: number
  readonly updatedAt: number
  readonly agentId?: string
  /** Only once it is released. */
  readonly output?: Free
  readonly approval?: Approval
  readonly rejection?: Rejection
  readonly error?: TaskError
  readonly replayOf?: string
}

/** One place in what was held, and the rule that saw it. */
export type ReviewFinding = {
  readonly reason: CardReason
  readonly rule: string
  /** JSON pointer (RFC 6901). */
  readonly path: string
  /** UTF-16 offsets in the text at `path`; in the key, where `inKey`. */
  readonly start?: number
  readonly end?: number
  readonly inKey?: boolean
  /** How it was read, the first step first (`joined`, `base64 letters`); missing: as it stands there. */
  readonly view?: string
  readonly excerpt: string
}

export type ReviewCard = {
  readonly reviewId: string
  readonly version: number
  readonly taskId: string
  readonly resultId: string
  readonly tenant: string
  readonly queue: string
  readonly step: number
  readonly attempt: number
  /** `text`: what an agent said elsewhere than in its result. */
  readonly kind: 'result' | 'action' | 'text'
  /** The weightiest that applied. */
  readonly reason: CardReason
  readonly severity: CardSeverity
  readonly details: string
  readonly findings: readonly ReviewFinding[]
  readonly confidence: number
  readonly payload: Free
  readonly output: Free
  /** What the agent says its action is for. */
  readonly summary?: string
  readonly outputHash: string
  readonly policyVersion: string
  /** People who have to approve it, where that is more than one. */
  readonly approvalsRequired?: number
  readonly agentId: string
  readonly status: CardStatus
  readonly claimedBy?: string
  readonly claimedUntil?: number
  readonly assignedTo?: string
  readonly deadline?: number
  readonly approvals: readonly { readonly operatorId: string; readonly at: number }[]
  readonly operatorId?: string
  readonly createdAt: number
  readonly resolvedAt?: number
  /** Released in the place of `output`; while the card waits, what the approvals so far are of. */
  readonly edited?: Free
  /** What the gate would have held the edit for. */
  readonly editHeld?: {
    readonly reason: CardReason
    readonly severity: CardSeverity
    readonly details: string
    readonly findings: readonly ReviewFinding[]
  }
  /** Half of its time was over; three quarters were, and it became everybody's. */
  readonly remindedAt?: number
  readonly escalatedAt?: number
  readonly decisionReason?: string
  readonly reasonCode?: string
  readonly note?: string
  /** `output` and `payload` were cut. */
  readonly truncated?: boolean
}

/** An operator's word about the fleet: whose, when and why. */
export type FleetStanding = { readonly by: string; readonly at: number; readonly reason?: string }

/** What is paused, banned, halted. `by`, `at` and `reason` are of the tenant's own pause or halt. */
export type FleetRecord = Partial<FleetStanding> & {
  readonly version: number
  readonly status: 'OPEN' | 'PAUSED' | 'HALTED'
  /** Halted, and something may still run. */
  readonly cancelling?: boolean
  readonly queues: readonly ({ readonly queue: string } & FleetStanding)[]
  readonly paused: readonly ({ readonly agent: string } & FleetStanding)[]
  readonly banned: readonly ({ readonly agent: string } & FleetStanding)[]
}

/** The nodes that share a ledger, and who owns which shard. */
export type ClusterRecord = {
  readonly nodes: readonly {
    readonly node: string
    /** `SILENT`: nothing was heard of it for so long that it has lost its shards. */
    readonly status: 'UP' | 'SILENT' | 'DRAINING' | 'LEFT'
    readonly url?: string
    readonly version?: string
    readonly startedAt?: number
    readonly silentMs?: number
  }[]
  readonly shards: readonly {
    readonly shard: number
    /** Its owner; missing: it has none just now. */
    readonly node?: string
    readonly epoch?: number
    /** Tasks in agents' hands. */
    readonly held: number
    /** By how much the oldest delay or wait that is over waits for its owner. */
    readonly lateMs: number
  }[]
}

export type AgentRecord = {
  readonly id: string
  readonly status: 'ACTIVE' | 'IDLE' | 'BUSY' | 'OFFLINE'
  readonly node: string
  readonly lastSeen: number
  readonly queues: readonly string[]
  /** How many tasks. */
  readonly holding: number
  /** By name, or as an instance of one that is. What is said of the whole tenant stands in the fleet's record. */
  readonly paused?: boolean
  readonly banned?: boolean
  readonly metrics?: Free
}
