/**
 * By what this node judges: the policy of each tenant that is served here, as the ledger had it when it was last read.
 *
 * A hint brings a change at once, a poll stands behind it, and whoever finds that a policy is no longer in force asks for
 * the next one. None of it has to be in time for what is committed: that carries a guard (`tasks/policyRecord.ts`). What
 * is said beside attempts has no commit that could be refused, so there knowledge ends after `freshMs`. Tenants of one
 * shard are read together, and what a policy says only where its edition is another than the one known.
 */
import { noStoredPolicy, readEditions, readStoredPolicies, type StoredPolicy } from '../tasks/policyRecord.js'
import type { Procedure } from '../tasks/procedure.js'
import { shardOf } from '../tasks/shardOf.js'
import type { Edition } from '../tasks/verdict.js'
import { type NodeEffect, type RanMessage, reply } from './effects.js'
import type { ActorDefinition, Step } from './runtime/actor.js'
import type { Asked, From, Woke } from './runtime/effect.js'

/** A policy that can be judged by; what it is made of is the gate's affair. */
export type ReadPolicy = { readonly version: string }

export type KnownPolicy = {
  readonly stored: StoredPolicy
  /** Null: this node can't make sense of it, and holds everything. */
  readonly policy: ReadPolicy | null
  /** When the read was begun that last found it so. */
  readonly at: number
  readonly generation: string
}

type Question = { readonly tenant: string; readonly after: Edition; readonly from: From; readonly round: number }

/** One shard's tenants. Its fields change in place. */
type Place = {
  readonly tenants: Map<string, KnownPolicy | null>
  readonly questions: Question[]
  readingSince: number | null
  /** Something may have changed since. */
  isOutdated: boolean
  /** Counts reads: a question is answered by one that was begun after it. */
  round: number
}

export type PolicyWatchState = { readonly args: PolicyWatchArgs; readonly places: readonly Place[] }

export type PolicyWatchMessage =
  | RanMessage
  | Woke
  /** From now on the tenant has somebody here. */
  | { readonly kind: 'serve'; readonly tenant: string }
  /** A hint of the ledger. */
  | { readonly kind: 'changed'; readonly tenant: string }
  | { readonly kind: 'missedHints' }
  /** Answered once a policy with a later edition is known, or the ledger was asked and had none, or didn't answer. */
  | Asked<{ readonly kind: 'learn'; readonly tenant: string; readonly after: Edition }>

export type Learned = { readonly kind: 'learned' }

export type PolicyWatchArgs = {
  readonly shards: number
  readonly generation: () => string
  /** Null: it can't be read. `document` null: the default. */
  readonly read: (document: string | null) => ReadPolicy | null
}

const pollMs = 500
/** For so long after the read what is known holds for what is committed nowhere. */
export const freshMs = 2_000
const mostQuestions = 10_000

type WatchStep = Step<PolicyWatchState, NodeEffect>

export const policyWatch: ActorDefinition<PolicyWatchState, PolicyWatchMessage, NodeEffect, PolicyWatchArgs> = {
  name: 'policyWatch',
  supervision: 'escalate',
  control: ['ran', 'ranNot', 'woke'],

  start: (args, _self, now) => [
    {
      args,
      places: Array.from({ length: args.shards }, () => ({
        tenants: new Map(),
        questions: [],
        readingSince: null,
        isOutdated: false,
        round: 0,
      })),
    },
    { kind: 'wake', key: 'poll', at: now + pollMs },
  ],

  on: {
    serve: (watch, { tenant }, now) => {
      const [place, shard] = placeOf(watch, tenant)
      if (place.tenants.has(tenant)) return [watch]
      place.tenants.set(tenant, null)
      return [watch, ...readPlace(place, shard, now)]
    },

    changed: (watch, { tenant }, now) => {
      const [place, shard] = placeOf(watch, tenant)
      return place.tenants.has(tenant) ? [watch, ...readPlace(place, shard, now)] : [watch]
    },

    missedHints: (watch, _message, now) => [watch, ...readAll(watch, now)],

    learn: (watch, { tenant, after, from }, now) => {
      const [place, shard] = placeOf(watch, tenant)
      if (place.questions.length >= mostQuestions) return [watch, answer(from)]
      if (!place.tenants.has(tenant)) place.tenants.set(tenant, null)
      place.questions.push({ tenant, after, from, round: place.round })
      return [watch, ...readPlace(place, shard, now)]
    },

    ran: (watch, { tag, result }, now) => {
      const place = watch.places[tag]
      return place === undefined ? [watch] : readingDone(watch, place, tag, result as PlaceRead, now)
    },

    ranNot: (watch, { tag }) => {
      const place = watch.places[tag]
      if (place === undefined) return [watch]
      place.readingSince = null
      return [watch, ...place.questions.splice(0).map(({ from }) => answer(from))]
    },

    woke: (watch, _message, now) => [watch, ...readAll(watch, now), { kind: 'wake', key: 'poll', at: now + pollMs }],
  },
}

/** Undefined: this node doesn't know yet. */
export const knownPolicy = (watch: PolicyWatchState | undefined, tenant: string): KnownPolicy | undefined =>
  watch === undefined ? undefined : (placeOf(watch, tenant)[0].tenants.get(tenant) ?? undefined)

const placeOf = ({ places }: PolicyWatchState, tenant: string): readonly [Place, number] => {
  const shard = shardOf(tenant, places.length)
  const place = places[shard]
  if (place === undefined) throw new Error(`no shard ${shard}`)
  return [place, shard]
}

const answer = (to: From): NodeEffect => reply<Learned>(to, { kind: 'learned' })

const readAll = ({ places }: PolicyWatchState, now: number): NodeEffect[] =>
  places.flatMap((place, shard) => (place.tenants.size === 0 ? [] : readPlace(place, shard, now)))

/** One at a time, so that no older answer comes behind a newer one. */
const readPlace = (place: Place, shard: number, now: number): readonly NodeEffect[] => {
  if (place.readingSince !== null) {
    place.isOutdated = true
    return []
  }
  place.readingSince = now
  place.isOutdated = false
  place.round++
  return [{ kind: 'run', tag: shard, procedure: readChanged(shard, place.tenants) }]
}

/** What changed stands in `stored`; the others are as they are known. */
type PlaceRead = { readonly asked: readonly string[]; readonly stored: ReadonlyMap<string, StoredPolicy> }

function* readChanged(shard: number, known: ReadonlyMap<string, KnownPolicy | null>): Procedure<PlaceRead> {
  const asked = [...known.keys()]
  const editions = yield* readEditions(shard, asked)
  const changed = asked.filter((tenant) => known.get(tenant)?.stored.edition !== editions.get(tenant))
  const bodiless = changed.filter((tenant) => editions.get(tenant) === 0)
  const stored = new Map(bodiless.map((tenant) => [tenant, noStoredPolicy]))
  const withBody = changed.filter((tenant) => editions.get(tenant) !== 0)
  for (const [tenant, one] of yield* readStoredPolicies(shard, withBody)) stored.set(tenant, one)
  return { asked, stored }
}

const readingDone = (
  watch: PolicyWatchState,
  place: Place,
  shard: number,
  { asked, stored }: PlaceRead,
  now: number,
): WatchStep => {
  const at = place.readingSince ?? now
  place.readingSince = null
  for (const tenant of asked) learn(watch, place, tenant, stored.get(tenant), at)
  const effects: NodeEffect[] = []
  const waiting = place.questions.splice(0)
  for (const question of waiting) {
    const known = place.tenants.get(question.tenant)
    // A read that was begun before the question may have missed what it asks for.
    const isAnswered = question.round < place.round || (known != null && known.stored.edition > question.after)
    if (isAnswered) effects.push(answer(question.from))
    else place.questions.push(question)
  }
  if (place.isOutdated) effects.push(...readPlace(place, shard, now))
  return [watch, ...effects]
}

const learn = (
  { args }: PolicyWatchState,
  place: Place,
  tenant: string,
  stored: StoredPolicy | undefined,
  at: number,
): void => {
  const known = place.tenants.get(tenant) ?? null
  const generation = args.generation()
  if (known !== null) {
    // Only ever forward: a replica may be behind. What was lost with the ledger's data is another matter.
    const isBehind = stored !== undefined && stored.edition < known.stored.edition && known.generation === generation
    if (isBehind) return
    if (stored === undefined || stored.edition === known.stored.edition) {
      place.tenants.set(tenant, { ...known, at, generation })
      return
    }
  }
  if (stored === undefined) return
  place.tenants.set(tenant, { stored, policy: args.read(stored.document), at, generation })
}
