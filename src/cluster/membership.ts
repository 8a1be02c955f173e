/**
 * A node among others: it beats on the roll, watches the beats of the rest, and tells its shard owners who is there.
 *
 * A node whose own beat is late gives its shards up before anybody may take them: it is fenced by its own monotonic
 * clock, counted from when the last beat that was answered had been sent; the roll is read after that, since under load
 * each call waits its turn. A roll that was long on its way says nothing: this node may have been frozen meanwhile, and
 * would take everybody for dead.
 */
import { shardOwnerAddress } from '../actors/addresses.js'
import { type NodeEffect, type RanMessage, reply, tell } from '../actors/effects.js'
import type { Living } from '../actors/living.js'
import type { ActorDefinition, Step } from '../actors/runtime/actor.js'
import type { Asked, From, Woke } from '../actors/runtime/effect.js'
import type { LivenessSpans, Member, MemberStatus, MembersView, Seen } from './members.js'
import { readRoll, strike, type Written, writeLine } from './roll.js'
import { Standstill } from './standstill.js'

export type MembershipArgs = {
  readonly shards: number
  readonly me: Omit<Member, 'status' | 'beat' | 'url'>
  /** Where clients reach this node, once it listens. */
  readonly url: () => string
  readonly beatMs: number
  readonly spans: LivenessSpans
}

export type MembershipState = {
  readonly args: MembershipArgs
  readonly me: Member
  /** When the beat under way was sent; null: none is. */
  readonly sentAt: number | null
  /** When the last beat that was answered had been sent. */
  readonly answeredAt: number
  /** When the reading under way was sent; null: none is. */
  readonly readAt: number | null
  readonly watch: Standstill
  readonly members: readonly Member[]
  readonly isReplaced: boolean
  /** Who waits for the word that the node has left to be written. */
  readonly leaver: From | null
}

export type MembershipMessage =
  | RanMessage
  | Woke
  | { readonly kind: 'status'; readonly status: MemberStatus }
  | Asked<{ readonly kind: 'whoIsThere' }>
  | Asked<{ readonly kind: 'whoLives' }>
  /** The last word: what this node still holds is others' from then on. Answered by `gone`. */
  | Asked<{ readonly kind: 'leave' }>

export type WhoIsThere = { readonly kind: 'there'; readonly view: MembersView }

/** Still for so long, a node is taken out of the roll. */
const forgetMs = 3_600_000

const tags = { beat: 1, roll: 2, strike: 3 } as const

type MembershipStep = Step<MembershipState, NodeEffect>

export const membership: ActorDefinition<MembershipState, MembershipMessage, NodeEffect, MembershipArgs> = {
  name: 'membership',
  supervision: 'escalate',
  control: ['ran', 'ranNot', 'woke', 'whoIsThere', 'whoLives', 'leave'],

  start: (args, _self, now) => {
    const me: Member = { ...args.me, url: args.url(), status: 'up', beat: 0 }
    const state: MembershipState = {
      args,
      me,
      sentAt: null,
      answeredAt: now - args.spans.leaseMs,
      readAt: null,
      watch: new Standstill(),
      members: [],
      isReplaced: false,
      leaver: null,
    }
    return beat(state, now)
  },

  on: {
    ran: (state, { tag, result }, now) => {
      if (tag === tags.beat) return beaten(state, result as Written, now)
      return tag === tags.roll ? rollRead(state, result as readonly Member[], now) : [state]
    },

    ranNot: (state, { tag }, now) => {
      if (tag === tags.strike) return [state]
      state.watch.beginAnew(now)
      if (tag === tags.roll) return [{ ...state, readAt: null }]
      return [
        { ...state, sentAt: null },
        { kind: 'wake', key: 'beat', at: now + state.args.beatMs },
      ]
    },

    woke: (state, { key }, now) => {
      if (state.isReplaced) return [state]
      if (key === 'fence') return [state, ...tellOwners(state, viewOf(state, now))]
      return state.sentAt === null ? beat(state, now) : [state]
    },

    status: (state, { status }, now) => {
      const next = { ...state, me: { ...state.me, status } }
      return state.sentAt === null && !state.isReplaced ? beat(next, now) : [next]
    },

    whoLives: (state, { from }, now) => {
      const { members, spans } = viewOf(state, now)
      const living = [...members.values()].filter(({ status, stillMs }) => status !== 'left' && stillMs < spans.leaseMs)
      const holders = new Set(living.map(({ holder }) => holder))
      return [state, reply<Living>(from, { kind: 'living', holders })]
    },

    leave: (state, { from }, now) => {
      const next: MembershipState = { ...state, me: { ...state.me, status: 'left' }, leaver: from }
      return state.sentAt === null && !state.isReplaced ? beat(next, now) : [next]
    },

    whoIsThere: (state, { from }, now) => [state, reply<WhoIsThere>(from, { kind: 'there', view: viewOf(state, now) })],
  },
}

const beat = (state: MembershipState, now: number): MembershipStep => {
  const me = { ...state.me, url: state.args.url(), beat: state.me.beat + 1 }
  return [
    { ...state, me, sentAt: now },
    { kind: 'run', tag: tags.beat, procedure: writeLine(me) },
  ]
}

const beaten = (state: MembershipState, written: Written, now: number): MembershipStep => {
  const { sentAt, leaver } = state
  if (sentAt === null) return [state]
  if (written.kind === 'replaced') return replaced(state)
  const next: MembershipState = { ...state, answeredAt: sentAt, sentAt: null, readAt: state.readAt ?? now }
  if (leaver !== null) return written.status === 'left' ? [next, reply(leaver, { kind: 'gone' })] : beat(next, now)
  return [
    next,
    ...(state.readAt === null ? [{ kind: 'run', tag: tags.roll, procedure: readRoll() } as const] : []),
    { kind: 'wake', key: 'beat', at: Math.max(now, sentAt + next.args.beatMs) },
    { kind: 'wake', key: 'fence', at: fenceAt(next) },
  ]
}

const rollRead = (state: MembershipState, members: readonly Member[], now: number): MembershipStep => {
  if (now - (state.readAt ?? now) > fenceMs(state)) {
    state.watch.beginAnew(now)
    return [{ ...state, readAt: null }]
  }
  state.watch.look(new Map(members.map(({ node, beat: value }) => [node, value])), now)
  const next = { ...state, members, readAt: null }
  const view = viewOf(next, now)
  return [next, ...tellOwners(next, view), ...forget(view)]
}

const fenceMs = ({ args }: MembershipState): number => (args.spans.leaseMs * 2) / 3

const fenceAt = (state: MembershipState): number => state.answeredAt + fenceMs(state)

/** The newer process goes on under this name; this one owns nothing any more. */
const replaced = (state: MembershipState): MembershipStep => {
  const next = { ...state, sentAt: null, isReplaced: true }
  return [
    next,
    ...tellOwners(next, viewOf(next, Number.POSITIVE_INFINITY)),
    {
      kind: 'failNode',
      failure: { kind: 'replaced', why: `another process runs under the name of this node, ${state.me.node}` },
    },
  ]
}

const viewOf = (state: MembershipState, now: number): MembersView => {
  const { args, watch, me } = state
  const members = new Map<string, Seen>()
  for (const member of state.members) members.set(member.node, { ...member, stillMs: watch.stillMs(member.node, now) })
  // Its own line as it is now, not as it was read.
  members.set(me.node, { ...me, stillMs: 0 })
  const isFenced = state.isReplaced || now >= fenceAt(state)
  return { node: me.node, isFenced, members, spans: args.spans, isAlone: false }
}

const tellOwners = ({ args }: MembershipState, view: MembersView): NodeEffect[] =>
  Array.from({ length: args.shards }, (_, shard) => tell(shardOwnerAddress(shard), { kind: 'members', view }))

/** One that is long gone; a record at a time, whoever comes first. */
const forget = (view: MembersView): readonly NodeEffect[] => {
  for (const member of view.members.values()) {
    if (member.stillMs >= forgetMs) return [{ kind: 'run', tag: tags.strike, procedure: strike(member) }]
  }
  return []
}
