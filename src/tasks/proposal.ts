/**
 * An agent asks before it acts, in the middle of an attempt: the question is kept with its task, a held one as a card.
 *
 * Each change is guarded by the lease, so an agent that lost it asks for nothing, and by what was asked before, so a key
 * is answered the same whoever sends it again, on whatever node.
 */
import type { Write } from '../ledger/port.js'
import { allowedWrites, type Lease, leaseGuards, originOf } from './attempt.js'
import type { Desk, HeldWord } from './desk.js'
import { cardKey, taskKey } from './keys.js'
import type { LeasePlace } from './lease.js'
import { demandPassed, type Passed } from './passed.js'
import { isPolicyGuard, policyGuard } from './policyRecord.js'
import { commit, type Order, type Procedure, read, readOne } from './procedure.js'
import {
  type Answer,
  isProposalGuard,
  mostChanges,
  mostProposals,
  type Proposal,
  proposalsGuard,
  proposalsOf,
  proposalsWrite,
  withChanged,
  withProposal,
} from './proposals.js'
import { type Task, taskOf, withoutBody } from './task.js'
import type { Edition } from './verdict.js'

/** What is proposed, and what the gate said of it. `action` is MessagePack. */
export type Question = { readonly key: string; readonly digest: string } & (
  | { readonly action: Uint8Array; readonly passed: Passed }
  | { readonly word: HeldWord }
)

export type ProposeReply =
  /** As it stands in the record, maybe since long ago. */
  | { readonly kind: 'asked'; readonly proposal: Proposal; readonly task: Task }
  /** The key has another action. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'tooMany' }
  | { readonly kind: 'stale' }
  /** It was judged by a policy that is no longer in force. Nothing was done. */
  | { readonly kind: 'policyChanged' }
  | { readonly kind: 'overloaded'; readonly retryAfterMs: number }

/** Throws `NotPassed` for another action than the one that passed. */
export function* proposeAction(desk: Desk, lease: Lease, question: Question, now: number): Procedure<ProposeReply> {
  const { key, digest } = question
  if ('passed' in question) demandPassed(question.passed, question.action, originOf(lease.task))
  for (let round = 0; round < mostChanges; round++) {
    const task = yield* readHeld(lease)
    if (task === null) return { kind: 'stale' }
    const before = proposalsOf(task)
    const known = before.made.find((one) => one.key === key)
    if (known !== undefined) return known.digest === digest ? { kind: 'asked', proposal: known, task } : conflict
    if (before.made.length >= mostProposals) return { kind: 'tooMany' }
    const plan = planOf(desk, lease, task, question, now)
    const after = withProposal(before, plan.proposal, now)
    const writes = [proposalsWrite(task.id, after), ...plan.writes]
    const outcome = yield* commit(order(lease, task, writes, { edition: plan.edition, drains: false }))
    if (outcome.kind === 'done') {
      return { kind: 'asked', proposal: plan.proposal, task: { ...task, proposals: JSON.stringify(after) } }
    }
    if (outcome.kind === 'overloaded') return outcome
    if (outcome.kind === 'invalid') throw new Error(`proposal: ${outcome.why}`)
    if (isPolicyGuard(outcome.guard)) return { kind: 'policyChanged' }
    if (!isProposalGuard(outcome.guard)) return { kind: 'stale' }
  }
  throw new Error(`proposal: what task ${lease.task.id} asks changed ${mostChanges} times while it was asked`)
}

const conflict: ProposeReply = { kind: 'conflict' }

type Plan = {
  readonly proposal: Proposal
  readonly writes: readonly Write[]
  readonly edition: Edition | undefined
}

const planOf = (desk: Desk, lease: Lease, task: Task, question: Question, now: number): Plan => {
  const { key, digest } = question
  if ('passed' in question) {
    const { passed } = question
    return { proposal: { key, digest }, writes: allowedWrites(lease, passed, now), edition: passed.edition }
  }
  const { word } = question
  const { review, writes } = desk.cards.open({ ...word, task: withoutBody(task) }, now)
  const counted: Write = { kind: 'put', record: taskKey(task.id), fields: { asked: (task.asked ?? 0) + 1 } }
  return { proposal: { key, digest, review, isOpen: true }, writes: [...writes, counted], edition: word.edition }
}

const order = (
  lease: Lease,
  { id, tenant, proposals }: Task,
  writes: readonly Write[],
  { edition, drains }: { readonly edition?: Edition | undefined; readonly drains: boolean },
): Order => ({
  shard: lease.place.shard,
  tenant,
  drains,
  transaction: {
    guards: [
      ...leaseGuards(lease),
      proposalsGuard(id, proposals),
      ...(edition === undefined ? [] : [policyGuard(tenant, edition)]),
    ],
    writes,
  },
})

/** The task as it stands, while the lease is this one. */
function* readHeld({ place, task: { tenant }, connection }: Lease): Procedure<Task | null> {
  const task = yield* readTurn(place, tenant)
  return task?.agentConnection === connection ? task : null
}

function* readTurn({ shard, task: id, turn }: LeasePlace, tenant: string): Procedure<Task | null> {
  const fields = yield* readOne(shard, taskKey(id))
  if (fields === null || fields.tenant !== tenant) return null
  const task = taskOf(fields)
  return task.turn === turn && task.status === 'RUNNING' ? task : null
}

export type AnswersReply =
  | { readonly kind: 'read'; readonly task: Task; readonly answers: readonly Answered[] }
  | { readonly kind: 'stale' }

/** A proposal that was decided. */
export type Answered = { readonly proposal: Proposal & { readonly review: string }; readonly answer: Answer }

/** The decisions on what the attempt asked, without those that it has heard; with that of the key `again` all the same. */
export function* readAnswers(desk: Desk, lease: Lease, again?: string): Procedure<AnswersReply> {
  const task = yield* readTurn(lease.place, lease.task.tenant)
  if (task === null) return { kind: 'stale' }
  const decided = proposalsOf(task).made.flatMap((proposal) => {
    const { key, review, isOpen, isHeard } = proposal
    const isWanted = isOpen !== true && (isHeard !== true || key === again)
    return review !== undefined && isWanted ? [{ ...proposal, review }] : []
  })
  const cards =
    decided.length === 0
      ? []
      : yield* read(
          lease.place.shard,
          decided.map(({ review }) => cardKey(review)),
        )
  const answers = decided.flatMap((proposal, at): readonly Answered[] => {
    const fields = cards[at]
    const answer = fields ? desk.cards.answerOf(fields) : null
    return answer === null ? [] : [{ proposal, answer }]
  })
  return { kind: 'read', task, answers }
}

export type HeardReply =
  | { readonly kind: 'done'; readonly task: Task }
  /** Nothing is decided by this key. */
  | { readonly kind: 'undecided' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'overloaded'; readonly retryAfterMs: number }

/** The agent knows the decision: it isn't told again by itself. */
export function* noteHeard(lease: Lease, key: string, now: number): Procedure<HeardReply> {
  for (let round = 0; round < mostChanges; round++) {
    const task = yield* readHeld(lease)
    if (task === null) return { kind: 'stale' }
    const before = proposalsOf(task)
    const known = before.made.find((one) => one.key === key)
    if (known?.review === undefined || known.isOpen === true) return { kind: 'undecided' }
    if (known.isHeard === true) return { kind: 'done', task }
    const after = withChanged(before, { ...known, isHeard: true }, now)
    const outcome = yield* commit(order(lease, task, [proposalsWrite(task.id, after)], { drains: true }))
    if (outcome.kind === 'done') return { kind: 'done', task: { ...task, proposals: JSON.stringify(after) } }
    if (outcome.kind === 'overloaded') return outcome
    if (outcome.kind === 'invalid') throw new Error(`decided: ${outcome.why}`)
    if (!isProposalGuard(outcome.guard)) return { kind: 'stale' }
  }
  throw new Error(`decided: what task ${lease.task.id} asks changed ${mostChanges} times meanwhile`)
}
