/**
 * How an agent ends a lease: `result`, `fail`, `release`.
 *
 * What it says goes through the gate first, then to the ledger, and the answer waits for both. Where the policy changed in
 * between, it goes through the gate again. A lease that isn't held here may have ended with the same words before: its
 * record tells.
 */
import type { Fail, Release, Result } from '../protocol/agentFrames.js'
import { Raw } from '../protocol/raw.js'
import {
  type AttemptReply,
  explainEnd,
  failAttempt,
  holdResult,
  type Lease,
  passResult,
  releaseLease,
} from '../tasks/attempt.js'
import type { Desk, HeldWord } from '../tasks/desk.js'
import type { LeasePlace } from '../tasks/lease.js'
import type { Procedure } from '../tasks/procedure.js'
import { ack, overloaded, type Reply, refuse } from '../tasks/reply.js'
import { queueOf } from '../tasks/task.js'
import { armLook, expect, freePlaces, lookAgainAt, report } from './agentLeases.js'
import type { Ending, HeldLease, Holding, Live, Pending, ToJudge, Waiter } from './agentSessionState.js'
import { answerTo } from './answer.js'
import { type JudgeEffect, type Judgement, type NodeEffect, type Spoken, send } from './effects.js'
import { passOn } from './taskFlow.js'

export const staleLease = refuse('STALE_LEASE', 'lease: it has ended, or it is not a lease of this agent for this task')

export const confidenceOf = (said: unknown): number => (typeof said === 'number' && said >= 0 && said <= 1 ? said : 0)

const nothing: readonly never[] = []

/** Takes in an ending frame. `held` null: the lease isn't held here, or ends already, and `effects` is all there is. */
const begin = (
  live: Live,
  frame: Result | Fail | Release,
  by: Waiter['by'],
  now: number,
): { readonly held: HeldLease | null; readonly effects: readonly NodeEffect[] } => {
  const { work, args } = live
  const { id, task, lease: token } = frame
  const waiter: Waiter = { id, by, asksForMore: 'credits' in frame && frame.credits !== undefined }
  const held = work.leases.get(token)
  if (held !== undefined && held.lease.task.id === task) {
    if (held.ending === null) {
      held.ending = { by, waiters: [waiter] }
      return { held, effects: nothing }
    }
    // Answered once it is known how the lease ended.
    held.ending.waiters.push(waiter)
    return { held: null, effects: nothing }
  }
  const { tenant } = args.identity
  const place = args.desk.signer.verify(token, tenant, work.agent)
  if (place === null || place.task !== task) return { held: null, effects: [answerTo(id, staleLease)] }
  return { held: null, effects: [explain(live, place, waiter, now)] }
}

/** Reads how a lease ended that isn't held here any more. */
const explain = ({ work, args }: Holding, place: LeasePlace, waiter: Waiter, now: number): NodeEffect => ({
  kind: 'run',
  tag: expect(work, { kind: 'explaining', waiter }),
  procedure: explainEnd(place, work.agent, args.identity.tenant, waiter.by, now),
})

/** `credits` count at once: the lease on its way to its end takes no place any more. */
export const grantCredits = (live: Live, more: number | undefined): readonly NodeEffect[] => {
  const { work } = live
  if (more === undefined || more === 0) return nothing
  const granted = Math.min(more, freePlaces(work) - work.credits)
  if (granted <= 0) return nothing
  work.credits += granted
  return passOn(live, granted)
}

export const endByResult = (live: Live, frame: Result, now: number): readonly NodeEffect[] => {
  const { held, effects } = begin(live, frame, 'result', now)
  if (held === null) return [...effects, ...grantCredits(live, frame.credits)]
  // What is no number was left undecoded; the gate says what it is.
  const confidence = frame.confidence instanceof Raw ? frame.confidence.value() : frame.confidence
  const raw = frame.output ?? Raw.of(null)
  const spoken: Spoken = { ...spokenIn(live, held, now), kind: 'result', raw, confidence }
  return [judge(live, { kind: 'result', token: held.token, spoken, refusals: 0 }), ...grantCredits(live, frame.credits)]
}

export const endByFail = (live: Live, frame: Fail, now: number): readonly NodeEffect[] => {
  const { held, effects } = begin(live, frame, 'fail', now)
  if (held === null) return [...effects, ...grantCredits(live, frame.credits)]
  const { code, message } = frame.error
  const spoken: Spoken = { ...spokenIn(live, held, now), kind: 'text', raw: Raw.of({ code, message }) }
  return [
    judge(live, { kind: 'error', token: held.token, spoken, retry: frame.retry ?? true, refusals: 0 }),
    ...grantCredits(live, frame.credits),
  ]
}

const spokenIn = ({ args }: Live, { lease }: HeldLease, at: number) => ({
  tenant: args.identity.tenant,
  queue: queueOf(lease.task),
  of: { task: lease.task.id, turn: lease.place.turn },
  at,
})

const judge = ({ work }: Holding, word: ToJudge): JudgeEffect => ({
  kind: 'judge',
  tag: expect(work, word),
  spoken: word.spoken,
})

export const endByRelease = (live: Live, frame: Release, now: number): readonly NodeEffect[] => {
  const { held, effects } = begin(live, frame, 'release', now)
  if (held === null) return effects
  const tag = expect(live.work, { kind: 'ending', token: held.token })
  return [{ kind: 'run', tag, procedure: releaseLease(held.lease, 'release', now) }]
}

/** The gate has spoken: what it let through goes to the ledger as the end of the lease, what it held as a card. */
export const endJudged = (
  session: Holding,
  word: ToJudge,
  judgement: Judgement,
  now: number,
): readonly NodeEffect[] => {
  const { work, args } = session
  const held = work.leases.get(word.token)
  if (held === undefined) return []
  const judged = { word, edition: judgement.edition }
  const tag = expect(work, { kind: 'ending', token: held.token, judged })
  return [{ kind: 'run', tag, procedure: endOf(args.desk, held.lease, word, judgement, now) }]
}

const endOf = (
  desk: Desk,
  lease: Lease,
  word: ToJudge,
  { verdict, hash, passed, edition }: Judgement,
  now: number,
): Procedure<AttemptReply> => {
  const { raw, confidence } = word.spoken
  if (verdict.kind === 'hold') {
    const { task, agent } = lease
    const kind = word.kind === 'result' ? 'result' : 'text'
    const counted = confidenceOf(confidence)
    const held: HeldWord = { task, agent, kind, value: raw.bytes, hash, confidence: counted, verdict, edition }
    return word.kind === 'result'
      ? holdResult(desk, lease, held, now)
      : failAttempt(desk, lease, { retry: word.retry, word: held }, now)
  }
  if (passed === null) throw new Error('a verdict that passes, and nothing to release by')
  return word.kind === 'result'
    ? passResult(lease, raw.bytes, passed, now)
    : failAttempt(desk, lease, { retry: word.retry, said: raw.bytes, passed }, now)
}

type JudgedWord = NonNullable<Extract<Pending, { kind: 'ending' }>['judged']>

/** So often it is judged anew because the policy has changed meanwhile; after that it is held. */
export const mostRefusals = 3

const judgeAgain = (session: Holding, { word, edition = 0 }: JudgedWord): readonly NodeEffect[] => {
  const refusals = word.refusals + 1
  const again = judge(session, { ...word, refusals })
  return [refusals < mostRefusals ? { ...again, after: edition } : { ...again, isHeld: true }]
}

/** The ledger has answered: the lease is gone, or stays as it was where it could not be ended. */
export const endAnswered = (
  session: Holding,
  { token, judged }: Extract<Pending, { kind: 'ending' }>,
  reply: AttemptReply,
  now: number,
): readonly NodeEffect[] => {
  const { work } = session
  const held = work.leases.get(token)
  if (held?.ending == null) return []
  if (reply.kind === 'policyChanged') return judged === undefined ? [] : judgeAgain(session, judged)
  const { ending } = held
  if (reply.kind === 'overloaded') {
    held.ending = null
    const { retryAfterMs } = reply
    // Nobody asks again for what the node ends by itself.
    const look = ending.reason === undefined ? armLook(session, held) : lookAgainAt(work, now + retryAfterMs)
    return [...refuseAll(session, ending, overloaded(retryAfterMs)), ...look]
  }
  work.leases.delete(token)
  if (session.kind !== 'live') return report(session, now)
  const effects = answerAll(session, held.lease.place, ending, reply, now)
  if (ending.reason !== undefined && held.wasSent) {
    effects.push(send({ type: 'cancel', task: held.lease.task.id, lease: token, reason: ending.reason }))
  }
  effects.push(...report(session, now))
  return effects
}

/** An answer to each who sent the same; from the second on it is a duplicate. To the others it has to be explained. */
const answerAll = (
  live: Live,
  place: LeasePlace,
  { by, waiters }: Ending,
  reply: AttemptReply,
  now: number,
): NodeEffect[] => {
  let told = reply
  const effects: NodeEffect[] = []
  for (const waiter of waiters) {
    if (waiter.by !== by) continue
    effects.push(tellWaiter(live, waiter, replyOf(told)))
    if (told.kind === 'done') told = { ...told, duplicate: true }
  }
  for (const waiter of waiters) if (waiter.by !== by) effects.push(explain(live, place, waiter, now))
  return effects
}

/** The same to everybody who waits, whatever they sent. */
const refuseAll = (session: Holding, { waiters }: Ending, reply: Reply): readonly NodeEffect[] =>
  session.kind === 'live' ? waiters.map(({ id }) => answerTo(id, reply)) : []

/**
 * With what is left of the credits, for whoever sent some. Tasks that are ready follow in the same message where they
 * are due together.
 */
export const tellWaiter = ({ work }: Live, { id, asksForMore }: Waiter, reply: Reply): NodeEffect => {
  if (reply.kind === 'error' || !asksForMore) return answerTo(id, reply)
  return answerTo(id, ack(Object.assign({}, reply.fields, { tasks: nothing, credits: work.credits })))
}

export const replyOf = (reply: AttemptReply): Reply => {
  if (reply.kind === 'overloaded') return overloaded(reply.retryAfterMs)
  if (reply.kind === 'stale') return staleLease
  // Not told to anybody: it is judged again.
  if (reply.kind === 'policyChanged') return overloaded(0)
  const { status, duplicate } = reply
  return ack(duplicate ? { status, duplicate } : { status })
}
