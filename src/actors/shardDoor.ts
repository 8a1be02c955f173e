/**
 * A shard's door: everything that this node commits to or claims from one shard passes here, one call at a time.
 *
 * While a commit is under way the next batch gathers, so batches are small when idle and large under load, without a
 * timer. A call whose outcome is unknown is sent again with its seq until it is known. Claims have a seq of their own:
 * one that faults is given up; a claim of nothing follows, whose higher seq keeps a straggler from taking effect, and
 * then what it may have handed out is looked for. Until that is done no other claim goes out, whose tasks would be taken
 * for forgotten ones.
 */
import type { ClaimReply, ClaimRequest, Transaction } from '../ledger/port.js'
import type { Outcome } from '../tasks/procedure.js'
import { registryAddress } from './addresses.js'
import {
  type ClaimedMessage,
  type ClaimFaultedMessage,
  type CommittedMessage,
  type FaultedMessage,
  type NodeEffect,
  reply,
  tell,
} from './effects.js'
import { OrderQueue, type Ticketed } from './orderQueue.js'
import type { ActorDefinition, Step } from './runtime/actor.js'
import type { From, Woke } from './runtime/effect.js'

type Batch = {
  readonly seq: number
  readonly orders: readonly Ticketed[]
  readonly tries: number
  /** There was no room for it: until there is, what adds is refused. */
  readonly foundNoRoom: boolean
}

/** `from` null: it claims nothing, and raises the seq. From `until` on nobody waits for the answer. */
type Claim = { readonly from: From | null; readonly request: ClaimRequest; readonly until: number }

/** Whether a claim may have handed out what nobody here knows of. */
type Doubt = 'none' | 'raising' | 'looking'

export type ShardDoorState = {
  readonly shard: number
  readonly orders: OrderQueue
  readonly seq: number
  readonly inFlight: Batch | null
  readonly claims: readonly Claim[]
  readonly claimSeq: number
  readonly claiming: Claim | null
  readonly doubt: Doubt
  /** Calls in a row that faulted: 0 while the ledger answers. */
  readonly faults: number
}

export type ShardDoorMessage =
  | { readonly kind: 'orders'; readonly orders: readonly Ticketed[] }
  /** Answered by `claimAnswered`. */
  | { readonly kind: 'claim'; readonly from: From; readonly request: ClaimRequest }
  | CommittedMessage
  | FaultedMessage
  | ClaimedMessage
  | ClaimFaultedMessage
  /** Something that this node claimed here may be known to no session. */
  | { readonly kind: 'doubt' }
  /** The registry: everything that this node holds in the shard has been asked for. */
  | { readonly kind: 'looked' }
  | Woke

export type ClaimAnswered = {
  readonly kind: 'claimAnswered'
  /** Null: the ledger didn't say. */
  readonly reply: Extract<ClaimReply, { kind: 'claimed' }> | null
}

export type ShardDoorArgs = { readonly shard: number }

/** Whoever claims waits so long. What is claimed after that is looked for: longer than a ledger that is just slow. */
export const claimDeadlineMs = 60_000

/** What waits here at most; over it what adds is refused, and what drains goes on to four times as much. */
const maxOrders = 20_000
const overloadedRetryMs = 250
const firstAgainMs = 50
const longestAgainMs = 1_000

type DoorStep = Step<ShardDoorState, NodeEffect>

export const shardDoor: ActorDefinition<ShardDoorState, ShardDoorMessage, NodeEffect, ShardDoorArgs> = {
  name: 'shardDoor',
  supervision: 'escalate',
  mailbox: { work: 100_000, control: 1_000 },
  control: ['committed', 'faulted', 'claimed', 'claimFaulted', 'doubt', 'looked', 'woke'],

  start: ({ shard }) => [
    {
      shard,
      orders: new OrderQueue(),
      seq: 0,
      inFlight: null,
      claims: [],
      claimSeq: 0,
      claiming: null,
      doubt: 'none',
      faults: 0,
    },
  ],

  on: {
    orders: (door, { orders }) => {
      const refused: number[] = []
      for (const one of orders) {
        if (door.orders.size < roomFor(door, one)) door.orders.push(one)
        else refused.push(one.ticket)
      }
      const [next, ...effects] = commitNext(door)
      return refused.length === 0 ? [next, ...effects] : [next, answerOverloaded(refused), ...effects]
    },

    claim: (door, { from, request }, now) => {
      const claim: Claim = { from, request, until: now + claimDeadlineMs }
      return claimNext({ ...door, claims: [...door.claims, claim] })
    },

    committed: (door, { seq, reply: answer }, now) => {
      const { inFlight } = door
      if (inFlight?.seq !== seq) return [door]
      switch (answer.kind) {
        case 'answers': {
          const outcomes: readonly Outcome[] = answer.answers
          const tickets = inFlight.orders.map(({ ticket }) => ticket)
          return withFirst({ kind: 'answer', tickets, outcomes }, commitNext({ ...door, inFlight: null, faults: 0 }))
        }
        case 'full':
          return makeRoom({ ...door, faults: 0 }, inFlight, now)
        case 'buried':
          return [door, buried(door)]
        case 'oldSeq':
          throw new Error(`shard ${door.shard}: the ledger says oldSeq to this node's holder`)
      }
    },

    faulted: (door, { seq }, now) => {
      const { inFlight } = door
      if (inFlight?.seq !== seq) return [door]
      const tries = inFlight.tries + 1
      const next = { ...door, inFlight: { ...inFlight, tries }, faults: door.faults + 1 }
      return [next, { kind: 'wake', key: 'again', at: now + againMs(tries) }]
    },

    claimed: (door, { seq, reply: answer }, now) => {
      if (door.claiming === null || door.claimSeq !== seq) return [door]
      const { from } = door.claiming
      const next: ShardDoorState = { ...door, claiming: null, faults: 0 }
      if (answer.kind === 'buried') return [door, buried(door)]
      if (from === null) return raised(next, answer.kind, now)
      if (answer.kind === 'oldSeq') {
        throw new Error(`shard ${door.shard}: the ledger says oldSeq to a claim of this node's holder`)
      }
      if (now >= door.claiming.until) return raised(next, answer.kind, now)
      return withFirst(claimAnswer(from, answer.kind === 'claimed' ? answer : null), claimNext(next))
    },

    claimFaulted: (door, { seq }, now) => {
      if (door.claiming === null || door.claimSeq !== seq) return [door]
      const { from } = door.claiming
      const next = raiseAgain({ ...door, claiming: null, doubt: 'raising', faults: door.faults + 1 }, now)
      return from === null ? next : withFirst(claimAnswer(from, null), next)
    },

    doubt: (door, _message, now) => raiseAgain({ ...door, doubt: 'raising' }, now),

    looked: (door) => (door.doubt === 'looking' ? claimNext({ ...door, doubt: 'none' }) : [door]),

    woke: (door, { key }) => {
      if (key === 'raise')
        return claimNext({
          ...door,
          claims: [{ from: null, request: nothing, until: Number.POSITIVE_INFINITY }, ...door.claims],
        })
      if (key === 'again' && door.inFlight !== null) return [door, commitEffect(door.shard, door.inFlight)]
      return commitNext(door)
    },
  },
}

/** What waits here stays unanswered: nobody can tell any more what became of it. */
const buried = ({ shard }: ShardDoorState): NodeEffect => ({
  kind: 'failNode',
  failure: { kind: 'buried', why: `shard ${shard}: others took this node for dead` },
})

/** How many may wait before this one. */
const roomFor = ({ inFlight }: ShardDoorState, { order }: Ticketed): number => {
  if (order.drains) return 4 * maxOrders
  return inFlight?.foundNoRoom ? 0 : maxOrders
}

const withFirst = (effect: NodeEffect, [state, ...effects]: DoorStep): DoorStep => [state, effect, ...effects]

const againMs = (tries: number): number => Math.min(longestAgainMs, firstAgainMs * 2 ** Math.min(10, tries - 1))

const answerOverloaded = (tickets: readonly number[]): NodeEffect => ({
  kind: 'answer',
  tickets,
  outcomes: tickets.map(() => ({ kind: 'overloaded', retryAfterMs: overloadedRetryMs })),
})

const claimAnswer = (to: From, answer: ClaimAnswered['reply']): NodeEffect =>
  reply<ClaimAnswered>(to, { kind: 'claimAnswered', reply: answer })

const commitEffect = (shard: number, { seq, orders }: Batch): NodeEffect => ({
  kind: 'ledgerCommit',
  shard,
  seq,
  transactions: orders.map(({ order }): Transaction => order.transaction),
})

const commitNext = (door: ShardDoorState): DoorStep => {
  if (door.inFlight !== null || door.orders.size === 0) return [door]
  const batch: Batch = { seq: door.seq + 1, orders: door.orders.take(), tries: 0, foundNoRoom: false }
  return [{ ...door, seq: batch.seq, inFlight: batch }, commitEffect(door.shard, batch)]
}

const nothing: ClaimRequest = {
  lanes: [],
  takers: [],
  maxBytes: 0,
  writes: {},
  entryField: 'entry',
  overdueField: 'expiresAt',
}

const raiseAgain = (door: ShardDoorState, now: number): DoorStep => [
  door,
  { kind: 'wake', key: 'raise', at: now + againMs(door.faults) },
]

/** The claim of nothing was answered. */
const raised = (door: ShardDoorState, answer: ClaimReply['kind'], now: number): DoorStep => {
  if (answer === 'full') return raiseAgain(door, now)
  if (answer !== 'claimed') throw new Error(`shard ${door.shard}: the ledger says ${answer} to this node's holder`)
  return [{ ...door, doubt: 'looking' }, tell(registryAddress, { kind: 'lookFor', shard: door.shard })]
}

const claimNext = (door: ShardDoorState): DoorStep => {
  const [claiming, ...claims] = door.claims
  if (door.claiming !== null || claiming === undefined) return [door]
  if (door.doubt !== 'none' && claiming.from !== null) return [door]
  const claimSeq = door.claimSeq + 1
  const effect: NodeEffect = { kind: 'ledgerClaim', shard: door.shard, seq: claimSeq, request: claiming.request }
  return [{ ...door, claims, claiming, claimSeq }, effect]
}

/** The ledger has no room: what adds is refused; what drains waits a while and goes again by itself. */
const makeRoom = (door: ShardDoorState, { orders, tries }: Batch, now: number): DoorStep => {
  const draining = orders.filter(({ order }) => order.drains)
  const refused = orders.filter(({ order }) => !order.drains).map(({ ticket }) => ticket)
  if (draining.length > 0) refused.push(...door.orders.takeAdding().map(({ ticket }) => ticket))
  const effects = refused.length === 0 ? [] : [answerOverloaded(refused)]
  if (draining.length === 0) {
    const [next, ...more] = commitNext({ ...door, inFlight: null })
    return [next, ...effects, ...more]
  }
  // A number of its own: an earlier try whose outcome is unknown may still arrive, with other transactions.
  const batch: Batch = { seq: door.seq + 1, orders: draining, tries: tries + 1, foundNoRoom: true }
  return [
    { ...door, seq: batch.seq, inFlight: batch },
    ...effects,
    { kind: 'wake', key: 'again', at: now + againMs(batch.tries) },
  ]
}
