/**
 * What a webhook is told: an entry of the ledger's logs, as an event with an id that is the same each time it is told.
 *
 * Of a card it says that it is there and what became of it, never what was held: no output, no payload, no excerpt, no
 * path in it, and no words that an operator wrote about it. Of an outcome it says what the producer is told.
 */
import { createHash } from 'node:crypto'
import type { Fields } from '../ledger/port.js'
import { toJson } from '../protocol/json.js'
import { Unsayable } from '../protocol/packing.js'
import { Raw } from '../protocol/raw.js'
import type { AuditEntry } from '../tasks/entries.js'
import type { Gap, Told } from '../tasks/outcomes.js'
import type { Webhook } from '../tasks/webhook.js'

export type WebhookEvent = {
  readonly id: string
  readonly type: string
  /** When it happened. */
  readonly at: number
  readonly content: Readonly<Record<string, unknown>>
}

const types: Readonly<Record<string, string>> = {
  APPROVED: 'card.decided',
  REJECTED: 'card.decided',
  EXPIRED: 'card.expired',
}

/** The type of the event that an audit entry is; null: it is none. */
export const cardEventType = ({ kind, status }: AuditEntry): string | null => {
  if (kind === 'held') return 'card.opened'
  if (kind === 'withdrawn') return 'card.withdrawn'
  return kind === 'decided' ? (types[String(status)] ?? null) : null
}

/** `card`: its record; null where it is gone. What it says beyond the entry never changes. */
export const cardEvent = (id: string, type: string, entry: AuditEntry, card: Fields | null): WebhookEvent => ({
  id,
  type,
  at: entry.at,
  content: {
    card: {
      reviewId: entry.review,
      taskId: entry.task,
      status: type === 'card.opened' ? 'PENDING' : type === 'card.withdrawn' ? 'WITHDRAWN' : entry.status,
      ...pick(card, 'queue', 'step', 'attempt', 'kind', 'reason', 'severity', 'createdAt', 'deadline'),
      ...(typeof card?.agent === 'string' ? { agentId: card.agent } : {}),
      rules: rulesOf(entry, card),
      policyVersion: entry.policyVersion,
      ...(type === 'card.decided' ? { operatorId: entry.by, edited: entry.edited === true } : {}),
      ...(entry.reasonCode === undefined ? {} : { reasonCode: entry.reasonCode }),
      ...(type === 'card.opened' ? {} : { resolvedAt: entry.at }),
    },
  },
})

const pick = (fields: Fields | null, ...names: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(names.flatMap((name) => (fields?.[name] === undefined ? [] : [[name, fields[name]]])))

/** By name alone: which rules held it. */
const rulesOf = ({ rules }: AuditEntry, card: Fields | null): unknown => {
  if (rules !== undefined) return rules
  if (typeof card?.findings !== 'string') return []
  return [...new Set((JSON.parse(card.findings) as readonly { readonly rule: string }[]).map(({ rule }) => rule))]
}

export const outcomeEvent = (id: string, subscriber: string, { output, ...told }: Told): WebhookEvent => ({
  id,
  type: 'task.outcome',
  at: told.at,
  content: { subscriber, outcome: { ...told, ...saidOutput(output) } },
})

/** What can't be said in JSON is left out, and said to be. */
const saidOutput = (output: unknown): Readonly<Record<string, unknown>> => {
  if (!(output instanceof Raw)) return {}
  try {
    return { output: toJson(output.value()) }
  } catch (error) {
    if (error instanceof Unsayable) return { outputOmitted: true }
    throw error
  }
}

export const gapEvent = (id: string, subscriber: string, { since, until }: Gap): WebhookEvent => ({
  id,
  type: 'outcomes.gap',
  at: until,
  content: { subscriber, gap: { since, until } },
})

export const pingEvent = (id: string, at: number, by: string): WebhookEvent => ({
  id,
  type: 'ping',
  at,
  content: { by },
})

export const bodyOf = ({ tenant, name }: Pick<Webhook, 'tenant' | 'name'>, event: WebhookEvent): string =>
  JSON.stringify({
    type: event.type,
    timestamp: new Date(event.at).toISOString(),
    id: event.id,
    tenant,
    webhook: name,
    data: event.content,
  })

/** The same for the same place in a log, and for no other. */
export const eventId = (...place: readonly (string | number)[]): string =>
  `evt_${createHash('sha256').update(JSON.stringify(place)).digest('base64url').slice(0, 26)}`
