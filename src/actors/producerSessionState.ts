/** What a producer's session knows. Its maps and lists change in place: they are this session's alone. */
import type { ProducerFrame } from '../protocol/frames.js'
import type { Gap } from '../tasks/outcomes.js'
import type { SessionFacts } from './agentSessionState.js'
import type { Identity } from './effects.js'
import type { ProducerRequests } from './requests.js'
import type { Address } from './runtime/actor.js'

export type ProducerSessionArgs = SessionFacts & {
  readonly identity: Identity
  readonly requests: ProducerRequests
  /** Outcomes may take so much on their way unseen, a small part of what the connection's send buffer holds. */
  readonly aheadBytes: number
}

/** One shard's part of the subscriber's log. `reading`: how many outcomes the read under way may bring. */
export type Reader = {
  readonly shard: number
  cursor: string | undefined
  reading: number
  hasMore: boolean
  looksForGap: boolean
  /** What the read under way brings is of a ledger that has lost something since: to be read again. */
  isOutdated?: boolean
  /** The gap that it was told of last: it has seen that once it has seen an outcome behind. */
  told?: { readonly gap: Gap; readonly behind: number }
}

/** An outcome under way. */
export type Unseen = { readonly seq: number; readonly shard: number; readonly id: string; readonly bytes: number }

/** A `seen` that asks for an answer, and how many shards have yet to drop what it names. */
export type Seeing = { readonly id: number; left: number }

export type Subscription = {
  readonly name: string
  readonly log: string
  /** The number of this connection among the subscriber's. */
  readonly connection: number
  /** Whoever brought something last stands last. */
  readonly readers: Reader[]
  /** Sent and not seen, in order of their numbers. */
  readonly unseen: Unseen[]
  /** What they take together. */
  unseenBytes: number
  seq: number
}

export type Pending =
  | { readonly kind: 'request'; readonly id: number }
  | { readonly kind: 'reading'; readonly reader: Reader }
  | { readonly kind: 'dropping'; readonly last: Unseen; readonly request: Seeing | undefined }

/** Its `hello` waits until the ledger knows it as its subscriber's connection. */
export type Subscribing = {
  readonly kind: 'subscribing'
  readonly self: Address
  readonly args: ProducerSessionArgs
  /** Of the `hello`. */
  readonly id: number
  readonly name: string
  readonly log: string
  /** What its client said behind the `hello`, without waiting for `welcome`. Changes in place. */
  readonly behind: ProducerFrame[]
}

export type Live = {
  readonly kind: 'live'
  readonly self: Address
  readonly args: ProducerSessionArgs
  readonly subscription: Subscription | null
  readonly pending: Map<number, Pending>
  nextTag: number
}

export type ProducerSessionState =
  | { readonly kind: 'greeting'; readonly self: Address; readonly args: ProducerSessionArgs }
  | Subscribing
  | Live

/** Notes what an answer will be about; the tag goes with the effect. */
export const expect = (live: Live, pending: Pending): number => {
  const tag = live.nextTag++
  live.pending.set(tag, pending)
  return tag
}
