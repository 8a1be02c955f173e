/**
 * How an agent ends a lease: `result`, `fail`, `release`.
 *
 * What it says goes through the gate first, then to the ledger, and the answer waits for both. A lease that isn't held
 * here may have ended with the same words before: its record tells.
 */
import type { Fail, Release, Result } from '../protocol/agentFrames.js'
import { Raw } from '../protocol/raw.js'
import { type AttemptReply, explainEnd, failAttempt, holdResult, passResult, releaseLease } from '../tasks/attempt.js'
import type { HeldWord } from '../tasks/desk.js'
import type { LeasePlace } from '../tasks/lease.js'
import { ack, overloaded, type Reply, refuse } from '../tasks/reply.js'
import { queueOf } from '../tasks/task.js'
import type { Verdict } from '../tasks/verdict.js'
import { armLook, expect, freePlaces, lookAgainAt, report } from './agentLeases.js'
import type { Ending, HeldLease, Holding, Live, Pending, Waiter } from './agentSessionState.js'
import { answerTo } from './answer.js'
import { type NodeEffect, send } from './effects.js'
import { passOn } from './taskFlow.js'

export const staleLease = refuse('STALE_LEASE', 'lease: it has ended, or it is not a lease of this agent for this task')

const confidenceOf = (said: unknown): number => (typeof said === 'number' && said >= 0 && said <= 1 ? said : 0)

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
  const output = frame.output ?? Raw.of(null)
  // What is no number was left undecoded; the gate says what it is.
  const confidence = frame.confidence instanceof Raw ? frame.confidence.value() : frame.confidence
  const tag = expect(live.work, { kind: 'result', token: held.token, output: output.bytes, confidence })
  const { tenant } = live.args.identity
  const queue = queueOf(held.lease.task)
  const value = output.value()
  return [
    { kind: 'judge', tag, said: { tenant, queue, kind: 'result', value, confidence } },
    ...grantCredits(live, frame.credits),
  ]
}

export const endByFail = (live: Live, frame: Fail, now: number): readonly NodeEffect[] => {
  const { held, effects } = begin(live, frame, 'fail', now)
  if (held === null) return [...effects, ...grantCredits(live, frame.credits)]
  const { code, message } = frame.error
  const tag = expect(live.work, { kind: 'error', token: held.token, code, message, retry: frame.retry ?? true })
  const { tenant } = live.args.identity
  return [
    { kind: 'judge', tag, said: { tenant, queue: queueOf(held.lease.task), kind: 'text', value: { code, message } } },
    ...grantCredits(live, frame.credits),
  ]
}

export const endByRelease = (live: Live, frame: Release, now: number): readonly NodeEffect[] => {
  const { held, effects } = begin(live, frame, 'release', now)
  if (held === null) return effects
  const tag = expect(live.work, { kind: 'ending', token: held.token })
  return [{ kind: 'run', tag, procedure: releaseLease(held.lease, 'release', now) }]
}

type Judged = Extract<Pending, { kind: 'result' | 'error' }>

/** The gate has spoken: what it let through goes to the ledger as the end of the lease, what it held as a card. */
export const endJudged = (
  session: Holding,
  pending: Judged,
  { verdict, hash }: { readonly verdict: Verdict; readonly hash: string },
  now: number,
): readonly NodeEffect[] => {
  const { work, args } = session
  const held = work.leases.get(pending.token)
  if (held === undefined) return []
  const { lease } = held
  const tag = expect(work, { kind: 'ending', token: held.token })
  if (pending.kind === 'result') {
    const procedure =
      verdict.kind === 'pass'
        ? passResult(lease, pending.output, now)
        : holdResult(args.desk, lease, heldWord(held, 'result', pending.output, hash, pending.confidence, verdict), now)
    return [{ kind: 'run', tag, procedure }]
  }
  const { code, message, retry } = pending
  const said = { error: { code, message }, retry }
  if (verdict.kind === 'pass') return [{ kind: 'run', tag, procedure: failAttempt(args.desk, lease, said, now) }]
  const word = heldWord(held, 'text', Raw.of({ code, message }).bytes, hash, undefined, verdict)
  return [{ kind: 'run', tag, procedure: failAttempt(args.desk, lease, { ...said, word }, now) }]
}

const heldWord = (
  { lease }: HeldLease,
  kind: HeldWord['kind'],
  value: Uint8Array,
  hash: string,
  confidence: unknown,
  verdict: HeldWord['verdict'],
): HeldWord => ({
  task: lease.task,
  agent: lease.agent,
  kind,
  value,
  hash,
  confidence: confidenceOf(confidence),
  verdict,
})

/** The ledger has answered: the lease is gone, or stays as it was where it could not be ended. */
export const endAnswered = (
  session: Holding,
  token: string,
  reply: AttemptReply,
  now: number,
): readonly NodeEffect[] => {
  const { work } = session
  const held = work.leases.get(token)
  if (held?.ending == null) return []
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
  const { status, duplicate } = reply
  return ack(duplicate ? { status, duplicate } : { status })
}
