/**
 * Tasks on their way to an agent: sent on, or given back where they come too late or are too much.
 *
 * What calls a task off may overtake it. Its turn is noted then, and the task is not sent.
 */
import { grantCredits } from './agentEndings.js'
import { armLook, assignmentOf, endLease, holdLease, leaseOf, notHeld, report } from './agentLeases.js'
import type { Holding, Work } from './agentSessionState.js'
import type { AssignedMessage } from './dispatcher.js'
import { type NodeEffect, send } from './effects.js'
import { isTooMuch, keepCredit, noteSent } from './taskFlow.js'

/** A claim has brought the session a task. */
export const assign = (session: Holding, claimed: AssignedMessage, now: number): readonly NodeEffect[] => {
  const { work } = session
  const { task } = claimed
  work.credits = Math.max(0, work.credits - 1)
  if (session.kind !== 'live') return giveBack(session, claimed, now)
  // The agent never hears of it, and still wants one.
  if (work.calledOff.delete(turnName(task.id, task.turn))) return grantCredits(session, 1)
  // The node stood still since, or was long about it: the fleet may be paused by now.
  if (now >= claimed.until) return [...grantCredits(session, 1), ...giveBack(session, claimed, now)]
  if (isTooMuch(session, task)) return [...keepCredit(session), ...giveBack(session, claimed, now)]
  const held = holdAssigned(session, claimed, true, now)
  return [
    send({ type: 'task', task: assignmentOf(task, held) }),
    ...noteSent(session, task),
    { kind: 'dispatched', waitedMs: now - task.updatedAt },
    ...armLook(session, held),
    ...report(session, now),
  ]
}

/** The task goes back as if nobody had had it. It is held until then, so that it goes back for certain. */
export const giveBack = (session: Holding, claimed: AssignedMessage, now: number): readonly NodeEffect[] =>
  endLease(session, holdAssigned(session, claimed, false, now), notHeld, now)

const holdAssigned = ({ work, args }: Holding, claimed: AssignedMessage, wasSent: boolean, now: number) => {
  // One that the ledger says it holds may be from before, with what was asked under it.
  const { proposals } = claimed.task
  const asks = proposals === undefined ? {} : { asks: { cards: args.desk.cards, known: proposals } }
  const lease = { ...leaseOf(work, claimed), ...asks }
  const token = args.desk.signer.sign(lease.place, args.identity.tenant, work.agent)
  return holdLease(work, lease, token, wasSent, now)
}

const turnName = (task: string, turn: number): string => `${task}/${turn}`

/** Turns noted: each waits for a task that is about to come. Those that had ended by themselves are pushed out. */
const mostCalledOff = 64

export const noteCalledOff = ({ calledOff }: Work, task: string, turn: number): void => {
  calledOff.add(turnName(task, turn))
  for (const oldest of calledOff) {
    if (calledOff.size <= mostCalledOff) return
    calledOff.delete(oldest)
  }
}
