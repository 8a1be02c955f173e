/**
 * Decisions on what an agent asked, on their way to it: read where a hint says so, or a look now and then, and told on
 * each connection until the agent says that it knows them.
 */
import type { Decided } from '../protocol/agentFrames.js'
import type { DecisionFrame } from '../protocol/nodeFrames.js'
import { Raw } from '../protocol/raw.js'
import { type Answered, type AnswersReply, type HeardReply, noteHeard, readAnswers } from '../tasks/proposal.js'
import { deadlineOf, proposalsOf } from '../tasks/proposals.js'
import { ack, overloaded, type Reply, refuse } from '../tasks/reply.js'
import type { Task } from '../tasks/task.js'
import { staleLease } from './agentEndings.js'
import { armLook, clockOf, expect, extendLeases } from './agentLeases.js'
import type { HeldLease, Holding, Live, Pending } from './agentSessionState.js'
import { answerTo } from './answer.js'
import { type NodeEffect, send } from './effects.js'

/** A lost hint costs so much; people take longer. */
const lookMs = 5_000

/** The key of the wake-up that looks for decisions. */
export const answersKey = 'answers'

/** The lease, while nothing ends it. */
export const heldFor = ({ work }: Holding, { task, lease }: { readonly task: string; readonly lease: string }) => {
  const held = work.leases.get(lease)
  return held?.lease.task.id === task && held.ending === null ? held : undefined
}

/** Where somebody waits for it, and is still there. */
export const answered = (session: Holding, id: number | undefined, reply: Reply): readonly NodeEffect[] =>
  session.kind === 'live' && id !== undefined ? [answerTo(id, reply)] : []

/** What the record says of the lease's proposals, and with them of its clock. */
export const note = (session: Holding, held: HeldLease, task: Task, now: number): readonly NodeEffect[] => {
  const { lease } = held
  held.lease = { ...lease, asks: { cards: session.args.desk.cards, known: task.proposals } }
  held.deadline = clockOf(held.lease, now)
  return armLook(session, held)
}

export const read = (session: Holding, held: HeldLease, again?: string): NodeEffect => {
  const pending: Pending = { kind: 'answers', token: held.token, ...(again === undefined ? {} : { again }) }
  const procedure = readAnswers(session.args.desk, held.lease, again)
  return { kind: 'run', tag: expect(session.work, pending), procedure }
}

export const answersRead = (
  session: Holding,
  { token, again }: Extract<Pending, { kind: 'answers' }>,
  reply: AnswersReply,
  now: number,
): readonly NodeEffect[] => {
  const held = session.work.leases.get(token)
  // Where the attempt is over, whoever ended it tells.
  if (held === undefined || reply.kind === 'stale') return []
  const noted = note(session, held, reply.task, now)
  if (session.kind !== 'live') return noted
  const frames = reply.answers.flatMap((one) => {
    const { key } = one.proposal
    if (held.told.has(key) && key !== again) return []
    held.told.add(key)
    return [send(decisionFrame(held, reply.task, one, now))]
  })
  return [...noted, ...frames]
}

const decisionFrame = (
  { token }: HeldLease,
  task: Task,
  { proposal, answer }: Answered,
  now: number,
): DecisionFrame => {
  const { status, operator, at, action, reason, reasonCode } = answer
  return {
    type: 'decision',
    task: task.id,
    lease: token,
    key: proposal.key,
    review: proposal.review,
    status,
    ...(operator === undefined ? {} : { operatorId: operator }),
    decidedAt: at,
    ...(action === undefined ? {} : { action: new Raw(action) }),
    ...(reason === undefined ? {} : { reason }),
    ...(reasonCode === undefined ? {} : { reasonCode }),
    deadline: deadlineOf(task, proposalsOf(task), now),
  }
}

export const hear = (live: Live, frame: Decided, now: number): readonly NodeEffect[] => {
  const held = heldFor(live, frame)
  if (held === undefined) return answered(live, frame.id, staleLease)
  extendLeases(live.work, [held.token], now)
  const pending: Pending = { kind: 'hearing', token: held.token, id: frame.id }
  return [{ kind: 'run', tag: expect(live.work, pending), procedure: noteHeard(held.lease, frame.key, now) }]
}

const undecided = refuse('INVALID', 'key: expected that of a proposal that was decided')

export const heard = (
  session: Holding,
  { token, id }: Extract<Pending, { kind: 'hearing' }>,
  reply: HeardReply,
  now: number,
): readonly NodeEffect[] => {
  const held = session.work.leases.get(token)
  switch (reply.kind) {
    case 'done':
      return [...(held === undefined ? [] : note(session, held, reply.task, now)), ...answered(session, id, ack({}))]
    case 'undecided':
      return answered(session, id, undecided)
    case 'stale':
      return answered(session, id, staleLease)
    case 'overloaded':
      return answered(session, id, overloaded(reply.retryAfterMs))
  }
}

/** Something of this turn was decided, as a hint says. */
export const lookForAnswers = (session: Holding, task: string, turn: number): readonly NodeEffect[] => {
  for (const held of session.work.leases.values()) {
    const { place } = held.lease
    if (place.task === task && place.turn === turn && held.ending === null) return [read(session, held)]
  }
  return []
}

/** It came back with this lease: what was decided meanwhile waits for it. */
export const resumeProposals = (session: Holding, held: HeldLease, now: number): readonly NodeEffect[] =>
  isAwaited(held) ? [read(session, held), ...lookLater(session, now)] : []

/** Whether a decision is to come that the agent hasn't been told here. */
const isAwaited = ({ lease, told, ending }: HeldLease): boolean =>
  ending === null &&
  lease.asks?.known !== undefined &&
  proposalsOf({ turn: lease.place.turn, proposals: lease.asks.known }).made.some(
    ({ key, review, isHeard }) => review !== undefined && isHeard !== true && !told.has(key),
  )

export const lookLater = ({ work }: Holding, now: number): readonly NodeEffect[] => {
  if (work.isLooking) return []
  work.isLooking = true
  return [{ kind: 'wake', key: answersKey, at: now + lookMs }]
}

/** Hints get lost: what is awaited is read now and then. */
export const lookAgain = (session: Holding, now: number): readonly NodeEffect[] => {
  const { work } = session
  work.isLooking = false
  if (session.kind !== 'live') return []
  const awaited = [...work.leases.values()].filter(isAwaited)
  return awaited.length === 0 ? [] : [...awaited.map((held) => read(session, held)), ...lookLater(session, now)]
}
