/**
 * The nodes of a cluster as one of them sees them: who is there, and whose incarnations are dead.
 *
 * Liveness is a number that moves: each node raises its beat, the others watch by their own monotonic clock how long it
 * has stood still. No two clocks are ever compared.
 */
import { placeOf } from './placement.js'

/** `draining`: serves those it has, gets no shards. `left`: it has ended, and said so. */
export type MemberStatus = 'up' | 'draining' | 'left'

/** A node, as its record in the ledger has it. */
export type Member = {
  readonly node: string
  /** Its incarnation. */
  readonly holder: string
  readonly status: MemberStatus
  /** Where its clients reach it. */
  readonly url: string
  readonly version: string
  readonly startedAt: number
  /** Grows as long as it lives. */
  readonly beat: number
}

/** A member, and for how long its beat has stood still. */
export type Seen = Member & { readonly stillMs: number }

export type MembersView = {
  /** The viewer's own name. */
  readonly node: string
  /** Its own beat is late: it may own nothing, whatever the rest says. */
  readonly isFenced: boolean
  readonly members: ReadonlyMap<string, Seen>
  readonly spans: LivenessSpans
  /** The ledger is this node's own: whoever else held something in it is dead. */
  readonly isAlone: boolean
}

export type LivenessSpans = {
  /** Still for so long, a node has lost its shards. It gives them up by itself after two thirds of it. */
  readonly leaseMs: number
  /** Still for so long, it is dead: what it holds can be adopted, and is then tried again. */
  readonly quietMs: number
}

const mayOwn = ({ status, stillMs }: Seen, { leaseMs }: LivenessSpans): boolean => status === 'up' && stillMs < leaseMs

/** The node that should own the shard. */
export const placedAt = ({ members, spans }: MembersView, shard: number): string | undefined => {
  const candidates: string[] = []
  for (const member of members.values()) if (mayOwn(member, spans)) candidates.push(member.node)
  return placeOf(shard, candidates)
}

/** Whether the viewer should own the shard. */
export const isPlacedHere = (view: MembersView, shard: number): boolean =>
  !view.isFenced && placedAt(view, shard) === view.node

const nodeOf = (holder: string): string => holder.slice(0, holder.lastIndexOf('.'))

/** Whether what a holder owns may be taken from it: it is gone, or has not been heard of for a lease's time. */
export const hasLapsed = (view: MembersView, holder: string): boolean => isOver(view, holder, view.spans.leaseMs)

/** Whether a holder is dead for certain, or for all that can be known. Of one whose node was never seen nothing is. */
export const isDead = (view: MembersView, holder: string): boolean => isOver(view, holder, view.spans.quietMs)

/** Of others than the viewer's own holder. */
const isOver = ({ members, isAlone }: MembersView, holder: string, stillMs: number): boolean => {
  if (isAlone) return true
  const member = members.get(nodeOf(holder))
  if (member === undefined) return false
  // A node's newer incarnation proves the older one dead: it runs under the same name.
  return member.holder !== holder || member.status === 'left' || member.stillMs >= stillMs
}

export const isKnown = ({ members }: MembersView, holder: string): boolean => members.has(nodeOf(holder))

/** The view of a node whose ledger is its own. */
export const aloneView = (node: string, holder: string): MembersView => ({
  node,
  isFenced: false,
  members: new Map([
    [node, { node, holder, status: 'up', url: '', version: '', startedAt: 0, beat: 1, stillMs: 0 } as const],
  ]),
  spans: { leaseMs: 1, quietMs: 1 },
  isAlone: true,
})
