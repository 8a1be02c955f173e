/**
 * Where a webhook's events come from: in each shard the tenant's sealed record and the logs of its subscribers, and what
 * was given up and is to be tried anew.
 *
 * Cards are read behind a position that the webhook keeps. Outcomes are the subscriber's: what was delivered is seen,
 * and dropped from its log.
 */
import type { Fields } from '../ledger/port.js'
import { Raw } from '../protocol/raw.js'
import { auditOf, outcomeOf } from '../tasks/entries.js'
import { cardKey, outcomeLog, sealedLog, taskKey } from '../tasks/keys.js'
import { type Gap, readOutcomes, type Told } from '../tasks/outcomes.js'
import { log, type Procedure, range, read, readOne } from '../tasks/procedure.js'
import { entryLineOf } from '../tasks/recordLines.js'
import { againSet, deadKey, type Progress, type Webhook } from '../tasks/webhook.js'
import { cardEvent, cardEventType, eventId, gapEvent, outcomeEvent, type WebhookEvent } from './event.js'

export type Source =
  | { readonly kind: 'again' }
  | { readonly kind: 'cards'; readonly shard: number }
  | { readonly kind: 'outcomes'; readonly shard: number; readonly sub: string; readonly subscriber: string }

/** As a text that is the same for the same source. */
export const nameOf = (source: Source): string => {
  if (source.kind === 'again') return 'again'
  return source.kind === 'cards'
    ? `cards/${source.shard}`
    : `outcomes/${source.shard}/${source.sub}/${source.subscriber}`
}

export const sourcesOf = ({ cards, outcomes }: Webhook, shards: number): readonly Source[] => {
  const sources: Source[] = [{ kind: 'again' }]
  for (let shard = 0; shard < shards; shard++) {
    if (cards) sources.push({ kind: 'cards', shard })
    for (const { sub, subscriber } of outcomes) sources.push({ kind: 'outcomes', shard, sub, subscriber })
  }
  return sources
}

/** What a given-up delivery needs to be made again. */
export type Origin =
  | { readonly kind: 'cards'; readonly shard: number; readonly entry: string }
  | { readonly kind: 'outcome'; readonly shard: number; readonly subscriber: string; readonly entry: string }
  | { readonly kind: 'gap'; readonly subscriber: string; readonly gap: Gap }

/** One thing of a source: where it stands there, and what is to be told of it, if anything. */
export type Item = {
  readonly at: string
  readonly told?: { readonly event: WebhookEvent; readonly origin: Origin }
  readonly gap?: Gap
}

export type SourcePage = { readonly items: readonly Item[]; readonly hasMore: boolean }

const entriesAtOnce = 256
const outcomesAtOnce = 32
const outcomesMaxBytes = 2 * 1_048_576

/** The next of a source, in its order. */
export function* readSource(home: number, webhook: Webhook, progress: Progress, source: Source): Procedure<SourcePage> {
  switch (source.kind) {
    case 'again':
      return yield* readAgain(home, webhook)
    case 'cards':
      return yield* readCards(webhook, source.shard, progress.read.get(source.shard))
    case 'outcomes':
      return yield* readOutcomesOf(webhook, source)
  }
}

function* readCards(webhook: Webhook, shard: number, after: string | undefined): Procedure<SourcePage> {
  const name = sealedLog(webhook.tenant)
  const page = yield* log({ shard, log: name, limit: entriesAtOnce, ...(after === undefined ? {} : { after }) })
  const all = page.entries.map(({ id, entry }) => {
    const { entry: said, generation, seq } = entryLineOf(entry)
    const event = eventId(webhook.tenant, shard, generation, seq)
    return { at: id, said, event, type: said.at < webhook.since ? null : cardEventType(said) }
  })
  const wanted = all.filter(({ type }) => type !== null)
  const records =
    wanted.length === 0
      ? []
      : yield* readInSteps(
          shard,
          wanted.map(({ said }) => cardKey(said.review ?? '')),
        )
  let next = 0
  const items = all.map(({ at, said, event: id, type }): Item => {
    if (type === null) return { at }
    const event = cardEvent(id, type, said, records[next++] ?? null)
    return { at, told: { event, origin: { kind: 'cards', shard, entry: JSON.stringify(said) } } }
  })
  return { items, hasMore: page.entries.length === entriesAtOnce }
}

const recordsAtOnce = 16

/** A card's record comes with its output, which isn't kept. */
function* readInSteps(shard: number, keys: readonly string[]): Procedure<readonly (Fields | null)[]> {
  const records: (Fields | null)[] = []
  for (let at = 0; at < keys.length; at += recordsAtOnce) {
    for (const fields of yield* read(shard, keys.slice(at, at + recordsAtOnce))) {
      records.push(fields === null ? null : withoutOutput(fields))
    }
  }
  return records
}

const withoutOutput = ({ output: _, edited: __, ...rest }: Fields): Fields => rest

function* readOutcomesOf(
  { tenant }: Webhook,
  { shard, sub, subscriber }: Extract<Source, { kind: 'outcomes' }>,
): Procedure<SourcePage> {
  const name = outcomeLog(tenant, sub, subscriber)
  const options = { limit: outcomesAtOnce, maxBytes: outcomesMaxBytes, looksForGap: true }
  const { outcomes, hasMore, gap } = yield* readOutcomes(shard, name, options)
  const items = outcomes.map(({ id: at, told }): Item => {
    const { output: _, ...entry } = told
    const origin: Origin = { kind: 'outcome', shard, subscriber, entry: JSON.stringify(entry) }
    return { at, told: { event: outcomeEvent(eventId(name, shard, at), subscriber, told), origin } }
  })
  const [first] = items
  if (gap === undefined || first === undefined) return { items, hasMore }
  const event = gapEvent(eventId(name, shard, 'gap', gap.since, gap.until), subscriber, gap)
  return { items: [{ at: '', gap, told: { event, origin: { kind: 'gap', subscriber, gap } } }, ...items], hasMore }
}

function* readAgain(home: number, webhook: Webhook): Procedure<SourcePage> {
  const { tenant, name } = webhook
  const { members } = yield* range({ shard: home, set: againSet(tenant, name), limit: outcomesAtOnce })
  const items: Item[] = []
  for (const { member } of members) {
    const fields = yield* readOne(home, deadKey(tenant, name, member))
    const origin = fields === null ? null : (JSON.parse(String(fields.origin)) as Origin)
    const event = origin === null ? null : yield* eventOf(member, origin)
    items.push({ at: member, ...(origin === null || event === null ? {} : { told: { event, origin } }) })
  }
  return { items, hasMore: members.length === outcomesAtOnce }
}

/** As it would be told now: an output stands in its task's record, as long as there is one. */
function* eventOf(id: string, origin: Origin): Procedure<WebhookEvent | null> {
  if (origin.kind === 'gap') return gapEvent(id, origin.subscriber, origin.gap)
  const bytes = Buffer.from(origin.entry)
  if (origin.kind === 'cards') {
    const entry = auditOf(bytes)
    const type = cardEventType(entry)
    return type === null ? null : cardEvent(id, type, entry, yield* readOne(origin.shard, cardKey(entry.review ?? '')))
  }
  const told: Told = outcomeOf(bytes)
  const isReleased = told.final && (told.status === 'COMPLETED' || told.status === 'APPROVED')
  const output = isReleased ? (yield* readOne(origin.shard, taskKey(told.task)))?.output : undefined
  return outcomeEvent(id, origin.subscriber, output instanceof Uint8Array ? { ...told, output: new Raw(output) } : told)
}
