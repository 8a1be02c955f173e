/**
 * An agent asks before it acts: `propose`, from the frame through the gate to the ledger.
 *
 * What is open stands in the task's record, not here: whoever goes on with the lease, or ends it, finds it there.
 */
import { hash } from 'node:crypto'
import type { Propose } from '../protocol/agentFrames.js'
import { Raw } from '../protocol/raw.js'
import type { HeldWord } from '../tasks/desk.js'
import { type AnswersReply, type HeardReply, type ProposeReply, proposeAction } from '../tasks/proposal.js'
import { mostProposals } from '../tasks/proposals.js'
import { ack, overloaded, type Reply, refuse } from '../tasks/reply.js'
import { queueOf } from '../tasks/task.js'
import { answered, answersRead, heard, heldFor, lookLater, note, read } from './agentDecisions.js'
import { confidenceOf, mostRefusals, staleLease } from './agentEndings.js'
import { expect, extendLeases } from './agentLeases.js'
import type { Holding, Live, Pending, ToPropose } from './agentSessionState.js'
import { answerTo } from './answer.js'
import type { Judgement, NodeEffect } from './effects.js'

export const propose = (live: Live, frame: Propose, now: number): readonly NodeEffect[] => {
  const held = heldFor(live, frame)
  if (held === undefined) return [answerTo(frame.id, staleLease)]
  const { work, args } = live
  extendLeases(work, [held.token], now)
  // From here on whatever ends the lease looks for what it asked.
  held.lease = { ...held.lease, asks: held.lease.asks ?? { cards: args.desk.cards, known: undefined } }
  const { id, key, action, summary } = frame
  const { task, place } = held.lease
  const raw = action as Raw
  const origin = {
    tenant: args.identity.tenant,
    queue: queueOf(task),
    of: { task: task.id, turn: place.turn },
    at: now,
  }
  const word: ToPropose = {
    kind: 'action',
    id,
    token: held.token,
    key,
    digest: hash('sha256', raw.bytes, 'base64url'),
    // What is no number was left undecoded; the gate says what it is.
    spoken: {
      ...origin,
      kind: 'action',
      raw,
      confidence: frame.confidence instanceof Raw ? frame.confidence.value() : frame.confidence,
    },
    summary: summary === undefined ? undefined : { text: summary, findings: null },
    refusals: 0,
  }
  return [judge(live, word)]
}

/** Its summary first: people read it with the action, its secrets masked. */
const judge = ({ work }: Holding, word: ToPropose, more: { after?: number; isHeld?: boolean } = {}): NodeEffect => {
  const { spoken, summary } = word
  const tag = expect(work, word)
  return summary?.findings === null
    ? { kind: 'judge', tag, spoken: { ...spoken, kind: 'text', raw: Raw.of(summary.text), confidence: undefined } }
    : { kind: 'judge', tag, spoken, ...more }
}

export const proposalJudged = (
  session: Holding,
  word: ToPropose,
  { verdict, hash, passed, edition }: Judgement,
  now: number,
): readonly NodeEffect[] => {
  const held = session.work.leases.get(word.token)
  if (held === undefined || held.ending !== null) return answered(session, word.id, staleLease)
  const { summary, key, digest, spoken } = word
  if (summary?.findings === null) {
    const findings = verdict.kind === 'hold' ? verdict.findings : []
    return [judge(session, { ...word, summary: { text: summary.text, findings } })]
  }
  const action = spoken.raw.bytes
  const question = { key, digest }
  const tag = expect(session.work, { kind: 'proposing', word, edition })
  const run = (asked: Parameters<typeof proposeAction>[2]): readonly NodeEffect[] => [
    { kind: 'run', tag, procedure: proposeAction(session.args.desk, held.lease, asked, now) },
  ]
  if (verdict.kind === 'pass') {
    if (passed === null) throw new Error('a verdict that passes, and nothing to go on by')
    return run({ ...question, action, passed })
  }
  const { task, agent } = held.lease
  const about = { task, agent, kind: 'action', value: action, hash, verdict, edition } as const
  const said: HeldWord = { ...about, confidence: confidenceOf(spoken.confidence) }
  return run({ ...question, word: summary === undefined ? said : { ...said, summary: withFindings(summary) } })
}

const withFindings = ({ text, findings }: NonNullable<ToPropose['summary']>) => ({ text, findings: findings ?? [] })

/** The ledger has answered what an effect of this file asked it. */
export const proposalRan = (
  session: Holding,
  pending: Extract<Pending, { kind: 'proposing' | 'answers' | 'hearing' }>,
  result: unknown,
  now: number,
): readonly NodeEffect[] => {
  switch (pending.kind) {
    case 'proposing':
      return proposed(session, pending, result as ProposeReply, now)
    case 'answers':
      return answersRead(session, pending, result as AnswersReply, now)
    case 'hearing':
      return heard(session, pending, result as HeardReply, now)
  }
}

/** It could not be asked. What was to be read is read at the next look. */
export const proposalRanNot = (
  session: Holding,
  pending: Extract<Pending, { kind: 'proposing' | 'answers' | 'hearing' }>,
  reply: Reply,
): readonly NodeEffect[] => {
  if (pending.kind === 'answers') return []
  return answered(session, pending.kind === 'proposing' ? pending.word.id : pending.id, reply)
}

const proposed = (
  session: Holding,
  { word, edition = 0 }: Extract<Pending, { kind: 'proposing' }>,
  reply: ProposeReply,
  now: number,
): readonly NodeEffect[] => {
  switch (reply.kind) {
    case 'asked': {
      const { review, isOpen } = reply.proposal
      if (review === undefined) return answered(session, word.id, ack({ status: 'APPROVED' }))
      const told = answered(session, word.id, ack({ status: 'NEEDS_REVIEW', review }))
      const held = session.work.leases.get(word.token)
      if (held === undefined) return told
      const noted = note(session, held, reply.task, now)
      // It was asked before, and has its decision: told once more, behind the answer.
      return [...told, ...noted, ...(isOpen ? lookLater(session, now) : [read(session, held, word.key)])]
    }
    case 'policyChanged': {
      const refusals = word.refusals + 1
      const more = refusals < mostRefusals ? { after: edition } : { isHeld: true }
      return [judge(session, { ...word, refusals }, more)]
    }
    case 'conflict':
      return answered(session, word.id, refuse('CONFLICT', 'key: this attempt has proposed another action by it'))
    case 'tooMany':
      return answered(session, word.id, refuse('INVALID', `key: an attempt proposes at most ${mostProposals} actions`))
    case 'stale':
      return answered(session, word.id, staleLease)
    case 'overloaded':
      return answered(session, word.id, overloaded(reply.retryAfterMs))
  }
}
