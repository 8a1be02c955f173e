/**
 * What this node knows of the fleets of its tenants: what is paused, banned, halted.
 *
 * Hints bring a change at once, and a poll stands behind them. What counts is when a read was *begun*: whoever hands
 * out tasks stops by itself when that was too long ago (`handOut.ts`), so a lost hint, a ledger that doesn't answer and
 * a node that stood still all end the same way. Tenants of one shard are read together.
 */
import type { Desk } from '../tasks/desk.js'
import { readFleets } from '../tasks/fleetCommand.js'
import { type FleetControl, haltToSweep, isBanned } from '../tasks/fleetControl.js'
import { sweepHalt } from '../tasks/halt.js'
import { shardOf } from '../tasks/shardOf.js'
import { dispatcherAddress, registryAddress } from './addresses.js'
import { type NodeEffect, type RanMessage, reply, tell } from './effects.js'
import { knownForMs } from './handOut.js'
import type { ActorDefinition, Step } from './runtime/actor.js'
import type { Asked, From, Woke } from './runtime/effect.js'

/** Told to the tenant's dispatcher with each read, and to the registry with each change. */
export type FleetMessage = {
  readonly kind: 'fleet'
  readonly tenant: string
  readonly control: FleetControl
  /** When the read was begun: it held then. */
  readonly at: number
}

export type MayJoin = { readonly kind: 'mayJoin'; readonly verdict: 'yes' | 'banned' | 'unknown' }

type Known = {
  readonly control: FleetControl
  readonly generation: string
  /** When this halt was first seen: so long after it nobody hands out anything any more. */
  readonly haltSeenAt: number | null
}

type Question = { readonly tenant: string; readonly agent: string; readonly from: From }

/** One shard's tenants. Its fields change in place. */
type Place = {
  readonly tenants: Map<string, Known | null>
  readonly questions: Question[]
  /** When the read under way was begun. */
  readingSince: number | null
  /** Something may have changed since. */
  isOutdated: boolean
}

export type FleetWatchState = {
  readonly args: FleetWatchArgs
  readonly places: readonly Place[]
  /** Tenants by the tag of their sweep. */
  readonly sweeps: Map<number, string>
  nextTag: number
}

export type FleetWatchMessage =
  | RanMessage
  | Woke
  /** From now on the tenant has somebody here. */
  | { readonly kind: 'serve'; readonly tenant: string }
  /** A hint of the ledger: operators have said something. */
  | { readonly kind: 'changed'; readonly tenant: string }
  | { readonly kind: 'missedHints' }
  | Asked<{ readonly kind: 'mayJoin'; readonly tenant: string; readonly agent: string }>

export type FleetWatchArgs = { readonly desk: Desk; readonly generation: () => string }

/** Three reads may be lost before a node stops handing out. */
const pollMs = 250
const mostQuestions = 10_000

type WatchStep = Step<FleetWatchState, NodeEffect>

export const fleetWatch: ActorDefinition<FleetWatchState, FleetWatchMessage, NodeEffect, FleetWatchArgs> = {
  name: 'fleetWatch',
  supervision: 'escalate',
  control: ['ran', 'ranNot', 'woke'],

  start: (args, _self, now) => [
    {
      args,
      places: Array.from({ length: args.desk.shards }, () => ({
        tenants: new Map(),
        questions: [],
        readingSince: null,
        isOutdated: false,
      })),
      sweeps: new Map(),
      nextTag: args.desk.shards,
    },
    { kind: 'wake', key: 'poll', at: now + pollMs },
  ],

  on: {
    serve: (watch, { tenant }, now) => {
      const shard = shardOf(tenant, watch.places.length)
      const place = watch.places[shard]
      if (place === undefined || place.tenants.has(tenant)) return [watch]
      place.tenants.set(tenant, null)
      return [watch, ...readPlace(place, shard, now)]
    },

    changed: (watch, { tenant }, now) => {
      const shard = shardOf(tenant, watch.places.length)
      const place = watch.places[shard]
      return place?.tenants.has(tenant) ? [watch, ...readPlace(place, shard, now)] : [watch]
    },

    missedHints: (watch, _message, now) => [watch, ...readAll(watch, now)],

    mayJoin: (watch, { tenant, agent, from }) => {
      const place = watch.places[shardOf(tenant, watch.places.length)]
      const known = place?.tenants.get(tenant)
      if (known) return [watch, answer(from, isBanned(known.control, agent) ? 'banned' : 'yes')]
      // It is being read for the first time.
      if (known === undefined || place === undefined || place.questions.length >= mostQuestions) {
        return [watch, answer(from, 'unknown')]
      }
      place.questions.push({ tenant, agent, from })
      return [watch]
    },

    ran: (watch, { tag, result }, now) => {
      const place = watch.places[tag]
      if (place === undefined) {
        watch.sweeps.delete(tag)
        return [watch]
      }
      return readingDone(watch, place, tag, result as ReadonlyMap<string, FleetControl>, now)
    },

    ranNot: (watch, { tag }) => {
      const place = watch.places[tag]
      if (place === undefined) {
        watch.sweeps.delete(tag)
        return [watch]
      }
      place.readingSince = null
      return [watch, ...place.questions.splice(0).map(({ from }) => answer(from, 'unknown'))]
    },

    woke: (watch, _message, now) => [watch, ...readAll(watch, now), { kind: 'wake', key: 'poll', at: now + pollMs }],
  },
}

const answer = (to: From, verdict: MayJoin['verdict']): NodeEffect => reply<MayJoin>(to, { kind: 'mayJoin', verdict })

const readAll = ({ places }: FleetWatchState, now: number): NodeEffect[] =>
  places.flatMap((place, shard) => (place.tenants.size === 0 ? [] : readPlace(place, shard, now)))

/** One at a time, so that no older answer comes behind a newer one. */
const readPlace = (place: Place, shard: number, now: number): readonly NodeEffect[] => {
  if (place.readingSince !== null) {
    place.isOutdated = true
    return []
  }
  place.readingSince = now
  place.isOutdated = false
  return [{ kind: 'run', tag: shard, procedure: readTenants(shard, [...place.tenants.keys()]) }]
}

function* readTenants(shard: number, tenants: readonly string[]) {
  const controls = yield* readFleets(shard, tenants)
  return new Map(tenants.flatMap((tenant, at) => (controls[at] ? [[tenant, controls[at]] as const] : [])))
}

const readingDone = (
  watch: FleetWatchState,
  place: Place,
  shard: number,
  controls: ReadonlyMap<string, FleetControl>,
  now: number,
): WatchStep => {
  const at = place.readingSince ?? now
  place.readingSince = null
  const effects: NodeEffect[] = []
  for (const [tenant, control] of controls) effects.push(...learn(watch, place, { tenant, control, at }, now))
  const waiting = place.questions.splice(0)
  for (const question of waiting) {
    const known = place.tenants.get(question.tenant)
    if (known) effects.push(answer(question.from, isBanned(known.control, question.agent) ? 'banned' : 'yes'))
    else place.questions.push(question)
  }
  if (place.isOutdated) effects.push(...readPlace(place, shard, now))
  return [watch, ...effects]
}

const learn = (
  watch: FleetWatchState,
  place: Place,
  { tenant, control, at }: Omit<FleetMessage, 'kind'>,
  now: number,
): readonly NodeEffect[] => {
  const known = place.tenants.get(tenant) ?? null
  const generation = watch.args.generation()
  // Only ever forward: a replica may be behind. What was lost with the ledger's data is another matter.
  if (known !== null && known.generation === generation && control.version < known.control.version) return []
  const isChanged = known === null || known.control.version !== control.version
  const halt = haltToSweep(control)
  const isSameHalt = known !== null && halt !== null && haltToSweep(known.control) === halt
  const haltSeenAt = halt === null ? null : isSameHalt ? known.haltSeenAt : now
  place.tenants.set(tenant, { control, generation, haltSeenAt })
  const message: FleetMessage = { kind: 'fleet', tenant, control, at }
  const effects: NodeEffect[] = [tell(dispatcherAddress(tenant), message)]
  if (isChanged) effects.push(tell(registryAddress, message))
  if (halt !== null && haltSeenAt !== null && now - haltSeenAt >= knownForMs) {
    effects.push(...sweep(watch, tenant, halt))
  }
  return effects
}

/** Again with the next read that still finds something to do. */
const sweep = (watch: FleetWatchState, tenant: string, halt: number): readonly NodeEffect[] => {
  for (const swept of watch.sweeps.values()) if (swept === tenant) return []
  const tag = watch.nextTag++
  watch.sweeps.set(tag, tenant)
  return [{ kind: 'run', tag, procedure: sweepHalt(watch.args.desk, tenant, halt) }]
}
