/**
 * One connection of a producer: its requests, and the outcomes for its subscriber name.
 *
 * Outcomes are read from the subscriber's log shard by shard, a window of them under way at a time; what was seen is
 * dropped from the log. After a reconnect reading begins anew at what is left. A subscriber has one connection in the
 * whole cluster: the newer wins, and is welcome once the ledger knows it.
 */
import type { ProducerFrame } from '../protocol/frames.js'
import { outcomeLog } from '../tasks/keys.js'
import { type OutcomePage, shardsOf } from '../tasks/outcomes.js'
import { overloaded, type Reply, refuse } from '../tasks/reply.js'
import { type SubscribeReply, subscribe } from '../tasks/subscribing.js'
import { registryAddress } from './addresses.js'
import { answerTo } from './answer.js'
import { type FrameMessage, type LostMessage, type NodeEffect, type RanMessage, send, tell } from './effects.js'
import { closeReplaced, deliver, dropped, notDropped, readMore, seen } from './outcomeStream.js'
import {
  expect,
  type Live,
  type Pending,
  type ProducerSessionArgs,
  type ProducerSessionState,
  type Subscribing,
} from './producerSessionState.js'
import type { ActorDefinition, Step } from './runtime/actor.js'
import type { Woke } from './runtime/effect.js'
import { welcomeOf } from './welcome.js'

export type ProducerSessionMessage =
  | FrameMessage<ProducerFrame>
  | LostMessage
  | RanMessage
  /** There is something new in the subscriber's log. */
  | { readonly kind: 'outcomesReady' }
  /** The ledger lost some of what it had: positions in its logs mean nothing any more. */
  | { readonly kind: 'readAnew' }
  | { readonly kind: 'replaced' }
  | Woke
  | { readonly kind: 'drain'; readonly reason: string; readonly reconnectMs: number }

/** A lost hint costs at most this. */
const pollMs = 2_000

type ProducerStep = Step<ProducerSessionState, NodeEffect>

export const producerSession: ActorDefinition<
  ProducerSessionState,
  ProducerSessionMessage,
  NodeEffect,
  ProducerSessionArgs
> = {
  name: 'producerSession',
  supervision: 'stop',
  mailbox: { work: 4_096, control: 4_096 },
  control: ['lost', 'ran', 'ranNot', 'replaced', 'outcomesReady'],

  start: (args, self) => [{ kind: 'greeting', self, args }],

  on: {
    frame: (session, { frame }, now) => {
      if (session.kind === 'live') return liveFrame(session, frame, now)
      if (session.kind === 'greeting' && frame.type === 'hello') return sayHello(session, frame, now)
      if (session.kind === 'subscribing' && session.behind.length < behindMax) {
        session.behind.push(frame)
        return [session]
      }
      return [session, ...refuseEarly([frame])]
    },

    lost: (session) => {
      if (session.kind !== 'live' || session.subscription === null) return [session, { kind: 'stop' }]
      const gone = { kind: 'unsubscribed', log: session.subscription.log, session: session.self } as const
      return [session, tell(registryAddress, gone), { kind: 'stop' }]
    },

    ran: (session, { tag, result }, now) => {
      if (session.kind === 'subscribing') return subscribed(session, result as SubscribeReply, now)
      if (session.kind === 'greeting') return [session]
      const pending = session.pending.get(tag)
      session.pending.delete(tag)
      if (pending?.kind === 'request') return [session, answerTo(pending.id, result as Reply)]
      if (pending?.kind === 'reading') return deliver(session, pending.reader, result as OutcomePage)
      return pending?.kind === 'dropping' ? [session, ...dropped(pending.request)] : [session]
    },

    ranNot: (session, { tag, why, retryAfterMs }) => {
      const reply = why === 'unavailable' ? overloaded(retryAfterMs) : internal
      if (session.kind === 'subscribing') return notSubscribed(session, reply)
      if (session.kind === 'greeting') return [session]
      const pending = session.pending.get(tag)
      session.pending.delete(tag)
      if (pending?.kind === 'reading') Object.assign(pending.reader, { reading: 0, isOutdated: false })
      if (pending?.kind === 'dropping') return [session, ...notDropped(session, pending, reply)]
      return pending?.kind === 'request' ? [session, answerTo(pending.id, reply)] : [session]
    },

    outcomesReady: (session) => {
      if (session.kind !== 'live' || session.subscription === null) return [session]
      for (const reader of session.subscription.readers) reader.hasMore = true
      return [session, ...readMore(session)]
    },

    readAnew: (session) => {
      if (session.kind !== 'live' || session.subscription === null) return [session]
      const { subscription } = session
      // Marked as seen, they would take newer ones along that stand at their places.
      subscription.unseen.length = 0
      subscription.unseenBytes = 0
      for (const reader of subscription.readers) {
        reader.cursor = undefined
        reader.hasMore = true
        reader.isOutdated = reader.reading > 0
      }
      return [session, ...readMore(session)]
    },

    woke: (session, _message, now) => {
      if (session.kind !== 'live' || session.subscription === null) return [session]
      for (const reader of session.subscription.readers) {
        reader.hasMore = true
        reader.looksForGap = true
      }
      return [session, ...readMore(session), { kind: 'wake', key: 'poll', at: now + pollMs }]
    },

    replaced: (session) => [session, closeReplaced],

    drain: (session, { reason, reconnectMs }) =>
      session.kind === 'live' ? [session, send({ type: 'drain', reason, reconnectMs })] : [session],
  },
}

/** Frames behind a `hello` that is still being dealt with; over that they are refused. */
const behindMax = 256

const notReady = refuse('NOT_READY', 'hello: say it first, and wait for welcome')
const internal = refuse('INTERNAL', 'The node failed at this. Send it again.')

const sayHello = (
  { self, args }: Extract<ProducerSessionState, { kind: 'greeting' }>,
  { id, subscriber: name }: Extract<ProducerFrame, { type: 'hello' }>,
  now: number,
): ProducerStep => {
  if (name === undefined) return welcome({ ...newLive, self, args, pending: new Map(), subscription: null }, id, now)
  const { tenant, sub } = args.identity
  const next: Subscribing = {
    kind: 'subscribing',
    self,
    args,
    id,
    name,
    log: outcomeLog(tenant, sub, name),
    behind: [],
  }
  return [next, takeName(next, now)]
}

const newLive = { kind: 'live', nextTag: 1 } as const

const welcome = (live: Live, id: number, now: number): ProducerStep => [
  live,
  send(welcomeOf(live.args, live.args.identity, id, now)),
]

const takeName = ({ args, log }: Subscribing, now: number): NodeEffect => ({
  kind: 'run',
  tag: 0,
  procedure: subscribe(args.desk, args.identity.tenant, log, now),
})

const subscribed = (session: Subscribing, reply: SubscribeReply, now: number): ProducerStep => {
  // Its client is there, so of the two it is the newer.
  if (reply.kind === 'outrun') return [session, takeName(session, now)]
  if (reply.kind === 'overloaded') return notSubscribed(session, overloaded(reply.retryAfterMs))
  const { self, args, id, name, log } = session
  const { connection } = reply
  const readers = shardsOf(args.desk).map((shard) => ({
    shard,
    cursor: undefined,
    reading: 0,
    hasMore: true,
    looksForGap: true,
  }))
  const subscription = { name, log, connection, readers, unseen: [], unseenBytes: 0, seq: 0 }
  const live: Live = { ...newLive, self, args, pending: new Map<number, Pending>(), subscription }
  const [, ...greeted] = welcome(live, id, now)
  const known = tell(registryAddress, { kind: 'subscribed', log, session: self, connection })
  const effects: NodeEffect[] = [...greeted, known]
  for (const frame of session.behind) {
    const [, ...answers] = liveFrame(live, frame, now)
    effects.push(...answers)
  }
  return [live, ...effects, ...readMore(live), { kind: 'wake', key: 'poll', at: now + pollMs }]
}

/** It may say hello again. */
const notSubscribed = ({ self, args, id, behind }: Subscribing, reply: Reply): ProducerStep => [
  { kind: 'greeting', self, args },
  answerTo(id, reply),
  ...refuseEarly(behind),
]

const refuseEarly = (frames: readonly ProducerFrame[]): readonly NodeEffect[] =>
  frames.flatMap((frame) => ('id' in frame && frame.id !== undefined ? [answerTo(frame.id, notReady)] : []))

const liveFrame = (live: Live, frame: ProducerFrame, now: number): ProducerStep => {
  switch (frame.type) {
    case 'hello':
      return [live, answerTo(frame.id, refuse('INVALID', 'type: hello was said already on this connection'))]
    case 'heartbeat':
      return frame.id === undefined ? [live] : [live, answerTo(frame.id, { kind: 'ack', fields: { now } })]
    case 'reauth':
      return [live]
    case 'seen':
      return seen(live, frame)
    default: {
      const { identity, requests } = live.args
      const subscriber = live.subscription?.name
      const procedure = requests(identity, subscriber, frame, now)
      return [live, { kind: 'run', tag: expect(live, { kind: 'request', id: frame.id }), procedure }]
    }
  }
}
