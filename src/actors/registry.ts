/**
 * Who is connected to this node: agents and subscribers, by name. Everything that looks for a session looks here.
 *
 * Of two connections with one name the newer wins, and the older is told. What the fleet view shows of an agent is
 * written to the ledger in batches, and so is how many there are of each tenant.
 */

import { type AttemptReply, releaseLease } from '../tasks/attempt.js'
import { isBanned } from '../tasks/fleetControl.js'
import { replacedElsewhere } from '../tasks/joining.js'
import { writeAgents, writeCounts } from '../tasks/presence.js'
import { shardDoorAddress } from './addresses.js'
import { changedCounts, countAnew } from './agentCounts.js'
import type { AssignedMessage } from './dispatcher.js'
import { type NodeEffect, reply, tell } from './effects.js'
import { findHeld } from './heldEntries.js'
import type { AgentEntry, RegistryArgs, RegistryMessage, RegistryState, WhoIsHere } from './registryState.js'
import type { ActorDefinition, Address, Step } from './runtime/actor.js'

const writeMs = 2_000
/** Whoever is here is written so often, however quiet: what nobody writes for days is taken for gone. */
const touchMs = 3_600_000
const agentsPerWrite = 1_000

type RegistryStep = Step<RegistryState, NodeEffect>

const keyOf = (tenant: string, agent: string): string => `${tenant}/${agent}`

export const registry: ActorDefinition<RegistryState, RegistryMessage, NodeEffect, RegistryArgs> = {
  name: 'registry',
  supervision: 'escalate',
  mailbox: { work: 200_000, control: 10_000 },
  control: ['whoIsHere', 'woke', 'ran', 'ranNot'],

  start: ({ desk }, _self, now) => [
    {
      desk,
      agents: new Map(),
      bySession: new Map(),
      subscribers: new Map(),
      changed: new Set(),
      counted: new Map(),
      bans: new Map(),
    },
    { kind: 'wake', key: 'write', at: now + writeMs },
    { kind: 'wake', key: 'count', at: now + writeMs },
    { kind: 'wake', key: 'touch', at: now + touchMs },
  ],

  on: {
    arrived: (state, { session, tenant, agent, connection, queues, at, adopted }) => {
      const key = keyOf(tenant, agent)
      const older = state.agents.get(key)
      // Two hellos of one agent were under way together, and this one has the lower number.
      if (older !== undefined && older.connection > connection) {
        return [state, tell(session, { kind: 'replaced', adopted: new Set() })]
      }
      const entry: AgentEntry = {
        session,
        tenant,
        agent,
        connection,
        queues,
        isConnected: true,
        status: 'ACTIVE',
        lastSeen: at,
        holding: adopted.size,
      }
      state.agents.set(key, entry)
      state.bySession.set(session, key)
      const bans = state.bans.get(tenant)
      // Banned while it joined.
      const banned = bans !== undefined && isBanned(bans, agent) ? [tell(session, { kind: 'banned' })] : []
      if (older === undefined) return [state, ...banned]
      state.bySession.delete(older.session)
      return [state, tell(older.session, { kind: 'replaced', adopted }), ...banned]
    },

    fleet: (state, { tenant, control }) => {
      if (control.banned.size === 0) {
        state.bans.delete(tenant)
        return [state]
      }
      state.bans.set(tenant, control)
      const banned = [...state.agents.values()].filter((one) => one.tenant === tenant && isBanned(control, one.agent))
      return [state, ...banned.map(({ session }) => tell(session, { kind: 'banned' }))]
    },

    seen: (state, { session, at, status, holding }) => update(state, session, { lastSeen: at, status, holding }),

    metrics: (state, { session, metrics }) => update(state, session, { metrics }),

    disconnected: (state, { session, at }) => update(state, session, { isConnected: false, lastSeen: at }),

    departed: (state, { session }) => {
      const key = state.bySession.get(session)
      state.bySession.delete(session)
      if (key === undefined) return [state]
      const entry = state.agents.get(key)
      state.agents.delete(key)
      state.changed.delete(key)
      if (entry === undefined) return [state]
      return [state, { kind: 'run', tag: 0, procedure: writeAgents(state.desk, [{ ...entry, isConnected: false }]) }]
    },

    subscribed: (state, { log, session, connection }) => {
      const other = state.subscribers.get(log)
      if (other !== undefined && other.connection > connection) return [state, tell(session, { kind: 'replaced' })]
      state.subscribers.set(log, { session, connection })
      return other === undefined ? [state] : [state, tell(other.session, { kind: 'replaced' })]
    },

    unsubscribed: (state, { log, session }) => {
      if (state.subscribers.get(log)?.session === session) state.subscribers.delete(log)
      return [state]
    },

    subscribedAnew: (state, { log, connection }) => {
      const here = state.subscribers.get(log)
      return here === undefined || here.connection >= connection
        ? [state]
        : [state, tell(here.session, { kind: 'replaced' })]
    },

    outcomes: (state, { log }) => {
      const session = state.subscribers.get(log)?.session
      return session === undefined ? [state] : [state, tell(session, { kind: 'outcomesReady' })]
    },

    stopTask: (state, { tenant, agent, task, turn, reason }) => {
      const entry = state.agents.get(keyOf(tenant, agent))
      return entry === undefined ? [state] : [state, tell(entry.session, { kind: 'stopTask', task, turn, reason })]
    },

    answered: (state, { tenant, agent, task, turn }) => {
      const entry = state.agents.get(keyOf(tenant, agent))
      return entry === undefined ? [state] : [state, tell(entry.session, { kind: 'answered', task, turn })]
    },

    joinedElsewhere: (state, { tenant, agent, connection }) => {
      const entry = state.agents.get(keyOf(tenant, agent))
      if (entry === undefined || entry.connection >= connection) return [state]
      // What the newer connection adopted is no longer held here, so giving it back changes nothing.
      return [state, tell(entry.session, { kind: 'replaced', adopted: new Set() })]
    },

    ledgerLost: (state) => [
      state,
      ...[...state.subscribers.values()].map(({ session }) => tell(session, { kind: 'readAnew' })),
    ],

    missedHints: (state) => [state, recheck(state)],

    lookFor: (state, { shard }) => [state, look(state, shard)],

    whoIsHere: (state, { tenant, from }) => {
      const agents = [...state.agents.values()].filter((entry) => entry.tenant === tenant)
      return [state, reply<WhoIsHere>(from, { kind: 'here', agents })]
    },

    ran: (state, { tag, result }, now) => {
      if (tag === recheckTag) {
        const replaced = result as readonly AgentEntry[]
        return [state, ...replaced.map(({ session }) => tell(session, { kind: 'replaced', adopted: new Set() }))]
      }
      if (tag <= firstReturn) {
        const isDone = (result as AttemptReply).kind !== 'overloaded'
        return isDone ? [state] : [state, lookLater(firstReturn - tag, now + againMs)]
      }
      if (tag < firstLook) return [state]
      const looked = tell(shardDoorAddress(tag - firstLook), { kind: 'looked' })
      return [state, ...askHolders(state, result, now), looked]
    },

    // What was not written is written with the next change.
    ranNot: (state, { tag }, now) => {
      if (tag === recheckTag) return [state, { kind: 'wake', key: 'recheck', at: now + againMs }]
      if (tag === countTag) countAnew(state.counted)
      if (tag <= firstReturn) return [state, lookLater(firstReturn - tag, now + againMs)]
      return tag < firstLook ? [state] : [state, lookLater(tag - firstLook, now + againMs)]
    },

    woke: (state, { key }, now) => {
      if (key === 'recheck') return [state, recheck(state)]
      if (key === 'count') return [state, ...writeChanged(state, now), { kind: 'wake', key, at: now + writeMs }]
      if (key === 'touch') {
        for (const agent of state.agents.keys()) state.changed.add(agent)
        countAnew(state.counted)
        return [state, { kind: 'wake', key, at: now + touchMs }]
      }
      if (key.startsWith('look/')) return [state, look(state, Number(key.slice('look/'.length)))]
      const entries: AgentEntry[] = []
      for (const key of state.changed) {
        if (entries.length >= agentsPerWrite) break
        state.changed.delete(key)
        const entry = state.agents.get(key)
        if (entry !== undefined) entries.push(entry)
      }
      const again: NodeEffect = { kind: 'wake', key: 'write', at: now + (state.changed.size > 0 ? 100 : writeMs) }
      if (entries.length === 0) return [state, again]
      return [state, { kind: 'run', tag: 0, procedure: writeAgents(state.desk, entries) }, again]
    },
  },
}

const recheck = ({ desk, agents }: RegistryState): NodeEffect => ({
  kind: 'run',
  tag: recheckTag,
  procedure: replacedElsewhere(desk, [...agents.values()]),
})

/** A node that is alone has nobody who would read it. */
const writeChanged = ({ desk, agents, counted }: RegistryState, now: number): readonly NodeEffect[] => {
  const changed = desk.isAlone ? new Map() : changedCounts(counted, agents.values())
  return changed.size === 0 ? [] : [{ kind: 'run', tag: countTag, procedure: writeCounts(desk, changed, now) }]
}

/** Tags from the first look on are looks, one for each shard; from there down, what was given back after them. */
const recheckTag = 1
const countTag = 2
const firstLook = 3
const firstReturn = -1
const againMs = 250

const lookLater = (shard: number, at: number): NodeEffect => ({ kind: 'wake', key: `look/${shard}`, at })

const look = ({ desk }: RegistryState, shard: number): NodeEffect => ({
  kind: 'run',
  tag: firstLook + shard,
  procedure: findHeld(desk, shard),
})

const update = (state: RegistryState, session: Address, change: Partial<AgentEntry>): RegistryStep => {
  const key = state.bySession.get(session)
  const entry = key === undefined ? undefined : state.agents.get(key)
  if (key === undefined || entry === undefined) return [state]
  const next = { ...entry, ...change }
  state.agents.set(key, next)
  // When it was last seen is written along with the next change, and when it goes: not with each beat.
  const isAsBefore = next.status === entry.status && next.isConnected === entry.isConnected
  if (!isAsBefore || next.holding !== entry.holding || change.metrics !== undefined) {
    state.changed.add(key)
  }
  return [state]
}

/** Each session is asked about what the ledger says it holds; what belongs to no session here goes back at once. */
const askHolders = (state: RegistryState, result: unknown, now: number): readonly NodeEffect[] =>
  (result as readonly { readonly claimed: AssignedMessage; readonly agent: string; readonly connection: number }[]).map(
    ({ claimed, agent, connection }) => {
      const entry = state.agents.get(keyOf(claimed.task.tenant, agent))
      if (entry !== undefined && entry.connection === connection) {
        return tell(entry.session, { kind: 'doYouHold', claimed })
      }
      const { shard, lane, entry: id, task } = claimed
      const place = { shard, turn: task.turn, entry: id, task: task.id, lane }
      // A join that failed on its way may have adopted it, with what the agent had asked under it.
      const asks = { cards: state.desk.cards, known: task.proposals }
      const lease = { place, task, agent, connection, asks }
      return { kind: 'run', tag: firstReturn - shard, procedure: releaseLease(lease, 'other', now) }
    },
  )
