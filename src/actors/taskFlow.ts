/**
 * How much of an agent's tasks may be on its way out: more than the connection takes would end it.
 *
 * A task that is too much goes back, for another agent or a later moment, and its credit is kept here until what was
 * sent has left. Small tasks cost no more than an addition.
 */
import type { Task } from '../tasks/task.js'
import { dispatcherAddress } from './addresses.js'
import type { Live } from './agentSessionState.js'
import { type NodeEffect, tell } from './effects.js'

/** Changes in place, as the session's `Work` does. */
export type TaskFlow = {
  /** Bodies of tasks that were sent and may not have left yet. */
  sentBytes: number
  /** So many of them the open question is about whether they have left; null: nothing is asked. */
  askedBytes: number | null
  /** Credits that the dispatcher gets once there is room. */
  keptCredits: number
}

export const newTaskFlow = (): TaskFlow => ({ sentBytes: 0, askedBytes: null, keptCredits: 0 })

const bodyBytes = ({ payload, previous }: Task): number => (payload?.length ?? 0) + (previous?.length ?? 0)

/** One alone never is. */
export const isTooMuch = ({ work, args }: Live, task: Task): boolean => {
  const { sentBytes } = work.flow
  return sentBytes > 0 && sentBytes + bodyBytes(task) > args.aheadBytes
}

export const noteSent = (live: Live, task: Task): readonly NodeEffect[] => {
  const { flow } = live.work
  flow.sentBytes += bodyBytes(task)
  return isHalfFull(live) || flow.keptCredits > 0 ? askWhetherSent(flow) : nothing
}

/** The agent still wants the task that went back, or another. */
export const keepCredit = ({ work }: Live): readonly NodeEffect[] => {
  work.credits++
  work.flow.keptCredits++
  return askWhetherSent(work.flow)
}

/** Credits on their way to the dispatcher. */
export const passOn = (live: Live, credits: number): readonly NodeEffect[] => {
  const { flow } = live.work
  if (flow.keptCredits === 0) return [want(live, credits)]
  flow.keptCredits += credits
  return nothing
}

/**
 * What was asked about has left. Kept credits go on by as many as there is certainly room for: if the tasks that they
 * bring are small, the next ones follow at once.
 */
export const flowOn = (live: Live): readonly NodeEffect[] => {
  const { flow } = live.work
  const { aheadBytes, limits } = live.args
  flow.sentBytes -= flow.askedBytes ?? 0
  flow.askedBytes = null
  const effects: NodeEffect[] = []
  const certain = Math.max(1, Math.floor(aheadBytes / (limits.payloadBytes + limits.outputBytes)))
  const credits = Math.min(flow.keptCredits, certain)
  flow.keptCredits -= credits
  if (credits > 0) effects.push(want(live, credits))
  if (isHalfFull(live)) effects.push(...askWhetherSent(flow))
  return effects
}

const nothing: readonly never[] = []

const isHalfFull = ({ work, args }: Live): boolean => 2 * work.flow.sentBytes > args.aheadBytes

const askWhetherSent = (flow: TaskFlow): readonly NodeEffect[] => {
  if (flow.askedBytes !== null) return nothing
  flow.askedBytes = flow.sentBytes
  return [{ kind: 'whenSent' }]
}

const want = ({ self, work, args }: Live, credits: number): NodeEffect => {
  const { agent, connection, queues } = work
  return tell(dispatcherAddress(args.identity.tenant), {
    kind: 'want',
    session: self,
    agent,
    connection,
    queues,
    credits,
  })
}
