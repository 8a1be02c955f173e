/** What admins ask about webhooks: to see them, set and remove them, try one, and send again what was given up. */
import type { Identity } from '../actors/effects.js'
import type { Guard, Write } from '../ledger/port.js'
import type { FrameOf } from '../protocol/frames.js'
import type { Desk } from '../tasks/desk.js'
import { auditWrites } from '../tasks/entries.js'
import { commit, type Procedure, range, read, readOne } from '../tasks/procedure.js'
import { ack, overloaded, type Reply, refuse } from '../tasks/reply.js'
import { shardOf } from '../tasks/shardOf.js'
import {
  againSet,
  deadKey,
  deadSet,
  type HookSource,
  type Progress,
  progressKey,
  progressOf,
  type Webhook,
  webhookCount,
  webhookFields,
  webhookKey,
  webhookNames,
  webhookOf,
  webhookSet,
  webhooksMost,
} from '../tasks/webhook.js'
import { isDelivered, post, whyOf } from './delivery.js'
import { eventId, pingEvent } from './event.js'
import { secretFrom } from './signature.js'

type Frame<Type extends string> = Extract<FrameOf<'operator'>, { type: Type }>

export type WebhookRequests = {
  readonly webhooks: (by: Identity, frame: Frame<'webhooks'>, now: number) => Procedure<Reply>
  readonly setWebhook: (by: Identity, frame: Frame<'setWebhook'>, now: number) => Procedure<Reply>
  readonly removeWebhook: (by: Identity, frame: Frame<'removeWebhook'>, now: number) => Procedure<Reply>
  readonly testWebhook: (by: Identity, frame: Frame<'testWebhook'>, now: number) => Procedure<Reply>
  readonly deadDeliveries: (by: Identity, frame: Frame<'deadDeliveries'>, now: number) => Procedure<Reply>
  readonly resend: (by: Identity, frame: Frame<'resend'>, now: number) => Procedure<Reply>
}

export type WebhookOffice = {
  readonly desk: Pick<Desk, 'shards' | 'newId'>
  /** Why nothing is ever sent to this address; null: nothing is known against it. */
  readonly whyRefused: (url: string) => string | null
}

const adminOnly = refuse('FORBIDDEN', 'Webhooks are for the role admin.')
const notFound = refuse('NOT_FOUND', 'name: there is no webhook of this name')
const tooMany = refuse('INVALID', `name: a tenant has at most ${webhooksMost} webhooks`)
const noUrl = refuse('INVALID', 'url: missing, expected an https address')
const changedMeanwhile = refuse('CHANGED', 'name: the webhook was changed meanwhile')
const noEvents = refuse('INVALID', 'cards, outcomes: expected one of them at least')

/** For so long both secrets sign. */
const formerSecretMs = 24 * 3_600_000
const tries = 8
const crowdedRetryMs = 500
const pageMost = 1_000
/** Of what waits to be sent again. */
const againMost = 1_000
/** Of one transaction. */
const writesMost = 500

export const webhookRequests = (office: WebhookOffice): WebhookRequests => {
  const homeOf = (tenant: string) => shardOf(tenant, office.desk.shards)
  const forAdmins = <F>(perform: (by: Identity, frame: F, now: number) => Procedure<Reply>) =>
    function* (by: Identity, frame: F, now: number): Procedure<Reply> {
      return by.roles.includes('admin') ? yield* perform(by, frame, now) : adminOnly
    }
  return {
    webhooks: forAdmins(({ tenant }) => listWebhooks(homeOf(tenant), tenant)),
    setWebhook: forAdmins((by, frame, now) => setWebhook(office, homeOf(by.tenant), by, frame, now)),
    removeWebhook: forAdmins((by, { name }, now) => removeWebhook(homeOf(by.tenant), by, name, now)),
    testWebhook: forAdmins((by, { name }, now) => testWebhook(office, homeOf(by.tenant), by, name, now)),
    deadDeliveries: forAdmins(({ tenant }, frame) => listDead(homeOf(tenant), tenant, frame)),
    resend: forAdmins(({ tenant }, frame, now) => resend(homeOf(tenant), tenant, frame, now)),
  }
}

function* listWebhooks(home: number, tenant: string): Procedure<Reply> {
  const { members } = yield* range({ shard: home, set: webhookNames(tenant), limit: webhooksMost })
  const names = members.map(({ member }) => member)
  const keys = names.flatMap((name) => [webhookKey(tenant, name), progressKey(tenant, name)])
  const records = keys.length === 0 ? [] : yield* read(home, keys)
  const webhooks = names.flatMap((_, at) => {
    const fields = records[2 * at]
    return fields === null || fields === undefined
      ? []
      : [shown(webhookOf(fields), progressOf(records[2 * at + 1] ?? null))]
  })
  return ack({ webhooks })
}

/** As admins see it: the secret is told once, when it is made. */
const shown = (webhook: Webhook, { trying, failingSince, lastError, lastAt, delivered, dead }: Progress) => ({
  name: webhook.name,
  version: webhook.version,
  url: webhook.url,
  cards: webhook.cards,
  outcomes: webhook.outcomes,
  since: webhook.since,
  by: webhook.by,
  at: webhook.at,
  status: failingSince === undefined ? 'OK' : 'FAILING',
  delivered,
  dead,
  ...(lastAt === undefined ? {} : { lastAt }),
  ...(failingSince === undefined ? {} : { failingSince, lastError }),
  ...(trying === undefined ? {} : { trying: { event: trying.event, tries: trying.tries, nextAt: trying.nextAt } }),
})

function* setWebhook(
  { desk, whyRefused }: WebhookOffice,
  home: number,
  { tenant, sub }: Identity,
  frame: Frame<'setWebhook'>,
  now: number,
): Procedure<Reply> {
  const { name, rotate = false } = frame
  const why = frame.url === undefined ? null : whyRefused(frame.url)
  if (why !== null) return refuse('INVALID', `url: ${why}`)
  for (let round = 0; round < tries; round++) {
    const [fields, count, progress] = yield* read(home, [
      webhookKey(tenant, name),
      webhookCount(tenant),
      progressKey(tenant, name),
    ])
    const before = fields ? webhookOf(fields) : null
    const url = frame.url ?? before?.url
    if (url === undefined) return noUrl
    const webhooks = Number(count?.n ?? 0)
    if (before === null && webhooks >= webhooksMost) return tooMany
    const cards = frame.cards ?? before?.cards ?? false
    const outcomes = distinct(frame.outcomes ?? before?.outcomes ?? [])
    if (!cards && outcomes.length === 0) return noEvents
    const makesSecret = before === null || rotate
    const secret = makesSecret ? secretFrom(desk.newId() + desk.newId()) : before.secret
    const next: Webhook = {
      tenant,
      name,
      // Past the clock, so that it also grows after the ledger has lost data, and after a removal.
      version: Math.max((before?.version ?? 0) + 1, now),
      url,
      cards,
      outcomes,
      secret,
      ...formerOf(before, rotate, now),
      since: before?.cards === true ? before.since : now,
      by: sub,
      at: now,
    }
    if (before !== null && !rotate && isSame(before, next)) {
      return ack({ webhook: shown(before, progressOf(progress ?? null)), changed: false })
    }
    const kind = 'webhookChanged'
    const about = { name, origin: new URL(url).origin, cards, outcomes, ...(rotate ? { rotated: true } : {}) }
    const outcome = yield* commit({
      shard: home,
      tenant,
      drains: false,
      transaction: {
        guards: [
          asItWas(tenant, name, before),
          { kind: 'below', record: webhookCount(tenant), field: 'n', n: webhooks + 1 },
        ],
        writes: [
          { kind: 'put', record: webhookKey(tenant, name), fields: webhookFields(next) },
          ...(before === null ? addedWrites(tenant, name) : []),
          // Another address, or another secret: it is tried at once.
          { kind: 'put', record: progressKey(tenant, name), fields: { trying: null } },
          ...auditWrites(tenant, { at: now, kind, by: sub, ...about }),
        ],
      },
    })
    if (outcome.kind === 'overloaded') return overloaded(outcome.retryAfterMs)
    if (outcome.kind === 'invalid') throw new Error(`webhook: ${outcome.why}`)
    if (outcome.kind === 'done') {
      const told = shown(next, progressOf(progress ?? null))
      return ack({ webhook: told, changed: true, ...(makesSecret ? { secret } : {}) })
    }
  }
  return overloaded(crowdedRetryMs)
}

const formerOf = (before: Webhook | null, rotate: boolean, now: number): Pick<Webhook, 'formerSecret'> => {
  if (before === null) return {}
  if (rotate) return { formerSecret: { secret: before.secret, until: now + formerSecretMs } }
  return before.formerSecret === undefined || before.formerSecret.until <= now
    ? {}
    : { formerSecret: before.formerSecret }
}

const distinct = (sources: readonly HookSource[]): readonly HookSource[] => [
  ...new Map(sources.map(({ sub, subscriber }) => [`${sub}/${subscriber}`, { sub, subscriber }])).values(),
]

const isSame = (a: Webhook, b: Webhook): boolean =>
  a.url === b.url && a.cards === b.cards && JSON.stringify(a.outcomes) === JSON.stringify(b.outcomes)

const asItWas = (tenant: string, name: string, before: Webhook | null): Guard => ({
  kind: 'equals',
  record: webhookKey(tenant, name),
  field: 'version',
  value: before?.version ?? null,
})

const addedWrites = (tenant: string, name: string): readonly Write[] => [
  { kind: 'index', set: webhookSet, member: `${tenant}/${name}`, score: 0 },
  { kind: 'index', set: webhookNames(tenant), member: name, score: 0 },
  { kind: 'add', record: webhookCount(tenant), field: 'n', n: 1 },
]

function* removeWebhook(home: number, { tenant, sub }: Identity, name: string, now: number): Procedure<Reply> {
  const fields = yield* readOne(home, webhookKey(tenant, name))
  if (fields === null) return notFound
  const guards = [asItWas(tenant, name, webhookOf(fields))]
  let kept = yield* keptBy(home, tenant, name)
  while (kept.length > writesMost) {
    const transaction = { guards, writes: kept.slice(0, writesMost) }
    const emptied = yield* commit({ shard: home, tenant, drains: true, transaction })
    if (emptied.kind === 'overloaded') return overloaded(emptied.retryAfterMs)
    if (emptied.kind !== 'done') return changedMeanwhile
    kept = yield* keptBy(home, tenant, name)
  }
  const outcome = yield* commit({
    shard: home,
    tenant,
    drains: true,
    transaction: {
      guards,
      writes: [
        { kind: 'drop', record: webhookKey(tenant, name) },
        { kind: 'drop', record: progressKey(tenant, name) },
        { kind: 'unindex', set: webhookSet, member: `${tenant}/${name}` },
        { kind: 'unindex', set: webhookNames(tenant), member: name },
        { kind: 'add', record: webhookCount(tenant), field: 'n', n: -1 },
        ...kept,
        ...auditWrites(tenant, { at: now, kind: 'webhookRemoved', by: sub, name }),
      ],
    },
  })
  if (outcome.kind === 'done') return ack({ removed: name })
  if (outcome.kind === 'overloaded') return overloaded(outcome.retryAfterMs)
  return changedMeanwhile
}

function* keptBy(home: number, tenant: string, name: string): Procedure<Write[]> {
  const writes: Write[] = []
  for (const set of [deadSet(tenant, name), againSet(tenant, name)]) {
    const { members } = yield* range({ shard: home, set, limit: 2 * pageMost })
    for (const { member } of members) {
      writes.push({ kind: 'unindex', set, member }, { kind: 'drop', record: deadKey(tenant, name, member) })
    }
  }
  return writes
}

/** Sent at once, by this node, beside what waits. */
function* testWebhook(
  { desk }: WebhookOffice,
  home: number,
  { tenant, sub }: Identity,
  name: string,
  now: number,
): Procedure<Reply> {
  const fields = yield* readOne(home, webhookKey(tenant, name))
  if (fields === null) return notFound
  const posted = yield* post(webhookOf(fields), pingEvent(eventId('ping', desk.newId()), now, sub))
  return ack({
    delivered: isDelivered(posted),
    tookMs: posted.tookMs,
    ...(posted.kind === 'answered' ? { status: posted.status } : {}),
    ...(isDelivered(posted) ? {} : { error: whyOf(posted) }),
  })
}

function* listDead(home: number, tenant: string, frame: Frame<'deadDeliveries'>): Procedure<Reply> {
  const { name, limit = 50, cursor } = frame
  if ((yield* readOne(home, webhookKey(tenant, name))) === null) return notFound
  const page = yield* range({
    shard: home,
    set: deadSet(tenant, name),
    limit: Math.min(limit, pageMost),
    ...(cursor === undefined ? {} : { after: cursor }),
  })
  const keys = page.members.map(({ member }) => deadKey(tenant, name, member))
  const records = keys.length === 0 ? [] : yield* read(home, keys)
  const dead = records.flatMap((fields) => {
    if (fields === null) return []
    const { event, type, at, diedAt, tries: tried, lastError } = fields
    return [{ event, type, at, diedAt, tries: tried, lastError }]
  })
  return ack({ dead, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) })
}

/** One of those that were given up, or all of them: they go before what waits. */
function* resend(home: number, tenant: string, frame: Frame<'resend'>, now: number): Procedure<Reply> {
  const { name, event } = frame
  if ((yield* readOne(home, webhookKey(tenant, name))) === null) return notFound
  const from = deadSet(tenant, name)
  const { members } = yield* range({ shard: home, set: from, limit: pageMost })
  const chosen = members.filter(({ member }) => event === undefined || member === event)
  if (event !== undefined && chosen.length === 0) return refuse('NOT_FOUND', 'event: none of this id was given up')
  const before = yield* range({ shard: home, set: againSet(tenant, name), limit: againMost })
  const room = Math.max(0, againMost - before.members.length)
  const moved = chosen.slice(0, room).flatMap(({ member }): Write[] => [
    { kind: 'unindex', set: from, member },
    { kind: 'index', set: againSet(tenant, name), member, score: now },
  ])
  const guards: readonly Guard[] = [{ kind: 'equals', record: webhookKey(tenant, name), field: 'name', value: name }]
  for (let at = 0; at < moved.length; at += writesMost) {
    const transaction = { guards, writes: moved.slice(at, at + writesMost) }
    const outcome = yield* commit({ shard: home, tenant, drains: true, transaction })
    if (outcome.kind === 'refused') return notFound
    if (outcome.kind === 'overloaded') return overloaded(outcome.retryAfterMs)
  }
  return ack({ resent: moved.length / 2 })
}
