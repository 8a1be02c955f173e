/**
 * What an agent's session knows, as a union of where it stands.
 *
 * ```
 * greeting ─hello─▶ joining ─▶ live ─lost─▶ lingering ─resumeMs─▶ leaving ─▶ (stopped)
 *                                └──────replaced by a newer connection──────────┘
 * ```
 * The maps of `Work` change in place: they are this session's alone, and a busy agent would copy them with each task.
 */
import type { AgentHello } from '../protocol/agentFrames.js'
import type { LedgerPromise, WireLimits } from '../protocol/nodeFrames.js'
import type { Free } from '../protocol/records.js'
import type { EndedBy, Lease } from '../tasks/attempt.js'
import type { Desk } from '../tasks/desk.js'
import type { Edition, Finding } from '../tasks/verdict.js'
import type { Identity, Spoken } from './effects.js'
import type { Address } from './runtime/actor.js'
import type { TaskFlow } from './taskFlow.js'

/** What every session tells in its `welcome`. */
export type SessionFacts = {
  readonly desk: Desk
  readonly heartbeatMs: number
  readonly limits: WireLimits
  readonly ledger: () => LedgerPromise
}

export type AgentSessionArgs = SessionFacts & {
  readonly identity: Identity
  readonly leaseMs: number
  readonly resumeMs: number
  /** Bodies of tasks may take so much on their way out, a small part of what the connection's send buffer holds. */
  readonly aheadBytes: number
}

/** A lease in the agent's hands. */
export type HeldLease = {
  readonly token: string
  lease: Lease
  /** When the attempt has to be over; infinite while its clock stands. */
  deadline: number
  /** Keys of proposals whose decision went to this connection. */
  readonly told: Set<string>
  /** Its `task` frame went to a connection that was open. */
  readonly wasSent: boolean
  /** When the agent last said that it is at it. */
  aliveAt: number
  /** Under way to its end, and who waits for the answer to it. */
  ending: Ending | null
}

export type Ending = {
  readonly by: EndedBy
  /** Requests: the first one of the same kind ended it, the others came meanwhile. */
  readonly waiters: Waiter[]
  /** Told to the agent as `cancel`, where it is the node that ends it. */
  readonly reason?: string
}

/** A request to end a lease that is still to be answered. */
export type Waiter = {
  readonly id: number
  readonly by: EndedBy
  /** It sent `credits`: its answer says what is left of them. */
  readonly asksForMore: boolean
}

/** What ends a lease, before the gate; `refusals`: how often the policy had changed when it was to be committed. */
export type ToJudge = {
  readonly token: string
  readonly spoken: Spoken
  readonly refusals: number
} & ({ readonly kind: 'result' } | { readonly kind: 'error'; readonly retry: boolean })

/** An action that an agent wants to take, before the gate. */
export type ToPropose = {
  readonly kind: 'action'
  /** Of the request that waits for it. */
  readonly id: number
  readonly token: string
  readonly key: string
  readonly digest: string
  readonly spoken: Spoken
  /** `findings` null: it wasn't looked at yet. */
  readonly summary: { readonly text: string; readonly findings: readonly Finding[] | null } | undefined
  readonly refusals: number
}

/** What a tag of a `judge` or `run` effect is about. */
export type Pending =
  | { readonly kind: 'metrics'; readonly metrics: Free }
  | ToJudge
  /** `judged`: what it says was judged by the policy of this edition. */
  | {
      readonly kind: 'ending'
      readonly token: string
      readonly judged?: { readonly word: ToJudge; readonly edition: Edition | undefined }
    }
  | { readonly kind: 'explaining'; readonly waiter: Waiter }
  | ToPropose
  /** `edition`: of the policy that it was judged by. */
  | { readonly kind: 'proposing'; readonly word: ToPropose; readonly edition: Edition | undefined }
  /** `again`: the decision by this key is told although it was heard. */
  | { readonly kind: 'answers'; readonly token: string; readonly again?: string }
  | { readonly kind: 'hearing'; readonly token: string; readonly id: number | undefined }

export type Work = {
  readonly agent: string
  readonly connection: number
  readonly queues: readonly string[]
  readonly capacity: number
  readonly leases: Map<string, HeldLease>
  readonly pending: Map<number, Pending>
  /** Turns that were called off before their task came. */
  readonly calledOff: Set<string>
  nextTag: number
  /** Tasks asked for and not yet given. */
  credits: number
  readonly flow: TaskFlow
  /** The next look for decisions is armed. */
  isLooking: boolean
  /** When the next look at leases is armed for; 0: not armed. */
  lookAt: number
  status: 'ACTIVE' | 'IDLE' | 'BUSY' | null
  lastReportAt: number
}

type Base = { readonly self: Address; readonly args: AgentSessionArgs }

export type Greeting = Base & {
  readonly kind: 'greeting'
  /** Shards in which a join that failed may have adopted leases: nobody ends them, unless the agent joins again. */
  readonly doubtful: readonly number[]
}
export type Joining = Base & {
  readonly kind: 'joining'
  readonly hello: AgentHello
  readonly agent: string
  readonly lost: readonly string[]
  /** Shards of the leases that it adopts. */
  readonly shards: readonly number[]
  /** The connection went while it joined. */
  readonly isGone: boolean
}
export type Live = Base & { readonly kind: 'live'; readonly work: Work }
export type Lingering = Base & { readonly kind: 'lingering'; readonly work: Work }
/** Ends what it still holds, and waits until no claim can bring it more. */
export type Leaving = Base & { readonly kind: 'leaving'; readonly work: Work; readonly hasLeft: boolean }

export type AgentSessionState = Greeting | Joining | Live | Lingering | Leaving

/** States in which leases are held. */
export type Holding = Live | Lingering | Leaving
