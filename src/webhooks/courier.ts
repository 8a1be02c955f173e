/**
 * A node's courier: sees to the deliveries of those webhooks whose shards are owned here, each on its own.
 *
 * The shard's owner says once a second which those are; one that isn't named any more is let go of. A hint says where
 * something waits, and a look at everything now and then stands behind it.
 */
import type { NodeEffect, Outgoing, Posted, PostedMessage, RanMessage } from '../actors/effects.js'
import { reply } from '../actors/effects.js'
import type { ActorDefinition } from '../actors/runtime/actor.js'
import type { Asked, From, Woke } from '../actors/runtime/effect.js'
import type { Desk } from '../tasks/desk.js'
import { outcomeLog } from '../tasks/keys.js'
import type { Webhook } from '../tasks/webhook.js'
import { deliver, type Round } from './delivery.js'
import { nameOf, type Source, sourcesOf } from './sources.js'

export type CourierArgs = { readonly desk: Pick<Desk, 'chance' | 'shards'> }

/** One webhook's deliveries. Its fields change in place. */
type Lane = {
  webhook: Webhook
  shard: number
  epoch: number
  servedAt: number
  /** Where something may wait. */
  readonly pending: Map<string, Source>
  /** The tag of the round that is under way. */
  round: number | null
  /** Nothing is sent before. */
  pausedUntil: number
}

export type CourierState = {
  readonly args: CourierArgs
  readonly lanes: Map<string, Lane>
  readonly byTenant: Map<string, readonly Lane[]>
  /** Who asked for what is on its way. */
  readonly posts: Map<number, From>
  readonly rounds: Map<number, string>
  /** From the clock on: what was asked before a restart brings back lower ones. */
  lastTag: number
}

export type CourierMessage =
  | RanMessage
  | Woke
  | PostedMessage
  /** From the owner of a shard: its webhooks, all of them. */
  | {
      readonly kind: 'serve'
      readonly shard: number
      readonly epoch: number
      readonly webhooks: readonly Webhook[]
    }
  /** A hint of the ledger: about the record, or about this log of outcomes. */
  | { readonly kind: 'changed'; readonly tenant: string; readonly shard: number; readonly log?: string }
  | { readonly kind: 'missedHints' }
  /** Answered by `Posted`. */
  | Asked<{ readonly kind: 'post'; readonly outgoing: Outgoing }>

const pollMs = 5_000
/** The owner says it once a second. */
const servedMs = 5_000
const againMs = 1_000
/** On their way at once, of all webhooks. */
const postsMost = 1_024
const roundsMost = 256

export const courier: ActorDefinition<CourierState, CourierMessage, NodeEffect, CourierArgs> = {
  name: 'courier',
  supervision: 'restart',
  control: ['ran', 'ranNot', 'woke', 'posted'],

  start: (args, _self, now) => [
    { args, lanes: new Map(), byTenant: new Map(), posts: new Map(), rounds: new Map(), lastTag: now * 1_000 },
    { kind: 'wake', key: pollKey, at: now + pollMs },
  ],

  on: {
    serve: (state, { shard, epoch, webhooks }, now) => {
      for (const webhook of webhooks) serve(state, webhook, { shard, epoch }, now)
      const named = new Set(webhooks.map(keyOf))
      for (const [key, lane] of state.lanes) if (lane.shard === shard && !named.has(key)) lane.servedAt = gone
      return [state, ...tidy(state, now), ...go(state, now)]
    },

    changed: (state, { tenant, shard, log }, now) => {
      for (const lane of state.byTenant.get(tenant) ?? []) {
        for (const source of sourcesOf(lane.webhook, state.args.desk.shards)) {
          if (isAbout(tenant, source, shard, log)) lane.pending.set(nameOf(source), source)
        }
      }
      return [state, ...go(state, now)]
    },

    missedHints: (state, _message, now) => {
      for (const lane of state.lanes.values()) lookEverywhere(state, lane)
      return [state, ...go(state, now)]
    },

    post: (state, { outgoing, from }) => {
      if (state.posts.size >= postsMost) return [state, reply(from, busy)]
      const tag = ++state.lastTag
      state.posts.set(tag, from)
      return [state, { kind: 'post', tag, outgoing }]
    },

    posted: (state, { tag, posted }) => {
      const from = state.posts.get(tag)
      state.posts.delete(tag)
      return from === undefined ? [state] : [state, reply(from, posted)]
    },

    ran: (state, { tag, result }, now) => {
      const lane = endRound(state, tag)
      if (lane === undefined) return [state]
      return [state, ...wentOn(lane, result as Round), ...tidy(state, now), ...go(state, now)]
    },

    ranNot: (state, { tag }, now) => {
      const lane = endRound(state, tag)
      if (lane === undefined) return [state]
      lookEverywhere(state, lane)
      return [state, pause(lane, now + againMs), ...tidy(state, now), ...go(state, now)]
    },

    woke: (state, { key }, now) => {
      if (key !== pollKey) return [state, ...go(state, now)]
      for (const lane of state.lanes.values()) lookEverywhere(state, lane)
      return [state, ...tidy(state, now), ...go(state, now), { kind: 'wake', key: pollKey, at: now + pollMs }]
    },
  },
}

const busy: Posted = { kind: 'failed', why: 'the node has too many deliveries under way', tookMs: 0 }
const pollKey = 'poll'
const gone = Number.NEGATIVE_INFINITY

/** Whether this node sees to anything of the tenant: others needn't be told. */
export const caresFor = ({ byTenant }: CourierState, tenant: string): boolean => byTenant.has(tenant)

const keyOf = ({ tenant, name }: Webhook): string => `${tenant}/${name}`

const serve = (state: CourierState, webhook: Webhook, at: { shard: number; epoch: number }, now: number): void => {
  const key = keyOf(webhook)
  const lane = state.lanes.get(key)
  if (lane === undefined) {
    const fresh: Lane = { webhook, ...at, servedAt: now, pending: new Map(), round: null, pausedUntil: 0 }
    state.lanes.set(key, fresh)
    lookEverywhere(state, fresh)
    const others = state.byTenant.get(webhook.tenant) ?? []
    state.byTenant.set(webhook.tenant, [...others, fresh])
    return
  }
  const isOther = lane.webhook.version !== webhook.version || lane.epoch !== at.epoch
  Object.assign(lane, { webhook, ...at, servedAt: now })
  if (!isOther) return
  lane.pausedUntil = 0
  lane.pending.clear()
  lookEverywhere(state, lane)
}

const lookEverywhere = ({ args }: CourierState, { webhook, pending }: Lane): void => {
  for (const source of sourcesOf(webhook, args.desk.shards)) pending.set(nameOf(source), source)
}

const isAbout = (tenant: string, source: Source, shard: number, log: string | undefined): boolean => {
  if (source.kind === 'again' || source.shard !== shard) return false
  if (source.kind === 'cards') return log === undefined
  return log === outcomeLog(tenant, source.sub, source.subscriber)
}

/** Lets go of what isn't served here any more, once nothing of it is under way. */
const tidy = (state: CourierState, now: number): readonly NodeEffect[] => {
  const effects: NodeEffect[] = []
  for (const [key, lane] of state.lanes) {
    if (lane.round !== null || now - lane.servedAt < servedMs) continue
    state.lanes.delete(key)
    const { tenant } = lane.webhook
    const others = (state.byTenant.get(tenant) ?? []).filter((one) => one !== lane)
    if (others.length === 0) state.byTenant.delete(tenant)
    else state.byTenant.set(tenant, others)
    effects.push({ kind: 'unwake', key })
  }
  return effects
}

/** Begins a round for each lane that may have something, as far as there is room. */
const go = (state: CourierState, now: number): readonly NodeEffect[] => {
  const effects: NodeEffect[] = []
  // A copy: whoever gets its round moves to the end, so that it is the last to get another.
  for (const [key, lane] of [...state.lanes]) {
    if (state.rounds.size >= roundsMost) break
    const isServed = now - lane.servedAt < servedMs
    if (lane.round !== null || lane.pending.size === 0 || lane.pausedUntil > now || !isServed) continue
    const sources = [...lane.pending.values()]
    lane.pending.clear()
    const tag = ++state.lastTag
    lane.round = tag
    state.rounds.set(tag, key)
    state.lanes.delete(key)
    state.lanes.set(key, lane)
    const duty = { shard: lane.shard, epoch: lane.epoch }
    effects.push({ kind: 'run', tag, procedure: deliver(state.args.desk, duty, lane.webhook, sources) })
  }
  return effects
}

const endRound = ({ rounds, lanes }: CourierState, tag: number): Lane | undefined => {
  const lane = lanes.get(rounds.get(tag) ?? '')
  rounds.delete(tag)
  if (lane === undefined || lane.round !== tag) return undefined
  lane.round = null
  return lane
}

const wentOn = (lane: Lane, round: Round): readonly NodeEffect[] => {
  switch (round.kind) {
    case 'clean':
      return []
    case 'more':
      for (const source of round.left) lane.pending.set(nameOf(source), source)
      return []
    case 'waits':
      for (const source of round.left) lane.pending.set(nameOf(source), source)
      return [pause(lane, round.until)]
    case 'lost':
      // Until the shard's owner says again that it is served here, or what it is now.
      lane.servedAt = gone
      return []
  }
}

const pause = (lane: Lane, until: number): NodeEffect => {
  lane.pausedUntil = until
  return { kind: 'wake', key: keyOf(lane.webhook), at: until }
}
