/**
 * Who owns a shard, in the ledger: a record that names the node, and an epoch that only grows.
 *
 * A take-over raises the epoch, which refuses whatever an earlier owner still sends: safety rests on that alone, and
 * the lease only keeps two nodes from taking a shard from each other in turns. What dead holders left can be adopted
 * for a while; what nobody adopted is then tried again (`tasks/orphans`).
 */

import type { Fields } from '../ledger/port.js'
import type { Desk } from '../tasks/desk.js'
import { commit, holders, type Procedure, readOne, Unavailable } from '../tasks/procedure.js'
import { hasLapsed, isDead, isKnown, type MembersView } from './members.js'

const ownerKey = 'owner'

/** Told when a shard has been given up: whoever should own it needn't wait. */
export const ownerHint = (shard: number): string => `owner/${shard}`

export type Taken =
  | { readonly kind: 'taken'; readonly epoch: number; readonly dead: readonly string[] }
  /** Its owner is alive, and will give it up or lapse. */
  | { readonly kind: 'owned' }

/** Takes a shard that nobody owns, or whose owner has lapsed, and buries holders that are dead. */
export function* takeShard(desk: Desk, shard: number, view: MembersView): Procedure<Taken> {
  for (;;) {
    const fields = yield* readOne(shard, ownerKey)
    const owner = ownerOf(fields)
    if (owner !== null && owner.holder !== desk.holder && !hasLapsed(view, owner.holder)) {
      // A node that nobody knows can't be asked.
      if (isKnown(view, owner.holder)) return { kind: 'owned' }
    }
    const before = typeof fields?.epoch === 'number' ? fields.epoch : null
    const epoch = (before ?? 0) + 1
    const dead = (yield* holders(shard))
      .filter(({ holder, buried }) => buried || (holder !== desk.holder && isDead(view, holder)))
      .map(({ holder }) => holder)
    const outcome = yield* commit({
      shard,
      tenant: '',
      drains: true,
      transaction: {
        guards: [{ kind: 'equals', record: ownerKey, field: 'epoch', value: before }],
        writes: [
          { kind: 'put', record: ownerKey, fields: { epoch, node: desk.node, holder: desk.holder } },
          { kind: 'raise', epoch },
          ...dead.map((holder) => ({ kind: 'bury', holder }) as const),
        ],
      },
    })
    if (outcome.kind === 'done') return { kind: 'taken', epoch, dead }
    if (outcome.kind === 'invalid') throw new Error(`take shard ${shard}: ${outcome.why}`)
    if (outcome.kind === 'overloaded') throw new Unavailable(`take shard ${shard}: no room`)
  }
}

/** Gives a shard up that is this node's, for whoever should own it. */
export function* releaseShard(desk: Desk, shard: number): Procedure<void> {
  const owner = ownerOf(yield* readOne(shard, ownerKey))
  if (owner?.holder !== desk.holder) return
  const outcome = yield* commit({
    shard,
    tenant: '',
    drains: true,
    transaction: {
      guards: [{ kind: 'epoch', n: owner.epoch }],
      writes: [
        { kind: 'put', record: ownerKey, fields: { node: null, holder: null } },
        { kind: 'hint', hint: ownerHint(shard) },
      ],
    },
  })
  if (outcome.kind === 'overloaded') throw new Unavailable(`shard ${shard}: not given up, no room`)
}

/** A look at who holds something in a shard. */
export type Look =
  /** `here`: all but its owner's own holder. `dead`: those now buried. */
  | { readonly kind: 'owned'; readonly here: readonly string[]; readonly dead: readonly string[] }
  | { readonly kind: 'lost' }

/** Looks whether the shard is still its owner's, and buries those of its holders that died. */
export function* lookAtHolders(
  desk: Desk,
  shard: number,
  epoch: number,
  isDeadNow: (holder: string) => boolean,
): Procedure<Look> {
  const fields = yield* readOne(shard, ownerKey)
  if (fields?.epoch !== epoch) return { kind: 'lost' }
  const others = (yield* holders(shard)).filter(({ holder }) => holder !== desk.holder)
  const dead = others.filter(({ buried }) => buried).map(({ holder }) => holder)
  const dying = others.filter(({ holder, buried }) => !buried && isDeadNow(holder)).map(({ holder }) => holder)
  const here = others.map(({ holder }) => holder)
  if (dying.length === 0) return { kind: 'owned', here, dead }
  const outcome = yield* commit({
    shard,
    tenant: '',
    drains: true,
    transaction: {
      guards: [{ kind: 'epoch', n: epoch }],
      writes: dying.map((holder) => ({ kind: 'bury', holder }) as const),
    },
  })
  if (outcome.kind === 'refused') return { kind: 'lost' }
  if (outcome.kind !== 'done') throw new Unavailable(`shard ${shard}: ${dying.join()} not buried`)
  return { kind: 'owned', here, dead: [...dead, ...dying] }
}

/** Who owns a shard, for whoever wants to see it. */
export type Owner = { readonly node: string; readonly holder: string; readonly epoch: number }

export function* readOwner(shard: number): Procedure<Owner | null> {
  return ownerOf(yield* readOne(shard, ownerKey))
}

const ownerOf = (fields: Fields | null): Owner | null => {
  if (fields === null || typeof fields.epoch !== 'number') return null
  const { node, holder, epoch } = fields
  return typeof node === 'string' && typeof holder === 'string' ? { node, holder, epoch } : null
}
