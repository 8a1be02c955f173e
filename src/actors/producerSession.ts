/**
 * One connection of a producer: its requests, and the outcomes for its subscriber name.
 *
 * Outcomes are read from the subscriber's log shard by shard, a window of them under way at a time; what was seen is
 * dropped from the log. After a reconnect reading begins anew at what is left.
 */
import type { ProducerFrame } from '../protocol/frames.js'
import { outcomeLog } from '../tasks/keys.js'
import { dropSeen, type Gap, type OutcomePage, readOutcomes, type SeenUpTo, shardsOf } from '../tasks/outcomes.js'
import { ack, overloaded, type Reply, refuse } from '../tasks/reply.js'
import { registryAddress } from './addresses.js'
import type { SessionFacts } from './agentSessionState.js'
import { answerTo } from './answer.js'
import {
  type FrameMessage,
  type Identity,
  type LostMessage,
  type NodeEffect,
  type RanMessage,
  send,
  tell,
} from './effects.js'
import type { ProducerRequests } from './requests.js'
import type { ActorDefinition, Address, Step } from './runtime/actor.js'
import type { Woke } from './runtime/effect.js'
import { welcomeOf } from './welcome.js'

export type ProducerSessionArgs = SessionFacts & {
  readonly identity: Identity
  readonly requests: ProducerRequests
}

/** One shard's part of the subscriber's log. `reading`: how many outcomes the read under way may bring. */
type Reader = {
  readonly shard: number
  cursor: string | undefined
  reading: number
  hasMore: boolean
  looksForGap: boolean
  /** The gap that it was told of last: it has seen that once it has seen an outcome behind. */
  told?: { readonly gap: Gap; readonly behind: number }
}

/** An outcome under way. */
type Unseen = { readonly seq: number; readonly shard: number; readonly id: string }

/** A `seen` that asks for an answer, and how many shards have yet to drop what it names. */
type Seeing = { readonly id: number; left: number }

type Subscription = {
  readonly name: string
  readonly log: string
  /** Whoever brought something last stands last. */
  readonly readers: Reader[]
  /** Sent and not seen, in order of their numbers. */
  readonly unseen: Unseen[]
  seq: number
}

type Pending =
  | { readonly kind: 'request'; readonly id: number }
  | { readonly kind: 'reading'; readonly reader: Reader }
  | { readonly kind: 'dropping'; readonly last: Unseen; readonly request: Seeing | undefined }

type Live = {
  readonly kind: 'live'
  readonly self: Address
  readonly args: ProducerSessionArgs
  readonly subscription: Subscription | null
  readonly pending: Map<number, Pending>
  nextTag: number
}

export type ProducerSessionState =
  | { readonly kind: 'greeting'; readonly self: Address; readonly args: ProducerSessionArgs }
  | Live

export type ProducerSessionMessage =
  | FrameMessage<ProducerFrame>
  | LostMessage
  | RanMessage
  /** There is something new in the subscriber's log. */
  | { readonly kind: 'outcomesReady' }
  | { readonly kind: 'replaced' }
  | Woke
  | { readonly kind: 'drain'; readonly reason: string; readonly reconnectMs: number }

/** A lost hint costs at most this. */
const pollMs = 2_000

/** Read at a time, of one shard. */
const pageSize = 256

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
      if (pending?.kind === 'reading') pending.reader.reading = 0
      const reply = why === 'unavailable' ? overloaded(retryAfterMs) : internal
      if (pending?.kind === 'dropping') return [session, ...notDropped(session, pending, reply)]
      return pending?.kind === 'request' ? [session, answerTo(pending.id, reply)] : [session]
    },

    outcomesReady: (session) => {
      if (session.kind === 'greeting' || session.subscription === null) return [session]
      for (const reader of session.subscription.readers) reader.hasMore = true
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
  const live: Live = { ...base, subscription: { name: subscriber, log, readers, unseen: [], seq: 0 } }
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

const expect = (live: Live, pending: Pending): number => {
  const tag = live.nextTag++
  live.pending.set(tag, pending)
  return tag
}

/** Reads on in each shard that may have more, while the window has room. */
const readMore = (live: Live): readonly NodeEffect[] => {
  const { subscription, args } = live
  if (subscription === null) return []
  const effects: NodeEffect[] = []
  let room = args.limits.outcomeWindow - subscription.unseen.length
  for (const { reading } of subscription.readers) room -= reading
  for (const reader of subscription.readers) {
    if (room <= 0) break
    if (reader.reading > 0 || !reader.hasMore) continue
    const limit = Math.min(room, pageSize)
    reader.reading = limit
    reader.hasMore = false
    room -= limit
    const { shard, cursor, looksForGap } = reader
    reader.looksForGap = false
    const after = cursor === undefined ? {} : { after: cursor }
    const procedure = readOutcomes(shard, subscription.log, { ...after, limit, looksForGap })
    effects.push({ kind: 'run', tag: expect(live, { kind: 'reading', reader }), procedure })
  }
  return effects
}

const deliver = (live: Live, reader: Reader, { outcomes, gap }: OutcomePage): ProducerStep => {
  const { subscription } = live
  const limit = reader.reading
  reader.reading = 0
  if (subscription === null) return [live]
  const effects: NodeEffect[] = []
  if (gap !== undefined && (gap.since !== reader.told?.gap.since || gap.until !== reader.told.gap.until)) {
    reader.told = { gap, behind: subscription.seq }
    effects.push(send({ type: 'gap', ...gap }))
  }
  for (const { id, told } of outcomes) {
    subscription.seq++
    subscription.unseen.push({ seq: subscription.seq, shard: reader.shard, id })
    effects.push(send({ type: 'outcome', seq: subscription.seq, ...told }))
    reader.cursor = id
  }
  // A page that isn't full is the last one, unless a hint has come since.
  if (outcomes.length === limit) reader.hasMore = true
  if (outcomes.length > 0) {
    subscription.readers.splice(subscription.readers.indexOf(reader), 1)
    subscription.readers.push(reader)
  }
  return [live, ...effects, ...readMore(live)]
}

/** Drops from the log what was seen, up to the last of each shard. */
const seen = (live: Live, { id, seq }: Extract<ProducerFrame, { type: 'seen' }>): ProducerStep => {
  const { subscription, args } = live
  const lasts = new Map<number, Unseen>()
  let count = 0
  for (const one of subscription?.unseen ?? []) {
    if (one.seq > seq) break
    lasts.set(one.shard, one)
    count++
  }
  if (subscription === null || count === 0) return id === undefined ? [live] : [live, answerTo(id, ack({}))]
  subscription.unseen.splice(0, count)
  const request = id === undefined ? undefined : { id, left: lasts.size }
  const effects: NodeEffect[] = [...lasts.values()].map((last) => ({
    kind: 'run',
    tag: expect(live, { kind: 'dropping', last, request }),
    procedure: dropSeen(last.shard, subscription.log, seenUpTo(subscription, last), args.identity.tenant),
  }))
  return [live, ...effects, ...readMore(live)]
}

/** Whoever has seen an outcome has seen the gap that was told before it. */
const seenUpTo = ({ readers }: Subscription, { shard, seq, id }: Unseen): SeenUpTo => {
  const told = readers.find((reader) => reader.shard === shard)?.told
  return told !== undefined && seq > told.behind ? { upTo: id, gap: told.gap } : { upTo: id }
}

/** One shard has dropped what was seen; the last one answers. */
const dropped = (request: Seeing | undefined): readonly NodeEffect[] => {
  if (request === undefined || --request.left !== 0) return []
  return [answerTo(request.id, ack({}))]
}

/** It stays in the log, and counts as unseen again, so that the next `seen` drops it. */
const notDropped = (
  { subscription }: Live,
  { last, request }: Extract<Pending, { kind: 'dropping' }>,
  reply: Reply,
): readonly NodeEffect[] => {
  subscription?.unseen.push(last)
  subscription?.unseen.sort((a, b) => a.seq - b.seq)
  if (request === undefined || request.left <= 0) return []
  request.left = 0
  return [answerTo(request.id, reply)]
}
