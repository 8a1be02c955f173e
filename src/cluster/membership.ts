/**
 * A node among others: it beats on the roll, watches the beats of the rest, and tells its shard owners who is there.
 *
 * A node whose own beat is late gives its shards up before anybody may take them: it is fenced by its own monotonic
 * clock, counted from when the last beat that was answered had been sent.
 */
import { shardOwnerAddress } from '../actors/addresses.js'
import { type NodeEffect, type RanMessage, reply, tell } from '../actors/effects.js'
import type { Living } from '../actors/living.js'
import type { ActorDefinition, Step } from '../actors/runtime/actor.js'
import type { Asked, From, Woke } from '../actors/runtime/effect.js'
import type { LivenessSpans, Member, MemberStatus, MembersView, Seen } from './members.js'
import { type Called, callRoll, strike } from './roll.js'
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
  /** When the call under way was sent; null: none is. */
  readonly calledAt: number | null
  /** When the last call that was answered had been sent. */
  readonly answeredAt: number
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

const tags = { roll: 1, strike: 2 } as const

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
      calledAt: null,
      answeredAt: now - args.spans.leaseMs,
      watch: new Standstill(),
      members: [],
      isReplaced: false,
      leaver: null,
    }
    return beat(state, now)
  },

  on: {
    ran: (state, { tag, result }, now) => {
      if (tag !== tags.roll || state.calledAt === null) return [state]
      const called = result as Called
      if (called.kind === 'replaced') return replaced(state)
      state.watch.look(new Map(called.members.map(({ node, beat: value }) => [node, value])), now)
      const next = { ...state, members: called.members, answeredAt: state.calledAt, calledAt: null }
      if (state.leaver !== null) {
        const isWritten = called.members.some(({ node, status }) => node === state.me.node && status === 'left')
        return isWritten ? [next, reply(state.leaver, { kind: 'gone' })] : beat(next, now)
      }
      const view = viewOf(next, now)
      return [
        next,
        ...tellOwners(next, view),
        ...forget(view),
        { kind: 'wake', key: 'beat', at: Math.max(now, state.calledAt + state.args.beatMs) },
        { kind: 'wake', key: 'fence', at: fenceAt(next) },
      ]
    },

    ranNot: (state, { tag }, now) => {
      if (tag !== tags.roll) return [state]
      state.watch.beginAnew(now)
      return [
        { ...state, calledAt: null },
        { kind: 'wake', key: 'beat', at: now + state.args.beatMs },
      ]
    },

    woke: (state, { key }, now) => {
      if (state.isReplaced) return [state]
      if (key === 'fence') return [state, ...tellOwners(state, viewOf(state, now))]
      return state.calledAt === null ? beat(state, now) : [state]
    },

    status: (state, { status }, now) => {
      const next = { ...state, me: { ...state.me, status } }
      return state.calledAt === null && !state.isReplaced ? beat(next, now) : [next]
    },

    whoLives: (state, { from }, now) => {
      const { members, spans } = viewOf(state, now)
      const living = [...members.values()].filter(({ status, stillMs }) => status !== 'left' && stillMs < spans.leaseMs)
      const holders = new Set(living.map(({ holder }) => holder))
      return [state, reply<Living>(from, { kind: 'living', holders })]
    },

    leave: (state, { from }, now) => {
      const next: MembershipState = { ...state, me: { ...state.me, status: 'left' }, leaver: from }
      return state.calledAt === null && !state.isReplaced ? beat(next, now) : [next]
    },

    whoIsThere: (state, { from }, now) => [state, reply<WhoIsThere>(from, { kind: 'there', view: viewOf(state, now) })],
  },
}

const beat = (state: MembershipState, now: number): MembershipStep => {
  const me = { ...state.me, url: state.args.url(), beat: state.me.beat + 1 }
  return [
    { ...state, me, calledAt: now },
    { kind: 'run', tag: tags.roll, procedure: callRoll(me) },
  ]
}

const fenceAt = ({ answeredAt, args }: MembershipState): number => answeredAt + (args.spans.leaseMs * 2) / 3

/** The newer process goes on under this name; this one owns nothing any more. */
const replaced = (state: MembershipState): MembershipStep => {
  const next = { ...state, calledAt: null, isReplaced: true }
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
