/**
 * The owner of a shard, where this node is it: what has to be done once for the whole shard, over time.
 *
 * It takes the shard when the members' view places it here and its last owner has given it up or lapsed. Then it buries
 * holders that died and tries again what they left, brings delayed tasks into their lanes and late ones to their end,
 * seals what is on record, keeps logs within bounds, forgets what ended long ago, and brings policies into force that
 * whoever changed them left half done. Each of its transactions carries the epoch, or may come late and twice: an owner
 * that slept through its own replacement changes nothing.
 */
import { courierAddress } from '../actors/addresses.js'
import { type NodeEffect, type RanMessage, tell } from '../actors/effects.js'
import type { ActorDefinition, Step } from '../actors/runtime/actor.js'
import type { Woke } from '../actors/runtime/effect.js'
import type { Desk } from '../tasks/desk.js'
import { settleDue } from '../tasks/due.js'
import { retryOrphans } from '../tasks/orphans.js'
import { boundOutcomes, type OutcomeBounds } from '../tasks/outcomes.js'
import { spreadHalfDone } from '../tasks/policyRecord.js'
import { dropOld, type Retention } from '../tasks/retention.js'
import { type Sealing, sealRecord } from '../tasks/sealing.js'
import { readWebhooksOf } from '../tasks/webhook.js'
import { isDead, isKnown, isPlacedHere, type MembersView } from './members.js'
import { type Look, lookAtHolders, releaseShard, type Taken, takeShard } from './ownership.js'

export type ShardOwnerArgs = {
  readonly desk: Desk
  readonly shard: number
  /** How long what dead holders left can be adopted. */
  readonly resumeMs: number
  /** What is kept, and how long. */
  readonly bounds: OutcomeBounds & Retention
}

/** What a dead holder left can be tried again from `at` on. */
type Orphaned = { readonly holder: string; readonly at: number }

type Owned = {
  readonly epoch: number
  readonly orphaned: readonly Orphaned[]
  /** Since when holders are seen here whose nodes nobody knows. */
  readonly unknownSince: ReadonlyMap<string, number>
  /** Since when the shard should be another's. */
  readonly misplacedSince: number | null
}

export type ShardOwnerState = {
  readonly args: ShardOwnerArgs
  /** Null: not known yet. */
  readonly view: MembersView | null
  /** Grows with each change below: what a run brings back is for its own round alone. */
  readonly round: number
  readonly tenure: Tenure
}

type Tenure =
  /** `mayBeMine`: the ledger may still name this node, which keeps others from it. */
  | { readonly kind: 'none'; readonly mayBeMine: boolean }
  | { readonly kind: 'taking' | 'releasing' }
  | { readonly kind: 'owning'; readonly owned: Owned }

const nothing: Tenure = { kind: 'none', mayBeMine: false }
/** After a start, which may be one after a failure, or a time without knowing. */
const unsure: Tenure = { kind: 'none', mayBeMine: true }

export type ShardOwnerMessage =
  | RanMessage
  | Woke
  | { readonly kind: 'members'; readonly view: MembersView }
  /** A hint of the ledger: its owner has given the shard up. */
  | { readonly kind: 'givenUp' }

/** Late by this at most, when all is quiet. */
const dueMs = 100
const boundMs = 5_000
const retentionEachMs = 10_000
const lookMs = 1_000
const policiesMs = 1_000
/** What is on record is sealed within a second, a slow commit and a second look included. */
const sealMs = 400
const cardsMs = 1_000
const webhooksMs = 1_000
const againMs = 500
/** A node that has just come may go again at once: shards don't move for that. */
const settleMs = 1_000

const duties = [
  'take',
  'release',
  'look',
  'due',
  'orphans',
  'bound',
  'retention',
  'policies',
  'cards',
  'seal',
  'webhooks',
] as const
type Duty = (typeof duties)[number]

type OwnerStep = Step<ShardOwnerState, NodeEffect>

export const shardOwner: ActorDefinition<ShardOwnerState, ShardOwnerMessage, NodeEffect, ShardOwnerArgs> = {
  name: 'shardOwner',
  supervision: 'restart',

  start: (args) => [{ args, view: null, round: 0, tenure: unsure }],

  on: {
    members: (state, { view }, now) => placed({ ...state, view }, now),

    givenUp: (state, _message, now) => placed(state, now),

    ran: (state, { tag, result }, now) => {
      const duty = dutyOf(state, tag)
      if (duty === undefined) return [state]
      if (duty === 'take') return taken(state, result as Taken, now)
      if (duty === 'release') return placed(enter(state, nothing), now)
      const { tenure } = state
      return tenure.kind === 'owning' ? done(state, tenure.owned, duty, result, now) : [state]
    },

    ranNot: (state, { tag }, now) => {
      const duty = dutyOf(state, tag)
      return duty === undefined ? [state] : [state, { kind: 'wake', key: duty, at: now + againMs }]
    },

    woke: (state, { key }, now) => {
      const duty = duties.find((one) => one === key)
      return duty === undefined ? [state] : [state, ...run(state, duty, now)]
    },
  },
}

const tagOf = ({ round }: ShardOwnerState, duty: Duty): number => round * duties.length + duties.indexOf(duty)

const dutyOf = ({ round }: ShardOwnerState, tag: number): Duty | undefined =>
  Math.floor(tag / duties.length) === round ? duties[tag % duties.length] : undefined

const enter = (state: ShardOwnerState, tenure: Tenure): ShardOwnerState => ({
  ...state,
  tenure,
  round: state.round + 1,
})

/** Takes the shard where it should be here, gives it up where it shouldn't. */
const placed = (state: ShardOwnerState, now: number): OwnerStep => {
  const { view, tenure, args } = state
  if (view === null) return [state]
  const isHere = isPlacedHere(view, args.shard)
  if (tenure.kind === 'none') {
    if (isHere) return begin(state, 'taking', 'take', now)
    return tenure.mayBeMine && !view.isFenced ? begin(state, 'releasing', 'release', now) : [state]
  }
  if (tenure.kind !== 'owning') return [state]
  const { owned } = tenure
  if (isHere) return owned.misplacedSince === null ? [state] : [keep(state, { ...owned, misplacedSince: null })]
  // Fenced: others may take it any moment. What is under way is refused by the epoch if they do.
  if (view.isFenced) return [enter(state, unsure)]
  const since = owned.misplacedSince ?? now
  const isLeaving = view.members.get(view.node)?.status !== 'up'
  if (isLeaving || now - since >= settleMs) return begin(state, 'releasing', 'release', now)
  return [keep(state, { ...owned, misplacedSince: since })]
}

const keep = (state: ShardOwnerState, owned: Owned): ShardOwnerState => ({
  ...state,
  tenure: { kind: 'owning', owned },
})

const begin = (state: ShardOwnerState, kind: 'taking' | 'releasing', duty: Duty, now: number): OwnerStep => {
  const next = enter(state, { kind })
  return [next, ...run(next, duty, now)]
}

const taken = (state: ShardOwnerState, result: Taken, now: number): OwnerStep => {
  // Tried again with each view of the members, and when its owner says that it gives it up.
  if (result.kind === 'owned') return [enter(state, nothing)]
  const { epoch, dead } = result
  const at = now + state.args.resumeMs
  const owned: Owned = {
    epoch,
    orphaned: dead.map((holder) => ({ holder, at })),
    unknownSince: new Map(),
    misplacedSince: null,
  }
  const next = enter(state, { kind: 'owning', owned })
  return [
    next,
    { kind: 'wake', key: 'due', at: now },
    { kind: 'wake', key: 'seal', at: now },
    { kind: 'wake', key: 'orphans', at },
    { kind: 'wake', key: 'bound', at: now + boundMs },
    { kind: 'wake', key: 'retention', at: now + retentionEachMs },
    { kind: 'wake', key: 'cards', at: now + cardsMs },
    { kind: 'wake', key: 'webhooks', at: now },
    // Of one shard there is nothing to spread.
    ...(state.args.desk.shards === 1 ? [] : [{ kind: 'wake', key: 'policies', at: now } as const]),
    ...(state.view?.isAlone ? [] : [{ kind: 'wake', key: 'look', at: now + lookMs } as const]),
  ]
}

const run = (state: ShardOwnerState, duty: Duty, now: number): readonly NodeEffect[] => {
  const { args, view, tenure } = state
  const { desk, shard, bounds } = args
  const tag = tagOf(state, duty)
  if (tenure.kind === 'taking' && duty === 'take' && view !== null)
    return [{ kind: 'run', tag, procedure: takeShard(desk, shard, view) }]
  if (tenure.kind === 'releasing' && duty === 'release')
    return [{ kind: 'run', tag, procedure: releaseShard(desk, shard) }]
  // Else a wake-up of an earlier tenure.
  if (tenure.kind !== 'owning') return []
  const { owned } = tenure
  const { epoch } = owned
  switch (duty) {
    case 'take':
    case 'release':
      return []
    case 'look':
      return [{ kind: 'run', tag, procedure: lookAtHolders(desk, shard, epoch, isDeadIn(view, owned, now)) }]
    case 'due':
      return [{ kind: 'run', tag, procedure: settleDue({ shard, epoch }) }]
    case 'bound':
      return [{ kind: 'run', tag, procedure: boundOutcomes({ shard, epoch }, bounds, now) }]
    case 'policies':
      return [{ kind: 'run', tag, procedure: spreadHalfDone(desk, shard) }]
    case 'seal':
      return [{ kind: 'run', tag, procedure: sealRecord(desk, { shard, epoch }) }]
    case 'webhooks':
      return [{ kind: 'run', tag, procedure: readWebhooksOf(shard) }]
    case 'cards':
      return [{ kind: 'run', tag, procedure: desk.cards.settleDue({ shard, epoch }) }]
    case 'retention':
      return [{ kind: 'run', tag, procedure: dropOld(desk, { shard, epoch }, bounds, now) }]
    case 'orphans': {
      const [first] = owned.orphaned
      if (first === undefined) return []
      if (first.at > now) return [{ kind: 'wake', key: 'orphans', at: first.at }]
      return [{ kind: 'run', tag, procedure: retryOrphans(desk, shard, epoch, first.holder) }]
    }
  }
}

/** A holder whose node nobody knows is dead once that has been so for long enough to have been seen if it lived. */
const isDeadIn =
  (view: MembersView | null, { unknownSince }: Owned, now: number) =>
  (holder: string): boolean => {
    if (view === null) return false
    const since = unknownSince.get(holder)
    return isDead(view, holder) || (since !== undefined && now - since >= view.spans.quietMs)
  }

const done = (state: ShardOwnerState, owned: Owned, duty: Duty, result: unknown, now: number): OwnerStep => {
  switch (duty) {
    case 'look':
      return looked(state, owned, result as Look, now)
    case 'due': {
      const { settled, nextAt } = result as { settled: number; nextAt?: number }
      const at = settled > 0 ? now : Math.min(now + dueMs, Math.max(now, nextAt ?? Number.POSITIVE_INFINITY))
      return [state, { kind: 'wake', key: 'due', at }]
    }
    case 'bound':
      return [state, { kind: 'wake', key: 'bound', at: now + boundMs }]
    case 'policies':
      return [state, { kind: 'wake', key: 'policies', at: now + policiesMs }]
    case 'webhooks':
      return [
        state,
        tell(courierAddress, { kind: 'serve', shard: state.args.shard, epoch: owned.epoch, webhooks: result }),
        { kind: 'wake', key: 'webhooks', at: now + webhooksMs },
      ]
    case 'cards':
      return [state, { kind: 'wake', key: 'cards', at: result === true ? now : now + cardsMs }]
    case 'seal':
      return [state, { kind: 'wake', key: 'seal', at: (result as Sealing).hasMore ? now : now + sealMs }]
    case 'retention':
      return [state, { kind: 'wake', key: 'retention', at: Number(result) > 0 ? now : now + retentionEachMs }]
    case 'orphans':
      return [keep(state, { ...owned, orphaned: owned.orphaned.slice(1) }), { kind: 'wake', key: 'orphans', at: now }]
    default:
      return [state]
  }
}

const looked = (state: ShardOwnerState, owned: Owned, look: Look, now: number): OwnerStep => {
  if (look.kind === 'lost') return [enter(state, nothing)]
  const { view, args } = state
  const unknownSince = new Map<string, number>()
  for (const holder of look.here) {
    if (view !== null && !view.isFenced && !isKnown(view, holder)) {
      unknownSince.set(holder, owned.unknownSince.get(holder) ?? now)
    }
  }
  const known = new Set(owned.orphaned.map(({ holder }) => holder))
  const at = now + args.resumeMs
  const orphaned = [
    ...owned.orphaned,
    ...look.dead.filter((holder) => !known.has(holder)).map((holder) => ({ holder, at })),
  ]
  const next = keep(state, { ...owned, unknownSince, orphaned })
  const again: NodeEffect = { kind: 'wake', key: 'look', at: now + lookMs }
  const isFirst = owned.orphaned.length === 0 && orphaned.length > 0
  return isFirst ? [next, again, { kind: 'wake', key: 'orphans', at }] : [next, again]
}
