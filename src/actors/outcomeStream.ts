/**
 * Outcomes on their way to a producer: read from its subscriber's log shard by shard, a window of them under way, and
 * dropped from the log once seen.
 */
import type { ProducerFrame } from '../protocol/frames.js'
import { dropSeen, type OutcomePage, readOutcomes, type SeenUpTo } from '../tasks/outcomes.js'
import { ack, type Reply } from '../tasks/reply.js'
import { answerTo } from './answer.js'
import { type NodeEffect, send } from './effects.js'
import {
  expect,
  type Live,
  type Pending,
  type ProducerSessionArgs,
  type ProducerSessionState,
  type Reader,
  type Seeing,
  type Subscription,
  type Unseen,
} from './producerSessionState.js'
import type { Step } from './runtime/actor.js'

/** Read at a time, of one shard, at the most. */
const pageSize = 256

type ProducerStep = Step<ProducerSessionState, NodeEffect>

/** A page has room for the largest output, so what is under way stays within its bytes. */
const pageBytes = ({ aheadBytes, limits }: ProducerSessionArgs): number => Math.min(aheadBytes, limits.outputBytes)

/** Reads on in each shard that may have more, while the window has room. */
export const readMore = (live: Live): readonly NodeEffect[] => {
  const { subscription, args } = live
  if (subscription === null) return []
  const effects: NodeEffect[] = []
  const maxBytes = pageBytes(args)
  let room = args.limits.outcomeWindow - subscription.unseen.length
  let roomBytes = args.aheadBytes - subscription.unseenBytes
  for (const { reading } of subscription.readers) {
    room -= reading
    if (reading > 0) roomBytes -= maxBytes
  }
  for (const reader of subscription.readers) {
    if (room <= 0 || roomBytes < maxBytes) break
    if (reader.reading > 0 || !reader.hasMore) continue
    const limit = Math.min(room, pageSize)
    reader.reading = limit
    reader.hasMore = false
    room -= limit
    roomBytes -= maxBytes
    const { shard, cursor, looksForGap } = reader
    reader.looksForGap = false
    const after = cursor === undefined ? {} : { after: cursor }
    const procedure = readOutcomes(shard, subscription.log, { ...after, limit, maxBytes, looksForGap })
    effects.push({ kind: 'run', tag: expect(live, { kind: 'reading', reader }), procedure })
  }
  return effects
}

export const closeReplaced: NodeEffect = {
  kind: 'close',
  code: 4001,
  reason: 'another connection took the subscriber name',
}

export const deliver = (live: Live, reader: Reader, { outcomes, hasMore, gap, newest }: OutcomePage): ProducerStep => {
  const { subscription } = live
  reader.reading = 0
  if (subscription === null) return [live]
  // Its hint was lost.
  if (newest > subscription.connection) return [live, closeReplaced]
  if (reader.isOutdated) {
    reader.isOutdated = false
    return [live, ...readMore(live)]
  }
  const effects: NodeEffect[] = []
  if (gap !== undefined && (gap.since !== reader.told?.gap.since || gap.until !== reader.told.gap.until)) {
    reader.told = { gap, behind: subscription.seq }
    effects.push(send({ type: 'gap', ...gap }))
  }
  for (const { id, told, bytes } of outcomes) {
    subscription.seq++
    subscription.unseen.push({ seq: subscription.seq, shard: reader.shard, id, bytes })
    subscription.unseenBytes += bytes
    effects.push(send(Object.assign({ type: 'outcome', seq: subscription.seq }, told)))
    reader.cursor = id
  }
  // Else it was the last one, unless a hint has come since.
  if (hasMore) reader.hasMore = true
  if (outcomes.length > 0) {
    subscription.readers.splice(subscription.readers.indexOf(reader), 1)
    subscription.readers.push(reader)
  }
  return [live, ...effects, ...readMore(live)]
}

/** Drops from the log what was seen, up to the last of each shard. */
export const seen = (live: Live, { id, seq }: Extract<ProducerFrame, { type: 'seen' }>): ProducerStep => {
  const { subscription, args } = live
  const lasts = new Map<number, Unseen>()
  let count = 0
  let seenBytes = 0
  for (const one of subscription?.unseen ?? []) {
    if (one.seq > seq) break
    lasts.set(one.shard, one)
    seenBytes += one.bytes
    count++
  }
  if (subscription === null || count === 0) return id === undefined ? [live] : [live, answerTo(id, ack({}))]
  subscription.unseen.splice(0, count)
  subscription.unseenBytes -= seenBytes
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
export const dropped = (request: Seeing | undefined): readonly NodeEffect[] => {
  if (request === undefined || --request.left !== 0) return []
  return [answerTo(request.id, ack({}))]
}

/** It stays in the log, and counts as unseen again, so that the next `seen` drops it. */
export const notDropped = (
  { subscription }: Live,
  { last, request }: Extract<Pending, { kind: 'dropping' }>,
  reply: Reply,
): readonly NodeEffect[] => {
  // Its bytes have left; they keep no room from others.
  subscription?.unseen.push({ ...last, bytes: 0 })
  subscription?.unseen.sort((a, b) => a.seq - b.seq)
  if (request === undefined || request.left <= 0) return []
  request.left = 0
  return [answerTo(request.id, reply)]
}
