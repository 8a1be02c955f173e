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
  type ProducerSessionState,
  type Reader,
  type Seeing,
  type Subscription,
  type Unseen,
} from './producerSessionState.js'
import type { Step } from './runtime/actor.js'

/** Read at a time, of one shard. */
const pageSize = 256

type ProducerStep = Step<ProducerSessionState, NodeEffect>

/** Reads on in each shard that may have more, while the window has room. */
export const readMore = (live: Live): readonly NodeEffect[] => {
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

export const deliver = (live: Live, reader: Reader, { outcomes, gap }: OutcomePage): ProducerStep => {
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
export const seen = (live: Live, { id, seq }: Extract<ProducerFrame, { type: 'seen' }>): ProducerStep => {
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
  subscription?.unseen.push(last)
  subscription?.unseen.sort((a, b) => a.seq - b.seq)
  if (request === undefined || request.left <= 0) return []
  request.left = 0
  return [answerTo(request.id, reply)]
}
