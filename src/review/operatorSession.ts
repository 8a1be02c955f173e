/**
 * One connection of an operator: requests in, replies and changed cards out.
 *
 * Each request runs as a procedure of its own, so replies may come in another order. A subscription is told to the
 * review queue before its first page is read, and what changes until that page is answered is kept until then, so
 * nothing falls between the two. A card may come twice; its version says which is newer.
 */
import { reviewQueueAddress } from '../actors/addresses.js'
import type { SessionFacts } from '../actors/agentSessionState.js'
import { answerTo } from '../actors/answer.js'
import {
  type FrameMessage,
  type Identity,
  type LostMessage,
  type NodeEffect,
  type RanMessage,
  send,
  tell,
} from '../actors/effects.js'
import type { ActorDefinition, Address, Step } from '../actors/runtime/actor.js'
import type { Woke } from '../actors/runtime/effect.js'
import { welcomeOf } from '../actors/welcome.js'
import type { OperatorFrame } from '../protocol/frames.js'
import type { CardFrame } from '../protocol/nodeFrames.js'
import type { Subscribe } from '../protocol/operatorFrames.js'
import type { Procedure } from '../tasks/procedure.js'
import { ack, overloaded, type Reply, refuse } from '../tasks/reply.js'
import { type StatedFilter, stated } from './cardSummary.js'
import { type CardChanged, type ReviewQueueMessage, renewMs } from './reviewQueueState.js'
import type { OperatorRequest, OperatorRequests } from './reviewRequests.js'

export type OperatorSessionArgs = SessionFacts & {
  readonly identity: Identity
  readonly requests: OperatorRequests
}

export type OperatorSessionMessage =
  | FrameMessage<OperatorFrame>
  | LostMessage
  | RanMessage
  | CardChanged
  | { readonly kind: 'drain'; readonly reason: string; readonly reconnectMs: number }
  | Woke

type Base = { readonly self: Address; readonly args: OperatorSessionArgs }

type Subscription =
  | { readonly kind: 'none' }
  /** Its first page is being read under this tag; `changed` has the last state of each card. */
  | {
      readonly kind: 'opening'
      readonly tag: number
      readonly filter: StatedFilter
      readonly changed: ReadonlyMap<string, CardFrame>
    }
  | { readonly kind: 'open'; readonly filter: StatedFilter }

type Live = Base & {
  readonly kind: 'live'
  /** Request ids by the tag of their procedure. */
  readonly open: ReadonlyMap<number, number>
  readonly lastTag: number
  readonly subscription: Subscription
}

export type OperatorSessionState = (Base & { readonly kind: 'greeting' }) | Live

type SessionStep = Step<OperatorSessionState, NodeEffect>

const maxOpen = 64
const maxKept = 256
const busyRetryMs = 250

const notReady = refuse('NOT_READY', 'hello: say it first, and wait for welcome')
const saidAlready = refuse('INVALID', 'type: hello was said already on this connection')
const internal = refuse('INTERNAL', 'The node failed at this. Send it again.')

export const operatorSession: ActorDefinition<
  OperatorSessionState,
  OperatorSessionMessage,
  NodeEffect,
  OperatorSessionArgs
> = {
  name: 'operatorSession',
  supervision: 'stop',
  mailbox: { work: 2_048, control: 4_096 },
  control: ['lost', 'ran', 'ranNot', 'woke'],

  start: (args, self) => [{ kind: 'greeting', self, args }],

  on: {
    frame: (session, { frame }, now) => {
      if (session.kind === 'live') return liveFrame(session, frame, now)
      if (frame.type === 'hello') return greet(session, frame.id, now)
      return frame.id === undefined ? [session] : [session, answerTo(frame.id, notReady)]
    },

    lost: (session) => [session, ...(session.kind === 'live' ? [unwatch(session)] : []), { kind: 'stop' }],

    ran: (session, { tag, result }) => finish(session, tag, result as Reply),

    ranNot: (session, { tag, why, retryAfterMs }) =>
      finish(session, tag, why === 'unavailable' ? overloaded(retryAfterMs) : internal),

    cardChanged: (session, { frame }) => {
      if (session.kind === 'greeting' || session.subscription.kind === 'none') return [session]
      return session.subscription.kind === 'open' ? [session, send(frame)] : keep(session, session.subscription, frame)
    },

    drain: (session, { reason, reconnectMs }) =>
      session.kind === 'live' ? [session, send({ type: 'drain', reason, reconnectMs })] : [session],

    woke: (session, _message, now) =>
      session.kind === 'live' && session.subscription.kind !== 'none'
        ? [session, ...watch(session, session.subscription.filter, now)]
        : [session],
  },
}

const greet = ({ self, args }: Base, id: number, now: number): SessionStep => [
  { kind: 'live', self, args, open: new Map(), lastTag: 0, subscription: { kind: 'none' } },
  send(welcomeOf(args, args.identity, id, now)),
]

const liveFrame = (live: Live, frame: OperatorFrame, now: number): SessionStep => {
  switch (frame.type) {
    case 'hello':
      return [live, answerTo(frame.id, saidAlready)]
    case 'heartbeat':
      return frame.id === undefined ? [live] : [live, answerTo(frame.id, ack({ now }))]
    case 'reauth':
      return [live]
    case 'subscribe':
      return open(live, frame, now)
    default:
      return perform(live, frame, now)
  }
}

const perform = (live: Live, frame: Extract<OperatorFrame, { type: OperatorRequest }>, now: number): SessionStep => {
  if (live.open.size >= maxOpen) return [live, answerTo(frame.id, overloaded(busyRetryMs))]
  const { requests, identity } = live.args
  // The table has for each type the procedure that takes its frame, which the compiler can't follow through a union.
  const request = requests[frame.type] as (by: Identity, frame: OperatorFrame, now: number) => Procedure<Reply>
  const tag = live.lastTag + 1
  const next = { ...live, lastTag: tag, open: new Map(live.open).set(tag, frame.id) }
  return [next, { kind: 'run', tag, procedure: request(identity, frame, now) }]
}

/** Replaces the subscription before. */
const open = (live: Live, { type: _, ...asked }: Subscribe, now: number): SessionStep => {
  const [next, ...effects] = perform(live, { type: 'cards', ...asked }, now)
  if (next.kind !== 'live' || next.lastTag === live.lastTag) return [next, ...effects]
  const filter = stated(asked.filter)
  const subscription: Subscription = { kind: 'opening', tag: next.lastTag, filter, changed: new Map() }
  return [{ ...next, subscription }, ...watch(live, filter, now), ...effects]
}

const finish = (session: OperatorSessionState, tag: number, reply: Reply): SessionStep => {
  if (session.kind !== 'live') return [session]
  const id = session.open.get(tag)
  if (id === undefined) return [session]
  const stillOpen = new Map(session.open)
  stillOpen.delete(tag)
  const next = { ...session, open: stillOpen }
  const { subscription } = session
  if (subscription.kind !== 'opening' || subscription.tag !== tag) return [next, answerTo(id, reply)]
  if (reply.kind === 'error')
    return [{ ...next, subscription: { kind: 'none' } }, answerTo(id, reply), unwatch(session)]
  const changed = [...subscription.changed.values()].map(send)
  const { filter } = subscription
  return [{ ...next, subscription: { kind: 'open', filter } }, answerTo(id, reply), ...changed]
}

/** A change before the first page is answered. Too many of them, and the operator is told to ask again. */
const keep = (live: Live, opening: Extract<Subscription, { kind: 'opening' }>, frame: CardFrame): SessionStep => {
  if (opening.changed.size >= maxKept) return finish(live, opening.tag, overloaded(busyRetryMs))
  const changed = new Map(opening.changed).set(frame.card.reviewId, frame)
  return [{ ...live, subscription: { ...opening, changed } }]
}

/** Said again every `renewMs`, so that a queue that was restarted learns of it, and one whose session is gone forgets. */
const watch = ({ self, args }: Base, filter: StatedFilter, now: number): readonly NodeEffect[] => [
  tell<ReviewQueueMessage>(queueOf(args), { kind: 'subscribe', subscriber: self, filter }),
  { kind: 'wake', key: 'renew', at: now + renewMs },
]

const unwatch = ({ self, args }: Base): NodeEffect =>
  tell<ReviewQueueMessage>(queueOf(args), { kind: 'unsubscribe', subscriber: self })

const queueOf = ({ identity }: OperatorSessionArgs): Address => reviewQueueAddress(identity.tenant)
