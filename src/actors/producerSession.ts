/**
 * One connection of a producer: its requests, and the outcomes for its subscriber name.
 *
 * Outcomes are read from the subscriber's log shard by shard, a window of them under way at a time; what was seen is
 * dropped from the log. After a reconnect reading begins anew at what is left.
 */
import type { ProducerFrame } from '../protocol/frames.js'
import { outcomeLog } from '../tasks/keys.js'
import { type OutcomePage, shardsOf } from '../tasks/outcomes.js'
import { overloaded, type Reply, refuse } from '../tasks/reply.js'
import { registryAddress } from './addresses.js'
import { answerTo } from './answer.js'
import { type FrameMessage, type LostMessage, type NodeEffect, type RanMessage, send, tell } from './effects.js'
import { deliver, dropped, notDropped, readMore, seen } from './outcomeStream.js'
import {
  expect,
  type Live,
  type Pending,
  type ProducerSessionArgs,
  type ProducerSessionState,
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
      if (frame.type === 'hello') return sayHello(session, frame, now)
      const id = 'id' in frame ? frame.id : undefined
      return id === undefined ? [session] : [session, answerTo(id, notReady)]
    },

    lost: (session) => {
      if (session.kind === 'greeting' || session.subscription === null) return [session, { kind: 'stop' }]
      const gone = { kind: 'unsubscribed', log: session.subscription.log, session: session.self } as const
      return [session, tell(registryAddress, gone), { kind: 'stop' }]
    },

    ran: (session, { tag, result }) => {
      if (session.kind === 'greeting') return [session]
      const pending = session.pending.get(tag)
      session.pending.delete(tag)
      if (pending?.kind === 'request') return [session, answerTo(pending.id, result as Reply)]
      if (pending?.kind === 'reading') return deliver(session, pending.reader, result as OutcomePage)
      return pending?.kind === 'dropping' ? [session, ...dropped(pending.request)] : [session]
    },

    ranNot: (session, { tag, why, retryAfterMs }) => {
      if (session.kind === 'greeting') return [session]
      const pending = session.pending.get(tag)
      session.pending.delete(tag)
      if (pending?.kind === 'reading') Object.assign(pending.reader, { reading: 0, isOutdated: false })
      const reply = why === 'unavailable' ? overloaded(retryAfterMs) : internal
      if (pending?.kind === 'dropping') return [session, ...notDropped(session, pending, reply)]
      return pending?.kind === 'request' ? [session, answerTo(pending.id, reply)] : [session]
    },

    outcomesReady: (session) => {
      if (session.kind === 'greeting' || session.subscription === null) return [session]
      for (const reader of session.subscription.readers) reader.hasMore = true
      return [session, ...readMore(session)]
    },

    readAnew: (session) => {
      if (session.kind === 'greeting' || session.subscription === null) return [session]
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
      if (session.kind === 'greeting' || session.subscription === null) return [session]
      for (const reader of session.subscription.readers) {
        reader.hasMore = true
        reader.looksForGap = true
      }
      return [session, ...readMore(session), { kind: 'wake', key: 'poll', at: now + pollMs }]
    },

    replaced: (session) => [
      session,
      { kind: 'close', code: 4001, reason: 'another connection took the subscriber name' },
    ],

    drain: (session, { reason, reconnectMs }) =>
      session.kind === 'live' ? [session, send({ type: 'drain', reason, reconnectMs })] : [session],
  },
}

const notReady = refuse('NOT_READY', 'hello: say it first, and wait for welcome')
const internal = refuse('INTERNAL', 'The node failed at this. Send it again.')

const sayHello = (
  { self, args }: Extract<ProducerSessionState, { kind: 'greeting' }>,
  { id, subscriber }: Extract<ProducerFrame, { type: 'hello' }>,
  now: number,
): ProducerStep => {
  const welcome = send(welcomeOf(args, args.identity, id, now))
  const base = { kind: 'live', self, args, pending: new Map<number, Pending>(), nextTag: 1 } as const
  if (subscriber === undefined) return [{ ...base, subscription: null }, welcome]
  const { tenant, sub } = args.identity
  const log = outcomeLog(tenant, sub, subscriber)
  const readers = shardsOf(args.desk).map((shard) => ({
    shard,
    cursor: undefined,
    reading: 0,
    hasMore: true,
    looksForGap: true,
  }))
  const live: Live = { ...base, subscription: { name: subscriber, log, readers, unseen: [], unseenBytes: 0, seq: 0 } }
  const subscribed = tell(registryAddress, { kind: 'subscribed', log, session: self })
  return [live, welcome, subscribed, ...readMore(live), { kind: 'wake', key: 'poll', at: now + pollMs }]
}

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
