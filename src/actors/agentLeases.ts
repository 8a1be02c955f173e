/** The leases of an agent's session: given, kept alive, looked at when one of them may be over. */
import type { Assignment } from '../protocol/nodeFrames.js'
import { Raw } from '../protocol/raw.js'
import { type Lease, loseAttempt, releaseLease } from '../tasks/attempt.js'
import { deadlineOf, proposalsOf } from '../tasks/proposals.js'
import { queueOf, type Task, withoutBody } from '../tasks/task.js'
import { registryAddress } from './addresses.js'
import type { Ending, HeldLease, Holding, Pending, Work } from './agentSessionState.js'
import type { AssignedMessage } from './dispatcher.js'
import { type NodeEffect, tell } from './effects.js'

/** Notes what an answer will be about; the tag goes with the effect. */
export const expect = (work: Work, pending: Pending): number => {
  const tag = work.nextTag++
  work.pending.set(tag, pending)
  return tag
}

export const holdLease = (work: Work, lease: Lease, token: string, wasSent: boolean, now: number): HeldLease => {
  const held = {
    token,
    lease,
    deadline: clockOf(lease, now),
    told: new Set<string>(),
    wasSent,
    aliveAt: now,
    ending: null,
  }
  work.leases.set(token, held)
  return held
}

/** When the attempt has to be over; its clock stands while somebody thinks about what it asked. */
export const clockOf = ({ task, place, asks }: Lease, now: number): number => {
  if (asks?.known === undefined) return (task.claimedAt ?? now) + task.timeoutMs
  const proposals = proposalsOf({ turn: place.turn, proposals: asks.known })
  return proposals.since === undefined ? deadlineOf(task, proposals, now) : Number.POSITIVE_INFINITY
}

export const leaseOf = (work: Work, { shard, lane, entry, task }: AssignedMessage): Lease => {
  const place = { shard, turn: task.turn, entry, task: task.id, lane }
  return { place, task: withoutBody(task), agent: work.agent, connection: work.connection }
}

export const assignmentOf = (task: Task, { token, deadline }: HeldLease): Assignment => {
  const assignment: { -readonly [Name in keyof Assignment]: Assignment[Name] } = {
    id: task.id,
    lease: token,
    queue: queueOf(task),
    step: task.step,
    steps: task.steps.length,
    attempt: task.attempts + 1,
    payload: new Raw(task.payload ?? nil),
    deadline,
  }
  if (task.previous !== undefined) assignment.previous = new Raw(task.previous)
  if (task.approval !== undefined) assignment.approval = task.approval
  if (task.replayRejection !== undefined) assignment.rejection = task.replayRejection
  if (task.trace !== undefined) assignment.trace = task.trace
  return assignment
}

const nil = Uint8Array.of(0xc0)

/** The agent is at it: all its leases, or those it lists. */
export const extendLeases = (work: Work, tokens: readonly string[] | undefined, now: number): void => {
  if (tokens === undefined) {
    for (const held of work.leases.values()) held.aliveAt = now
    return
  }
  for (const token of tokens) {
    const held = work.leases.get(token)
    if (held !== undefined) held.aliveAt = now
  }
}

/**
 * When a lease is over by itself. One that was never sent only waits to be given back. Without a connection nobody can
 * say that it is at it: leases are kept until the session leaves.
 */
const endsAt = ({ kind, args }: Holding, { wasSent, aliveAt, deadline }: HeldLease): number => {
  if (!wasSent) return 0
  return kind === 'live' ? Math.min(aliveAt + args.leaseMs, deadline) : deadline
}

/** Arms the look at leases for when this one is over. */
export const armLook = (session: Holding, held: HeldLease): readonly NodeEffect[] =>
  lookAgainAt(session.work, endsAt(session, held))

/** Arms the look at leases, unless it is armed for an earlier time. */
export const lookAgainAt = (work: Work, at: number): readonly NodeEffect[] => {
  if (at === Number.POSITIVE_INFINITY || (work.lookAt !== 0 && work.lookAt <= at)) return []
  work.lookAt = at
  return [{ kind: 'wake', key: 'leases', at }]
}

/** Ends the leases that are over, and arms the next look. */
export const lookAtLeases = (session: Holding, now: number): readonly NodeEffect[] => {
  const { work } = session
  const effects: NodeEffect[] = []
  let next = Number.POSITIVE_INFINITY
  work.lookAt = 0
  for (const held of work.leases.values()) {
    if (held.ending !== null) continue
    const at = endsAt(session, held)
    if (at > now) next = Math.min(next, at)
    else effects.push(...endLease(session, held, at === held.deadline ? timedOut : silent, now))
  }
  if (next < Number.POSITIVE_INFINITY) {
    work.lookAt = next
    effects.push({ kind: 'wake', key: 'leases', at: next })
  }
  return effects
}

/** `isUncounted`: no attempt of the task's, although the agent had it. */
export type WhyEnded = { readonly code: string; readonly message: string; readonly isUncounted?: true }

const timedOut: WhyEnded = { code: 'TIMEOUT', message: 'The attempt took longer than its time limit.' }
const silent: WhyEnded = { code: 'LEASE_EXPIRED', message: 'The agent did not keep its lease.' }
export const agentLost: WhyEnded = {
  code: 'AGENT_LOST',
  message: 'The agent lost its connection and did not come back.',
}
/** A person's word about an agent says nothing of its tasks: no attempt of theirs is used up. */
export const bannedWhileHeld: WhyEnded = {
  code: 'AGENT_LOST',
  message: 'The agent was banned.',
  isUncounted: true,
}
export const notHeld: WhyEnded = { code: 'AGENT_LOST', message: 'The agent came back without it.' }

/** The node ends a lease: a lost attempt, or given back uncounted where the agent never saw the task. */
export const endLease = (
  { work, args }: Holding,
  held: HeldLease,
  why: WhyEnded,
  now: number,
): readonly NodeEffect[] => {
  const ending: Ending = { by: 'other', waiters: [], reason: why.message }
  held.ending = ending
  const isLost = held.wasSent && why.isUncounted !== true
  const procedure = isLost ? loseAttempt(args.desk, held.lease, why, now) : releaseLease(held.lease, 'other', now)
  return [{ kind: 'run', tag: expect(work, { kind: 'ending', token: held.token }), procedure }]
}

/** Room for more tasks: what is on its way to its end takes none. */
export const freePlaces = (work: Work): number => {
  let held = 0
  for (const lease of work.leases.values()) if (lease.ending === null) held++
  return Math.max(0, work.capacity - held)
}

/** Tells the registry what the fleet view shows; at most once a second, unless `always`. */
export const report = (session: Holding, now: number, always = false): readonly NodeEffect[] => {
  const { work, self } = session
  if (!always && now - work.lastReportAt < 1_000) return []
  work.lastReportAt = now
  const holding = work.leases.size
  const status = work.status ?? (holding > 0 ? 'BUSY' : 'IDLE')
  return [tell(registryAddress, { kind: 'seen', session: self, at: now, status, holding })]
}
