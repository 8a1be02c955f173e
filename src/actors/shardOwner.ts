/**
 * The owner of a shard: what has to be done once for the whole shard, over time.
 *
 * It takes the shard (a new epoch, dead holders buried), brings delayed tasks into their lanes and late ones to their
 * end, tries again what dead holders left, keeps logs within bounds, and forgets what ended long ago.
 */
import type { Desk } from '../tasks/desk.js'
import { settleDue } from '../tasks/due.js'
import { boundOutcomes, type OutcomeBounds } from '../tasks/outcomes.js'
import { type Owned, retryOrphans, takeShard } from '../tasks/ownership.js'
import { dropOld } from '../tasks/retention.js'
import type { NodeEffect, RanMessage } from './effects.js'
import type { ActorDefinition, Step } from './runtime/actor.js'
import type { Woke } from './runtime/effect.js'

export type ShardOwnerArgs = {
  readonly desk: Desk
  readonly shard: number
  readonly isDead: (holder: string) => boolean
  /** How long what dead holders left can be adopted. */
  readonly resumeMs: number
  /** What is kept, and how long. */
  readonly bounds: OutcomeBounds & { readonly taskRetentionMs: number; readonly auditRetentionMs: number }
}

type Owner = ShardOwnerArgs & { readonly epoch: number; readonly orphaned: readonly string[] }

export type ShardOwnerState =
  | { readonly kind: 'taking'; readonly args: ShardOwnerArgs }
  | { readonly kind: 'owning'; readonly owner: Owner }

export type ShardOwnerMessage = RanMessage | Woke

/** Late by this at most, when all is quiet. */
const dueMs = 100
const boundMs = 5_000
const retentionEachMs = 10_000
const againMs = 500

const tags = { take: 1, due: 2, orphans: 3, bound: 4, retention: 5 } as const

export const shardOwner: ActorDefinition<ShardOwnerState, ShardOwnerMessage, NodeEffect, ShardOwnerArgs> = {
  name: 'shardOwner',
  supervision: 'restart',

  start: (args) => [{ kind: 'taking', args }, take(args)],

  on: {
    ran: (state, { tag, result }, now) => {
      if (state.kind === 'taking') {
        if (tag !== tags.take) return [state]
        const { epoch, dead } = result as Owned
        const owner: Owner = { ...state.args, epoch, orphaned: dead }
        return [
          { kind: 'owning', owner },
          { kind: 'wake', key: 'due', at: now },
          { kind: 'wake', key: 'orphans', at: now + owner.resumeMs },
          { kind: 'wake', key: 'bound', at: now + boundMs },
          { kind: 'wake', key: 'retention', at: now + retentionEachMs },
        ]
      }
      return ran(state.owner, tag, result, now)
    },

    ranNot: (state, { tag }, now) => {
      const key = Object.entries(tags).find(([, one]) => one === tag)?.[0] ?? 'due'
      return [state, { kind: 'wake', key, at: now + againMs }]
    },

    woke: (state, { key }, now) => {
      if (state.kind === 'taking') return [state, take(state.args)]
      return [state, ...duty(state.owner, key, now)]
    },
  },
}

const take = ({ desk, shard, isDead }: ShardOwnerArgs): NodeEffect => ({
  kind: 'run',
  tag: tags.take,
  procedure: takeShard(desk, shard, isDead),
})

const duty = ({ desk, shard, epoch, orphaned, bounds }: Owner, key: string, now: number): readonly NodeEffect[] => {
  switch (key) {
    case 'due':
      return [{ kind: 'run', tag: tags.due, procedure: settleDue({ shard, epoch }) }]
    case 'bound':
      return [{ kind: 'run', tag: tags.bound, procedure: boundOutcomes({ shard, epoch }, bounds, now) }]
    case 'retention':
      return [{ kind: 'run', tag: tags.retention, procedure: dropOld(desk, { shard, epoch }, bounds, now) }]
    case 'orphans': {
      const [holder] = orphaned
      if (holder === undefined) return []
      return [{ kind: 'run', tag: tags.orphans, procedure: retryOrphans(desk, shard, epoch, holder) }]
    }
    default:
      return []
  }
}

const ran = (owner: Owner, tag: number, result: unknown, now: number): Step<ShardOwnerState, NodeEffect> => {
  const state: ShardOwnerState = { kind: 'owning', owner }
  switch (tag) {
    case tags.due: {
      const { settled, nextAt } = result as { settled: number; nextAt?: number }
      const at = settled > 0 ? now : Math.min(now + dueMs, Math.max(now, nextAt ?? Number.POSITIVE_INFINITY))
      return [state, { kind: 'wake', key: 'due', at }]
    }
    case tags.bound:
      return [state, { kind: 'wake', key: 'bound', at: now + boundMs }]
    case tags.retention:
      return [state, { kind: 'wake', key: 'retention', at: Number(result) > 0 ? now : now + retentionEachMs }]
    case tags.orphans: {
      const next: ShardOwnerState = { kind: 'owning', owner: { ...owner, orphaned: owner.orphaned.slice(1) } }
      return [next, { kind: 'wake', key: 'orphans', at: now }]
    }
    default:
      return [state]
  }
}
