/**
 * A webhook: where a tenant wants to be told of its cards and outcomes. It stands in the tenant's shard, whose owner
 * sees to its deliveries.
 *
 * Beside it stands how far its deliveries have come (`Progress`). Both are guarded by the shard's epoch: an owner that
 * slept through its own replacement moves nothing.
 */
import type { Fields, Patch } from '../ledger/port.js'
import { type Procedure, range, read } from './procedure.js'

/** Outcomes kept for this subscriber of this `sub`. */
export type HookSource = { readonly sub: string; readonly subscriber: string }

export type Webhook = {
  readonly tenant: string
  readonly name: string
  /** Grows with each change. */
  readonly version: number
  readonly url: string
  readonly cards: boolean
  readonly outcomes: readonly HookSource[]
  /** What deliveries are signed with. */
  readonly secret: string
  /** After a change of secret both sign for a while. */
  readonly formerSecret?: { readonly secret: string; readonly until: number }
  /** Cards are told from here on. */
  readonly since: number
  readonly by: string
  readonly at: number
}

/** How far a webhook's deliveries have come. */
export type Progress = {
  /** In each shard's record: the last entry that was dealt with. */
  readonly read: ReadonlyMap<number, string>
  /** What couldn't be delivered yet, how often it was tried, and when it is tried again. */
  readonly trying?: { readonly source: string; readonly event: string; readonly tries: number; readonly nextAt: number }
  /** Since when nothing arrives; missing: the last delivery arrived. */
  readonly failingSince?: number
  /** Of the last delivery that didn't arrive. */
  readonly lastError?: string
  readonly lastAt?: number
  readonly delivered: number
  /** Given up, ever. */
  readonly dead: number
}

export const webhooksMost = 16

/** Webhooks of a shard, as `tenant/name`. */
export const webhookSet = 'webhooks'
export const webhookNames = (tenant: string): string => `webhooks/${tenant}`
export const webhookKey = (tenant: string, name: string): string => `webhook/${tenant}/${name}`
export const progressKey = (tenant: string, name: string): string => `webhookProgress/${tenant}/${name}`
/** How many a tenant has, so that two at once can't make one too many. */
export const webhookCount = (tenant: string): string => `webhookCount/${tenant}`

/** Deliveries that were given up, and those that are to be tried anew: ids of events by when they came there. */
export const deadSet = (tenant: string, name: string): string => `webhookDead/${tenant}/${name}`
export const againSet = (tenant: string, name: string): string => `webhookAgain/${tenant}/${name}`
export const deadKey = (tenant: string, name: string, event: string): string => `webhookDead/${tenant}/${name}/${event}`

export const webhookFields = ({ outcomes, formerSecret, ...plain }: Webhook): Patch => ({
  ...plain,
  outcomes: JSON.stringify(outcomes),
  formerSecret: formerSecret === undefined ? null : JSON.stringify(formerSecret),
})

export const webhookOf = (fields: Fields): Webhook => {
  const { formerSecret } = fields
  return {
    tenant: String(fields.tenant),
    name: String(fields.name),
    version: Number(fields.version),
    url: String(fields.url),
    cards: fields.cards === true,
    outcomes: JSON.parse(String(fields.outcomes)) as readonly HookSource[],
    secret: String(fields.secret),
    ...(typeof formerSecret === 'string' ? { formerSecret: JSON.parse(formerSecret) } : {}),
    since: Number(fields.since),
    by: String(fields.by),
    at: Number(fields.at),
  }
}

const readPrefix = 'read/'

/** The field of a shard's position. */
export const readField = (shard: number): string => readPrefix + shard

export const progressOf = (fields: Fields | null): Progress => {
  const { trying, failingSince, lastError, lastAt, delivered, dead } = fields ?? {}
  const positions = Object.entries(fields ?? {}).filter(([field]) => field.startsWith(readPrefix))
  return {
    read: new Map(positions.map(([field, at]) => [Number(field.slice(readPrefix.length)), String(at)])),
    ...(typeof trying === 'string' ? { trying: JSON.parse(trying) as NonNullable<Progress['trying']> } : {}),
    ...(typeof failingSince === 'number' ? { failingSince } : {}),
    ...(typeof lastError === 'string' ? { lastError } : {}),
    ...(typeof lastAt === 'number' ? { lastAt } : {}),
    delivered: Number(delivered ?? 0),
    dead: Number(dead ?? 0),
  }
}

const page = 256

/** For the owner of a shard: its webhooks. */
export function* readWebhooksOf(shard: number): Procedure<readonly Webhook[]> {
  const webhooks: Webhook[] = []
  let after: string | undefined
  do {
    const found = yield* range({ shard, set: webhookSet, limit: page, ...(after === undefined ? {} : { after }) })
    after = found.cursor
    if (found.members.length === 0) break
    const keys = found.members.map(({ member }) => webhookKey(...partsOf(member)))
    for (const fields of yield* read(shard, keys)) if (fields !== null) webhooks.push(webhookOf(fields))
  } while (after !== undefined)
  return webhooks
}

const partsOf = (member: string): [tenant: string, name: string] => {
  const [tenant = '', name = ''] = member.split('/')
  return [tenant, name]
}
