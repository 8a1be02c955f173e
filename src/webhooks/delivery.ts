/**
 * Delivers what a webhook has to be told: from its sources, one after the other, each noted before the next is sent.
 *
 * A delivery that doesn't arrive holds up those behind it until it does or is given up, so what a card or a task went
 * through is told in order. If the process dies between a delivery and its note, it is delivered again under the same id.
 */
import { courierAddress } from '../actors/addresses.js'
import type { Posted } from '../actors/effects.js'
import type { Guard, Patch, Write } from '../ledger/port.js'
import type { Desk } from '../tasks/desk.js'
import type { Duty } from '../tasks/due.js'
import { outcomeLog, subscriberKey } from '../tasks/keys.js'
import { dropSeen, forgetGap } from '../tasks/outcomes.js'
import { ask, commit, type Procedure, range, read, now as readNow } from '../tasks/procedure.js'
import {
  againSet,
  deadKey,
  deadSet,
  type Progress,
  progressKey,
  progressOf,
  readField,
  type Webhook,
  webhookKey,
  webhookOf,
} from '../tasks/webhook.js'
import { isOver, pauseMs } from './backoff.js'
import { bodyOf, type WebhookEvent } from './event.js'
import { signedHeaders } from './signature.js'
import { type Item, nameOf, readSource, type Source } from './sources.js'

export type Round =
  /** Nothing waits in these sources. */
  | { readonly kind: 'clean' }
  /** Some of these sources were not looked through yet. */
  | { readonly kind: 'more'; readonly left: readonly Source[] }
  | { readonly kind: 'waits'; readonly until: number; readonly left: readonly Source[] }
  /** The webhook has changed or is gone, or its shard is another's. */
  | { readonly kind: 'lost' }

/** After so many others have their turn. */
const deliveriesPerRound = 64
const deadMost = 1_000
const askMs = 15_000

type Work = {
  readonly desk: Pick<Desk, 'chance'>
  readonly duty: Duty
  readonly webhook: Webhook
  progress: Progress
}

export function* deliver(
  desk: Pick<Desk, 'chance'>,
  duty: Duty,
  { tenant, name, version }: Webhook,
  sources: readonly Source[],
): Procedure<Round> {
  const [fields, standing] = yield* read(duty.shard, [webhookKey(tenant, name), progressKey(tenant, name)])
  if (fields === null || fields === undefined || fields.version !== version) return { kind: 'lost' }
  const work: Work = { desk, duty, webhook: webhookOf(fields), progress: progressOf(standing ?? null) }
  const { trying } = work.progress
  if (trying !== undefined && trying.nextAt > (yield* readNow())) {
    return { kind: 'waits', until: trying.nextAt, left: sources }
  }
  const ordered = triedFirst(sources, trying?.source)
  let left = deliveriesPerRound
  for (const [at, source] of ordered.entries()) {
    for (let hasMore = true; hasMore; ) {
      if (left <= 0) return { kind: 'more', left: ordered.slice(at) }
      const page = yield* readSource(duty.shard, work.webhook, work.progress, source)
      hasMore = page.hasMore
      for (const item of page.items.filter(({ told }) => told !== undefined)) {
        const outcome = yield* deliverItem(work, source, item)
        if (outcome === 'lost') return { kind: 'lost' }
        if (outcome !== 'settled') return { kind: 'waits', until: outcome.until, left: ordered.slice(at) }
        left--
      }
      if (!(yield* passOver(work, source, page.items))) return { kind: 'lost' }
    }
  }
  return { kind: 'clean' }
}

/** What couldn't be delivered goes before all others. */
const triedFirst = (sources: readonly Source[], name: string | undefined): readonly Source[] => {
  const first = sources.find((source) => nameOf(source) === name)
  return first === undefined ? sources : [first, ...sources.filter((source) => source !== first)]
}

type Delivery = 'settled' | 'lost' | { readonly until: number }

function* deliverItem(work: Work, source: Source, item: Item): Procedure<Delivery> {
  const { told } = item
  if (told === undefined) return 'settled'
  const { event } = told
  const posted = yield* post(work.webhook, event)
  const at = yield* readNow()
  if (isDelivered(posted)) {
    const fields = { trying: null, failingSince: null, lastAt: at, delivered: work.progress.delivered + 1 }
    return yield* settle(work, source, item, { fields, writes: goneFromAgain(work, source, item) })
  }
  const { trying, failingSince = at, dead } = work.progress
  const tries = (trying?.event === event.id ? trying.tries : 0) + 1
  const failure = { failingSince, lastError: whyOf(posted) }
  if (isOver(tries, at - event.at)) {
    const writes = yield* deadWrites(work, item, { at, tries, ...failure })
    return yield* settle(work, source, item, { fields: { ...failure, trying: null, dead: dead + 1 }, writes })
  }
  const asked = posted.kind === 'answered' ? posted.retryAfterMs : undefined
  const nextAt = at + pauseMs(tries, work.desk.chance(), asked)
  const next = { source: nameOf(source), event: event.id, tries, nextAt }
  const isNoted = yield* note(work, { ...failure, trying: JSON.stringify(next) }, [])
  return isNoted ? { until: nextAt } : 'lost'
}

export const isDelivered = (posted: Posted): boolean =>
  posted.kind === 'answered' && posted.status >= 200 && posted.status < 300

export const whyOf = (posted: Posted): string => (posted.kind === 'failed' ? posted.why : `answered ${posted.status}`)

/** Signed at the moment at which it is sent: it may have waited for long. */
export function* post(webhook: Webhook, event: WebhookEvent): Procedure<Posted> {
  const body = bodyOf(webhook, event)
  const headers = signedHeaders(webhook, { id: event.id, body }, yield* readNow())
  return yield* ask<Posted>(courierAddress, { kind: 'post', outgoing: { url: webhook.url, headers, body } }, askMs)
}

type Settlement = { readonly fields: Patch; readonly writes: readonly Write[] }

/** Notes that it is dealt with, and then lets its source go on. */
function* settle(work: Work, source: Source, item: Item, { fields, writes }: Settlement): Procedure<Delivery> {
  const passed: Patch = source.kind === 'cards' ? { [readField(source.shard)]: item.at } : {}
  if (!(yield* note(work, { ...fields, ...passed }, writes))) return 'lost'
  if (source.kind === 'outcomes') {
    const { tenant } = work.webhook
    const log = outcomeLog(tenant, source.sub, source.subscriber)
    if (item.gap === undefined) yield* dropSeen(source.shard, log, { upTo: item.at }, tenant)
    else {
      const transaction = forgetGap(subscriberKey(log), item.gap)
      yield* commit({ shard: source.shard, tenant, drains: true, transaction })
    }
  }
  return 'settled'
}

const goneFromAgain = ({ webhook: { tenant, name } }: Work, source: Source, { at }: Item): readonly Write[] =>
  source.kind !== 'again'
    ? []
    : [
        { kind: 'unindex', set: againSet(tenant, name), member: at },
        { kind: 'drop', record: deadKey(tenant, name, at) },
      ]

type Death = { readonly at: number; readonly tries: number; readonly lastError: string; readonly failingSince: number }

/** Among the dead there is room for so many: the oldest goes for it. */
function* deadWrites({ webhook: { tenant, name }, duty }: Work, { told }: Item, death: Death): Procedure<Write[]> {
  if (told === undefined) return []
  const { event, origin } = told
  const set = deadSet(tenant, name)
  const { members } = yield* range({ shard: duty.shard, set, limit: deadMost })
  const [oldest] = members
  const fields = {
    event: event.id,
    type: event.type,
    at: event.at,
    diedAt: death.at,
    tries: death.tries,
    lastError: death.lastError,
    origin: JSON.stringify(origin),
  }
  const isFull = members.length >= deadMost && oldest !== undefined && oldest.member !== event.id
  return [
    { kind: 'put', record: deadKey(tenant, name, event.id), fields },
    { kind: 'index', set, member: event.id, score: death.at },
    { kind: 'unindex', set: againSet(tenant, name), member: event.id },
    ...(isFull
      ? ([
          { kind: 'unindex', set, member: oldest.member },
          { kind: 'drop', record: deadKey(tenant, name, oldest.member) },
        ] as const)
      : []),
  ]
}

/** Entries that nothing is told of are passed over, and not read again. */
function* passOver(work: Work, source: Source, items: readonly Item[]): Procedure<boolean> {
  const last = items.at(-1)
  if (last === undefined) return true
  if (source.kind === 'cards') {
    return last.told !== undefined || (yield* note(work, { [readField(source.shard)]: last.at }, []))
  }
  if (source.kind !== 'again') return true
  const empty = items.filter(({ told }) => told === undefined)
  if (empty.length === 0) return true
  return yield* note(
    work,
    {},
    empty.flatMap((item) => goneFromAgain(work, source, item)),
  )
}

/** False: it is another's by now. */
function* note(work: Work, fields: Patch, writes: readonly Write[]): Procedure<boolean> {
  const { tenant, name, version } = work.webhook
  const { shard, epoch } = work.duty
  const record = progressKey(tenant, name)
  const guards: Guard[] = [
    { kind: 'epoch', n: epoch },
    { kind: 'equals', record: webhookKey(tenant, name), field: 'version', value: version },
  ]
  const transaction = { guards, writes: [{ kind: 'put', record, fields } as const, ...writes] }
  const outcome = yield* commit({ shard, tenant, drains: true, transaction })
  if (outcome.kind === 'invalid') throw new Error(`webhook: ${outcome.why}`)
  if (outcome.kind !== 'done') return false
  const [standing] = yield* read(shard, [record])
  work.progress = progressOf(standing ?? null)
  return true
}
