/** What a plane is made of: the node's settings, its ledger, clock and ways to reach clients, and who watches it. */

import type { NodeFailure } from '../actors/effects.js'
import type { Address } from '../actors/runtime/actor.js'
import type { DeadLetter } from '../actors/runtime/deadLetter.js'
import type { Scheduler } from '../actors/runtime/scheduler.js'
import type { Clock } from '../clock.js'
import type { LivenessSpans } from '../cluster/members.js'
import type { Holder, Ledger } from '../ledger/port.js'
import type { WireLimits } from '../protocol/nodeFrames.js'
import type { Random } from '../random.js'
import type { ReviewSpans } from '../review/deadlines.js'
import type { Gate, Verdict } from '../tasks/verdict.js'
import type { Egress } from '../webhooks/egress.js'
import type { JudgeApart } from './judging.js'

export type PlaneSettings = {
  readonly heartbeatMs: number
  readonly leaseMs: number
  readonly resumeMs: number
  readonly limits: WireLimits
  /** Of a connection's send buffer. */
  readonly outboxMaxBytes: number
  readonly tasksPerLane: number
  readonly taskRetentionMs: number
  readonly outcomesKept: number
  readonly outcomeRetentionMs: number
  readonly absentRetentionMs: number
  readonly auditRetentionMs: number
  /** How long an operator has a card to themselves, unless they claim it again. */
  readonly claimMs: number
  /** How long a card may wait. */
  readonly reviewMs: ReviewSpans
}

/** What the plane tells whoever watches it. */
export type PlaneWatch = {
  readonly count: (what: string, n: number) => void
  readonly note: (
    level: 'info' | 'warn' | 'error',
    text: string,
    about?: Readonly<Record<string, string | number | boolean>>,
  ) => void
  readonly committed: (transactions: number, tookMs: number) => void
  readonly judged: (verdict: Verdict, tookMs: number) => void
  readonly dispatched: (waitedMs: number) => void
  readonly deadLetter: (letter: DeadLetter) => void
  /** This incarnation can't go on. */
  readonly failed: (failure: NodeFailure) => void
}

/** How a node lives among others on one ledger. */
export type ClusterSettings = LivenessSpans & {
  readonly beatMs: number
  /** Where its clients reach it, once it listens. */
  readonly url: () => string
  readonly version: string
}

export type PlaneOptions = {
  readonly node: string
  readonly holder: Holder
  readonly ledger: Ledger
  /** Signs leases and sessions. */
  readonly secret: Uint8Array
  /** Makes the key that signs what is on record. */
  readonly recordSecret: Uint8Array
  readonly clock: Clock
  readonly scheduler: Scheduler
  readonly random: Random
  readonly newId: () => string
  /** Numbers sessions: none twice in the life of a process, whose incarnations share its connections. */
  readonly nextSession: () => number
  readonly gate: Gate
  /** For what is too large for the event loop; missing: nothing is. */
  readonly judgeApart?: JudgeApart
  readonly hashOf: (value: unknown) => string
  /** Null: the ledger is this node's own. */
  readonly cluster: ClusterSettings | null
  readonly send: (session: Address, frame: { readonly type: string }) => void
  /** A frame to every client that was welcomed. */
  readonly sendAll: (frame: { readonly type: string }) => void
  readonly close: (session: Address, code: number, reason: string) => void
  /** Calls `then` once nearly all that was sent has left. Where it is missing, what is sent has left. */
  readonly whenSent?: (session: Address, then: () => void) => void
  /** How webhooks are called. Where it is missing, nothing leaves. */
  readonly egress?: Egress
  readonly settings: PlaneSettings
  readonly watch: PlaneWatch
}
