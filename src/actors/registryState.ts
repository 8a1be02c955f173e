/** What the registry knows of agents and subscribers, and what it is told. */

import type { Free } from '../protocol/records.js'
import type { Desk } from '../tasks/desk.js'
import type { FleetControl } from '../tasks/fleetControl.js'
import type { Counted } from './agentCounts.js'
import type { RanMessage } from './effects.js'
import type { FleetMessage } from './fleetWatch.js'
import type { Address } from './runtime/actor.js'
import type { Asked, Woke } from './runtime/effect.js'

export type AgentEntry = {
  readonly session: Address
  readonly tenant: string
  readonly agent: string
  readonly connection: number
  readonly queues: readonly string[]
  readonly isConnected: boolean
  readonly status: 'ACTIVE' | 'IDLE' | 'BUSY'
  readonly lastSeen: number
  readonly holding: number
  readonly metrics?: Free
}

export type RegistryState = {
  readonly desk: Desk
  /** By tenant and agent. */
  readonly agents: Map<string, AgentEntry>
  readonly bySession: Map<Address, string>
  /** Sessions by the log of their subscriber. */
  readonly subscribers: Map<string, { readonly session: Address; readonly connection: number }>
  /** Agents whose entry changed since it was last written. */
  readonly changed: Set<string>
  readonly counted: Counted
  /** What operators said, of tenants that have agents banned. */
  readonly bans: Map<string, FleetControl>
}

export type RegistryMessage =
  | {
      readonly kind: 'arrived'
      readonly session: Address
      readonly tenant: string
      readonly agent: string
      readonly connection: number
      readonly queues: readonly string[]
      readonly at: number
      /** Ids of the tasks whose leases it adopted. */
      readonly adopted: ReadonlySet<string>
    }
  | {
      readonly kind: 'seen'
      readonly session: Address
      readonly at: number
      readonly status: AgentEntry['status']
      readonly holding: number
    }
  | { readonly kind: 'metrics'; readonly session: Address; readonly metrics: Free }
  | { readonly kind: 'disconnected'; readonly session: Address; readonly at: number }
  /** The session ended: it holds nothing any more. */
  | { readonly kind: 'departed'; readonly session: Address }
  | { readonly kind: 'subscribed'; readonly log: string; readonly session: Address; readonly connection: number }
  | { readonly kind: 'unsubscribed'; readonly log: string; readonly session: Address }
  /** Hints of the ledger. */
  | { readonly kind: 'outcomes'; readonly log: string }
  | {
      readonly kind: 'stopTask'
      readonly tenant: string
      readonly agent: string
      readonly task: string
      readonly turn: number
      readonly reason: string
    }
  | {
      readonly kind: 'answered'
      readonly tenant: string
      readonly agent: string
      readonly task: string
      readonly turn: number
    }
  | FleetMessage
  /** An agent has joined another node. */
  | { readonly kind: 'joinedElsewhere'; readonly tenant: string; readonly agent: string; readonly connection: number }
  /** A subscriber has a new connection, here or on another node. */
  | { readonly kind: 'subscribedAnew'; readonly log: string; readonly connection: number }
  /** The ledger lost some of what it had acknowledged. */
  | { readonly kind: 'ledgerLost' }
  /** Hints were lost: agents may have joined other nodes meanwhile. */
  | { readonly kind: 'missedHints' }
  /** A claim's answer was lost: what this node holds in the shard, and no session knows, goes back. Ends in `looked`. */
  | { readonly kind: 'lookFor'; readonly shard: number }
  | Asked<{ readonly kind: 'whoIsHere'; readonly tenant: string }>
  | RanMessage
  | Woke

export type WhoIsHere = { readonly kind: 'here'; readonly agents: readonly AgentEntry[] }

export type RegistryArgs = { readonly desk: Desk }
