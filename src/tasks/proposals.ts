/**
 * What an attempt has asked before it acted, as its task's record has it: with the task, so that whoever goes on with its
 * lease, decides on a question or ends the attempt finds all of them in one place and changes them by one guard.
 *
 * While one of them is open the attempt's clock stands.
 */
import type { Guard, Write } from '../ledger/port.js'
import type { CardDesk } from './desk.js'
import { answerHint, taskKey } from './keys.js'
import { unmoved } from './move.js'
import type { Task } from './task.js'

export type Proposal = {
  /** The agent's, unique in the attempt. */
  readonly key: string
  /** Of the action's bytes. */
  readonly digest: string
  /** Its card; missing: the gate let it pass. */
  readonly review?: string
  /** Nobody has decided it yet. */
  readonly isOpen?: true
  /** The agent has said that it knows the decision. */
  readonly isHeard?: true
}

export type Proposals = {
  /** Whose attempt they are of: those of another turn count for nothing. */
  readonly turn: number
  /** How long its clock has stood, up to `since`. */
  readonly stoodMs: number
  /** The clock stands since then; missing: it goes. */
  readonly since?: number
  readonly made: readonly Proposal[]
}

/** Of one attempt, those that passed included. */
export const mostProposals = 64

/** Each is made, decided and heard once: whoever was refused for one of these tries again, and not more often. */
export const mostChanges = 3 * mostProposals + 1

/** What its attempt has asked so far. */
export const proposalsOf = ({ turn, proposals }: Pick<Task, 'turn' | 'proposals'>): Proposals => {
  const known = proposals === undefined ? undefined : (JSON.parse(proposals) as Proposals)
  return known?.turn === turn ? known : { turn, stoodMs: 0, made: [] }
}

/** True while they are as they were read; undefined: there were none. */
export const proposalsGuard = (task: string, proposals: string | undefined): Guard => ({
  kind: 'equals',
  record: taskKey(task),
  field: 'proposals',
  value: proposals ?? null,
})

export const proposalsWrite = (task: string, proposals: Proposals): Write => ({
  kind: 'put',
  record: taskKey(task),
  fields: { proposals: JSON.stringify(proposals) },
})

/** With one more; one that is open stops the clock. */
export const withProposal = (proposals: Proposals, proposal: Proposal, now: number): Proposals => {
  const made = [...proposals.made, proposal]
  const { since = now } = proposals
  return proposal.isOpen === true ? { ...proposals, since, made } : { ...proposals, made }
}

/** One of them changed. The clock goes on once none is open. */
export const withChanged = (proposals: Proposals, changed: Proposal, now: number): Proposals => {
  const made = proposals.made.map((one) => (one.key === changed.key ? changed : one))
  const { since, ...others } = proposals
  if (since === undefined || made.some(({ isOpen }) => isOpen)) return { ...proposals, made }
  return { ...others, stoodMs: others.stoodMs + Math.max(0, now - since), made }
}

/** When the attempt has to be over, as far as is known: while its clock stands that moves on with `now`. */
export const deadlineOf = (task: Task, proposals: Proposals, now: number): number => {
  const { stoodMs, since = now } = proposals
  return (task.claimedAt ?? now) + task.timeoutMs + stoodMs + Math.max(0, now - since)
}

/** A decision, as the agent is told it. */
export type Answer = {
  readonly status: 'APPROVED' | 'REJECTED' | 'EXPIRED'
  readonly operator?: string
  readonly at: number
  /** What an operator put in the action's place, as MessagePack. */
  readonly action?: Uint8Array
  readonly reason?: string
  readonly reasonCode?: string
}

type Change = { readonly guards: readonly Guard[]; readonly writes: readonly Write[] }

/** It is decided: its agent is told by a hint. Null where its attempt is over, or the task was read before a change. */
export const closeProposal = (task: Task, review: string, now: number): Change | null => {
  const { id, turn, tenant, agent } = task
  const proposals = proposalsOf(task)
  const open = proposals.made.find((one) => one.review === review && one.isOpen)
  if (task.status !== 'RUNNING' || agent === undefined || open === undefined) return null
  const { isOpen: _, ...closed } = open
  return {
    guards: [...unmoved(task), proposalsGuard(id, task.proposals)],
    writes: [
      proposalsWrite(id, withChanged(proposals, closed, now)),
      { kind: 'hint', hint: answerHint({ task: id, turn, tenant, agent }) },
    ],
  }
}

/** The attempt ends: what it asked and nobody answered is withdrawn with it. */
export const endProposals = (cards: CardDesk, task: Task, now: number): Change => {
  const guards: Guard[] = [proposalsGuard(task.id, task.proposals)]
  const writes: Write[] = []
  if (task.proposals !== undefined) {
    writes.push({ kind: 'put', record: taskKey(task.id), fields: { proposals: null } })
  }
  for (const { review, isOpen } of proposalsOf(task).made) {
    if (review === undefined || isOpen !== true) continue
    const withdrawn = cards.withdraw(task, review, now)
    guards.push(...withdrawn.guards)
    writes.push(...withdrawn.writes)
  }
  return { guards, writes }
}

/** Refused because a proposal was made or decided meanwhile: to be read again. */
export const isProposalGuard = (guard: Guard): boolean =>
  guard.kind === 'equals' && (guard.field === 'proposals' || guard.field === 'status')
