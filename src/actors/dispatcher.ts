/**
 * Brings a tenant's waiting tasks and its idle agents together on this node.
 *
 * Sessions say how many tasks they want; hints and a poll say which queues have some. For each (queue, shard) at most
 * one claim is under way. An agent that was given a task goes behind the others, so work spreads over the fleet.
 */
import type { AttemptReply } from '../tasks/attempt.js'
import { isAgentOpen } from '../tasks/fleetControl.js'
import { lane, laneHint } from '../tasks/keys.js'
import type { Task } from '../tasks/task.js'
import { shardDoorAddress } from './addresses.js'
import { ask, type NodeEffect, type RanMessage, tell } from './effects.js'
import type { FleetMessage } from './fleetWatch.js'
import { type FleetKnown, giveBackClaim, knownForMs, lookAfterReturn, sendableUntil } from './handOut.js'
import { assigned, claimRequest, endWait, type LaneClaim, mayHaveMore } from './laneClaim.js'
import { Line, type Taker } from './line.js'
import type { ActorDefinition, Address, Step } from './runtime/actor.js'
import type { Replied, Unanswered, Woke } from './runtime/effect.js'
import { type ClaimAnswered, claimDeadlineMs } from './shardDoor.js'

/** A task for this session: it made the claim's record RUNNING for the session's connection. */
export type AssignedMessage = {
  readonly kind: 'assigned'
  readonly shard: number
  readonly lane: string
  readonly entry: string
  readonly task: Task
  /** From then on it may not be sent any more. */
  readonly until: number
}

export type DispatcherState = {
  readonly tenant: string
  readonly node: string
  readonly shards: number
  readonly takers: Map<Address, Taker>
  readonly lines: Map<string, Line>
  readonly claims: Map<number, LaneClaim>
  readonly nextTag: number
  /** What operators said of the fleet; null: not known yet, and nothing is handed out. */
  readonly fleet: FleetKnown | null
  readonly isDraining: boolean
}

export type DispatcherMessage =
  /** `credits` more tasks; the first one of a session brings its queues. */
  | {
      readonly kind: 'want'
      readonly session: Address
      readonly agent: string
      readonly connection: number
      readonly queues: readonly string[]
      readonly credits: number
    }
  /** No more tasks for this session. Answered by `left` once no claim can bring it one. */
  | { readonly kind: 'leave'; readonly session: Address }
  /** `isKept`: no other node was told, as this one seemed to have somebody for it (`canServe`). */
  | { readonly kind: 'laneReady'; readonly shard: number; readonly queue: string; readonly isKept: boolean }
  | FleetMessage
  /** The node is leaving: nothing is handed out any more, and what is on its way goes back. */
  | { readonly kind: 'drain' }
  | Replied
  | Unanswered
  | RanMessage
  | Woke

export type DispatcherArgs = { readonly tenant: string; readonly node: string; readonly shards: number }

/** A lost hint costs at most this. */
const pollMs = 1_000

type DispatcherStep = Step<DispatcherState, NodeEffect>

export const dispatcher: ActorDefinition<DispatcherState, DispatcherMessage, NodeEffect, DispatcherArgs> = {
  name: 'dispatcher',
  supervision: 'escalate',
  mailbox: { work: 100_000, control: 10_000 },
  // Not `leave`: a `want` that was sent before it must not come after it.
  control: ['replied', 'unanswered'],

  start: ({ tenant, node, shards }, _self, now) => [
    {
      tenant,
      node,
      shards,
      takers: new Map(),
      lines: new Map(),
      claims: new Map(),
      nextTag: 1,
      fleet: null,
      isDraining: false,
    },
    { kind: 'wake', key: 'poll', at: now + pollMs },
  ],

  on: {
    want: (state, { session, agent, connection, queues, credits }, now) => {
      const known = state.takers.get(session)
      const taker = known ?? newTaker(state.fleet, { session, agent, connection, queues })
      if (taker.isLeaving) return [state]
      const lines = taker.queues.map((queue) => lineOf(state, queue))
      if (known === undefined) {
        state.takers.set(session, taker)
        for (const line of lines) line.members++
      }
      taker.credits += credits
      for (const line of lines) line.push(taker)
      return claimAll(state, lines, now)
    },

    leave: (state, { session }) => {
      const taker = state.takers.get(session)
      if (taker !== undefined && taker.claiming > 0) {
        taker.isLeaving = true
        taker.credits = 0
        return [state]
      }
      if (taker !== undefined) forget(state, taker)
      return [state, tell(session, { kind: 'left' })]
    },

    laneReady: (state, { shard, queue, isKept }, now) => {
      // Where there is no line nobody serves the queue, and a new one looks into every shard.
      const line = state.lines.get(queue)
      if (line === undefined) return isKept ? [state, passHint(state, shard, queue)] : [state]
      line.ready.add(shard)
      if (isKept) line.owed.add(shard)
      return claimAll(state, [line], now)
    },

    fleet: (state, { control, at }, now) => {
      const { fleet } = state
      if (state.isDraining) return [state]
      const next = { ...state, fleet: { control, at } }
      const isKnown = fleet?.control.version === control.version
      if (!isKnown) for (const taker of state.takers.values()) setHeld(state, taker, !isAgentOpen(control, taker.agent))
      // Nothing waited for this.
      if (isKnown && now < fleet.at + knownForMs) return [next]
      return claimAll(next, [...state.lines.values()], now)
    },

    drain: (state, _message, now) =>
      claimAll({ ...state, fleet: null, isDraining: true }, [...state.lines.values()], now),

    replied: (state, { tag, message }, now) => answered(state, Number(tag), (message as ClaimAnswered).reply, now),

    unanswered: (state, { tag }, now) => answered(state, Number(tag), null, now),

    ran: (state, { tag, result }) =>
      (result as AttemptReply | undefined)?.kind === 'overloaded' ? [state, ...lookAfterReturn(tag)] : [state],

    // The end of a wait stays uncommitted: the shard's owner ends it with the other waits that are over.
    ranNot: (state, { tag }) => [state, ...lookAfterReturn(tag)],

    woke: (state, _message, now) => {
      for (const line of state.lines.values()) {
        if (line.isDeserted()) state.lines.delete(line.queue)
        else for (let shard = 0; shard < state.shards; shard++) line.ready.add(shard)
      }
      const [next, ...effects] = claimAll(state, [...state.lines.values()], now)
      return [next, ...effects, { kind: 'wake', key: 'poll', at: now + pollMs }]
    },
  },
}

const lineOf = (state: DispatcherState, queue: string): Line => {
  const known = state.lines.get(queue)
  if (known !== undefined) return known
  const line = new Line(queue, state.shards)
  state.lines.set(queue, line)
  return line
}

const newTaker = (
  fleet: FleetKnown | null,
  who: Pick<Taker, 'session' | 'agent' | 'connection' | 'queues'>,
): Taker => ({
  ...who,
  credits: 0,
  claiming: 0,
  isLeaving: false,
  isHeld: fleet !== null && !isAgentOpen(fleet.control, who.agent),
})

/** A taker that is held keeps its credits, and leaves its lines when its turn comes. */
const setHeld = (state: DispatcherState, taker: Taker, isHeld: boolean): void => {
  if (taker.isHeld && !isHeld) for (const queue of taker.queues) lineOf(state, queue).push(taker)
  taker.isHeld = isHeld
}

const forget = (state: DispatcherState, taker: Taker): void => {
  taker.credits = 0
  state.takers.delete(taker.session)
  for (const queue of taker.queues) {
    const line = lineOf(state, queue)
    line.drop(taker)
    line.members--
  }
}

/** Whether somebody here waits for tasks of this queue: a hint for it needn't go to other nodes. */
export const canServe = (state: DispatcherState, queue: string, now: number): boolean =>
  state.lines.get(queue)?.isWaitedAt() === true && sendableUntil(state.fleet, queue, now) !== 0

const passHint = ({ tenant }: DispatcherState, shard: number, queue: string): NodeEffect => ({
  kind: 'passHint',
  shard,
  // Whatever its priority: whoever hears it looks at all of them.
  hint: laneHint(lane(tenant, queue, 'normal')),
})

/** Starts a claim for each (line, shard) that is ready, has takers, and has none under way. */
const claimAll = (state: DispatcherState, lines: readonly Line[], now: number): DispatcherStep => {
  const effects: NodeEffect[] = []
  let { nextTag } = state
  for (const line of lines) {
    const mayClaim = sendableUntil(state.fleet, line.queue, now) !== 0
    for (const shard of mayClaim ? line.ready : []) {
      if (line.claiming.has(shard)) continue
      const takers = line.take()
      if (takers.length === 0) break
      line.claiming.add(shard)
      line.ready.delete(shard)
      const tag = nextTag++
      state.claims.set(tag, { queue: line.queue, shard, takers, isOwed: line.owed.delete(shard) })
      const request = claimRequest(state, line, takers, now)
      effects.push(ask(shardDoorAddress(shard), { kind: 'claim', request }, claimDeadlineMs, tag))
    }
    for (const shard of line.owed) {
      // What was offered to nobody here may find somebody elsewhere; a claim under way says whether something is left.
      if (line.claiming.has(shard)) continue
      line.owed.delete(shard)
      effects.push(passHint(state, shard, line.queue))
    }
  }
  return effects.length === 0 ? [state] : [{ ...state, nextTag }, ...effects]
}

const answered = (state: DispatcherState, tag: number, reply: ClaimAnswered['reply'], now: number): DispatcherStep => {
  const claim = state.claims.get(tag)
  if (claim === undefined) return [state]
  state.claims.delete(tag)
  const line = lineOf(state, claim.queue)
  line.claiming.delete(claim.shard)
  const claimed = reply?.claimed ?? []
  const effects: NodeEffect[] = []
  const given = new Set<number>()
  const until = sendableUntil(state.fleet, claim.queue, now)
  for (const one of claimed) {
    const taker = claim.takers[one.taker]
    if (taker === undefined) continue
    if (until === 0 || taker.isHeld) {
      effects.push(giveBackClaim(claim.shard, one, taker, now))
      continue
    }
    given.add(one.taker)
    effects.push(tell(taker.session, assigned(claim.shard, one, until)))
  }
  for (const one of reply?.overdue ?? []) effects.push(endWait(claim.shard, one, now))
  effects.push(...giveBackCredits(state, line, claim.takers, given))
  line.turnBy(claimed.length)
  if (claimed.length === claim.takers.length) line.grow()
  else line.shrink()
  const isLeft = reply === null || mayHaveMore(reply, claim)
  if (isLeft && reply !== null) line.ready.add(claim.shard)
  if (isLeft && claim.isOwed) line.owed.add(claim.shard)
  const [next, ...more] = claimAll(state, linesOf(state, claim.takers, line), now)
  return [next, ...effects, ...more]
}

/** The lines that takers who are free again may serve. */
const linesOf = (state: DispatcherState, takers: readonly Taker[], line: Line): readonly Line[] => {
  const queues = new Set([line.queue])
  for (const taker of takers) if (taker.credits > 0) for (const queue of taker.queues) queues.add(queue)
  return [...queues].map((queue) => lineOf(state, queue))
}

const giveBackCredits = (
  state: DispatcherState,
  line: Line,
  takers: readonly Taker[],
  given: ReadonlySet<number>,
): NodeEffect[] => {
  const effects: NodeEffect[] = []
  for (let at = takers.length - 1; at >= 0; at--) {
    const taker = takers[at]
    if (taker === undefined) continue
    taker.claiming--
    if (taker.isLeaving) {
      if (taker.claiming > 0) continue
      forget(state, taker)
      effects.push(tell(taker.session, { kind: 'left' }))
      continue
    }
    if (given.has(at)) {
      if (taker.credits > 0) line.push(taker)
      else for (const queue of taker.queues) state.lines.get(queue)?.drop(taker)
      continue
    }
    taker.credits++
    line.unshift(taker)
    for (const queue of taker.queues) if (queue !== line.queue) lineOf(state, queue).push(taker)
  }
  return effects
}
