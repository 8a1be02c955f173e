/**
 * One connection of an agent: its leases, and what it says about them.
 *
 * The session outlives its connection by `resumeMs`: the agent's next one adopts the leases, on this node or another,
 * and what it doesn't adopt ends here. It leaves only after the dispatcher has said that no claim can bring it more.
 */
import type { AgentFrame } from '../protocol/frames.js'
import { Raw } from '../protocol/raw.js'
import type { AttemptReply } from '../tasks/attempt.js'
import { ack, overloaded, type Reply, refuse } from '../tasks/reply.js'
import { dispatcherAddress, registryAddress } from './addresses.js'
import { assign, giveBack, noteCalledOff } from './agentAssignments.js'
import { answersKey, hear, lookAgain, lookForAnswers } from './agentDecisions.js'
import {
  endAnswered,
  endByFail,
  endByRelease,
  endByResult,
  endJudged,
  grantCredits,
  replyOf,
  staleLease,
  tellWaiter,
} from './agentEndings.js'
import { closeBanned, endGreeting, joinFailed, joinJudged, joinRan, sayHello } from './agentJoining.js'
import {
  agentLost,
  bannedWhileHeld,
  endLease,
  expect,
  extendLeases,
  lookAtLeases,
  notHeld,
  report,
} from './agentLeases.js'
import { proposalJudged, proposalRan, proposalRanNot, propose } from './agentProposals.js'
import type { AgentSessionArgs, AgentSessionState, Holding, Leaving, Live } from './agentSessionState.js'
import { answerTo } from './answer.js'
import type { AssignedMessage } from './dispatcher.js'
import {
  type FrameMessage,
  type JudgedMessage,
  type LostMessage,
  type NodeEffect,
  type RanMessage,
  type SentMessage,
  send,
  tell,
} from './effects.js'
import type { ActorDefinition, Step } from './runtime/actor.js'
import type { Woke } from './runtime/effect.js'
import { flowOn } from './taskFlow.js'

export type AgentSessionMessage =
  | FrameMessage<AgentFrame>
  | LostMessage
  | JudgedMessage
  | SentMessage
  | RanMessage
  | AssignedMessage
  /** The dispatcher: nothing more comes from it. */
  | { readonly kind: 'left' }
  /** A newer connection of the agent holds these tasks now; the others end here. */
  | { readonly kind: 'replaced'; readonly adopted: ReadonlySet<string> }
  /** Operators don't want this agent any more. */
  | { readonly kind: 'banned' }
  /** The task is no longer this agent's: somebody called it off. */
  | { readonly kind: 'stopTask'; readonly task: string; readonly turn: number; readonly reason: string }
  /** A person has decided on something that this attempt asked. */
  | { readonly kind: 'answered'; readonly task: string; readonly turn: number }
  /** The ledger says that this session holds it. Where the session doesn't know it, it is given back. */
  | { readonly kind: 'doYouHold'; readonly claimed: AssignedMessage }
  | { readonly kind: 'drain'; readonly reason: string; readonly reconnectMs: number }
  | Woke

type AgentStep = Step<AgentSessionState, NodeEffect>

export const agentSession: ActorDefinition<AgentSessionState, AgentSessionMessage, NodeEffect, AgentSessionArgs> = {
  name: 'agentSession',
  supervision: 'stop',
  mailbox: { work: 2_048, control: 4_096 },
  // No flood of frames keeps a task out; `left` and `doYouHold` stay behind the tasks that were sent before them.
  control: [
    'lost',
    'judged',
    'sent',
    'ran',
    'ranNot',
    'assigned',
    'left',
    'doYouHold',
    'replaced',
    'banned',
    'stopTask',
    'answered',
    'woke',
  ],

  start: (args, self) => [{ kind: 'greeting', self, args, doubtful: [] }],

  on: {
    frame: (session, { frame }, now) => {
      if (session.kind === 'live') return liveFrame(session, frame, now)
      if (session.kind === 'greeting' && frame.type === 'hello') return sayHello(session, frame)
      if (session.kind === 'lingering' || session.kind === 'leaving') return [session]
      const id = 'id' in frame ? frame.id : undefined
      return id === undefined ? [session] : [session, answerTo(id, notReady)]
    },

    lost: (session, _message, now) => {
      if (session.kind === 'greeting') return endGreeting(session)
      if (session.kind === 'joining') return [{ ...session, isGone: true }]
      if (session.kind !== 'live') return [session]
      return linger(session, now)
    },

    judged: (session, { tag, ...judgement }, now) => {
      if (session.kind === 'joining') return joinJudged(session, judgement, now)
      if (session.kind === 'greeting') return [session]
      const pending = session.work.pending.get(tag)
      session.work.pending.delete(tag)
      if (pending?.kind === 'metrics') {
        const { verdict } = judgement
        const shown = verdict.kind === 'pass' ? pending.metrics : { held: verdict.reason }
        return stopIfDone(session, tell(registryAddress, { kind: 'metrics', session: session.self, metrics: shown }))
      }
      if (pending?.kind === 'action') return stopIfDone(session, ...proposalJudged(session, pending, judgement, now))
      if (pending?.kind !== 'result' && pending?.kind !== 'error') return [session]
      return [session, ...endJudged(session, pending, judgement, now)]
    },

    sent: (session) => (session.kind === 'live' ? [session, ...flowOn(session)] : [session]),

    ran: (session, { tag, result }, now) => {
      if (session.kind === 'joining') return joinRan(session, result, now)
      if (session.kind === 'greeting') return [session]
      const asked = takeProposal(session, tag)
      if (asked !== undefined) return stopIfDone(session, ...proposalRan(session, asked, result, now))
      const reply = result as AttemptReply
      return attemptAnswered(session, tag, reply, replyOf(reply), now)
    },

    ranNot: (session, { tag, why, retryAfterMs }, now) => {
      const reply = why === 'unavailable' ? overloaded(retryAfterMs) : internal
      if (session.kind === 'joining') return joinFailed(session, reply)
      if (session.kind === 'greeting') return [session]
      const asked = takeProposal(session, tag)
      if (asked !== undefined) return stopIfDone(session, ...proposalRanNot(session, asked, reply))
      return attemptAnswered(session, tag, { kind: 'overloaded', retryAfterMs }, reply, now)
    },

    assigned: (session, claimed, now) => {
      if (session.kind === 'greeting' || session.kind === 'joining') return [session]
      return [session, ...assign(session, claimed, now)]
    },

    left: (session) => (session.kind === 'leaving' ? stopIfDone({ ...session, hasLeft: true }) : [session]),

    replaced: (session, { adopted }, now) => {
      if (session.kind === 'greeting' || session.kind === 'joining') {
        return [session, { kind: 'close', code: 4001, reason: 'replaced by a newer connection' }]
      }
      for (const [token, held] of session.work.leases) {
        if (adopted.has(held.lease.task.id) && held.ending === null) session.work.leases.delete(token)
      }
      const close: readonly NodeEffect[] =
        session.kind === 'live' ? [{ kind: 'close', code: 4001, reason: 'replaced by a newer connection' }] : []
      const [next, ...effects] = leave(session, notHeld, now)
      return [next, ...close, ...effects]
    },

    banned: (session, _message, now) => {
      // It is told once it has arrived.
      if (session.kind === 'greeting' || session.kind === 'joining') return [session]
      const close: readonly NodeEffect[] = session.kind === 'live' ? [closeBanned] : []
      const [next, ...effects] = leave(session, bannedWhileHeld, now)
      return [next, ...close, ...effects]
    },

    stopTask: (session, { task, turn, reason }, now) => {
      if (session.kind === 'greeting' || session.kind === 'joining') return [session]
      for (const [token, { lease, ending }] of session.work.leases) {
        if (lease.task.id !== task || lease.place.turn !== turn) continue
        // An end under way gets its answer by itself: the ledger refuses it.
        if (ending === null) session.work.leases.delete(token)
        if (session.kind !== 'live') return stopIfDone(session)
        return [session, send({ type: 'cancel', task, lease: token, reason }), ...report(session, now)]
      }
      noteCalledOff(session.work, task, turn)
      return [session]
    },

    answered: (session, { task, turn }) =>
      session.kind === 'live' ? [session, ...lookForAnswers(session, task, turn)] : [session],

    doYouHold: (session, { claimed }, now) => {
      if (session.kind === 'greeting' || session.kind === 'joining') return [session]
      for (const { lease } of session.work.leases.values()) {
        if (lease.task.id === claimed.task.id && lease.place.turn === claimed.task.turn) return [session]
      }
      return [session, ...giveBack(session, claimed, now)]
    },

    drain: (session, { reason, reconnectMs }) =>
      session.kind === 'live' ? [session, send({ type: 'drain', reason, reconnectMs })] : [session],

    woke: (session, { key }, now) => {
      if (session.kind === 'greeting' || session.kind === 'joining') return [session]
      if (key === answersKey) return [session, ...lookAgain(session, now)]
      if (key === 'resume' && session.kind === 'lingering') return leave(session, agentLost, now)
      if (session.kind === 'leaving') return leave(session, agentLost, now)
      return [session, ...lookAtLeases(session, now)]
    },
  },
}

const notReady = refuse('NOT_READY', 'hello: say it first, and wait for welcome')
const internal = refuse('INTERNAL', 'The node failed at this. Nothing is lost; send it again.')
const saidAlready = refuse('INVALID', 'type: hello was said already on this connection')

const liveFrame = (live: Live, frame: AgentFrame, now: number): AgentStep => {
  switch (frame.type) {
    case 'result':
      return [live, ...endByResult(live, frame, now)]
    case 'fail':
      return [live, ...endByFail(live, frame, now)]
    case 'release':
      return [live, ...endByRelease(live, frame, now)]
    case 'pull': {
      const granted = grantCredits(live, frame.credits)
      return [live, answerTo(frame.id, { kind: 'ack', fields: { tasks: [], credits: live.work.credits } }), ...granted]
    }
    case 'heartbeat':
      return beat(live, frame, now)
    case 'progress':
      return progress(live, frame, now)
    case 'hello':
      return [live, answerTo(frame.id, saidAlready)]
    case 'propose':
      return [live, ...propose(live, frame, now)]
    case 'decided':
      return [live, ...hear(live, frame, now)]
    case 'reauth':
      return [live]
  }
}

const progress = (
  live: Live,
  { id, task, lease }: Extract<AgentFrame, { type: 'progress' }>,
  now: number,
): AgentStep => {
  const isHeld = live.work.leases.get(lease)?.lease.task.id === task
  if (isHeld) extendLeases(live.work, [lease], now)
  return id === undefined ? [live] : [live, answerTo(id, isHeld ? ack({}) : staleLease)]
}

const beat = (live: Live, frame: Extract<AgentFrame, { type: 'heartbeat' }>, now: number): AgentStep => {
  const { work, args } = live
  extendLeases(work, frame.holding, now)
  work.status = frame.status ?? work.status
  const effects: NodeEffect[] = [...report(live, now, true)]
  if (frame.id !== undefined) effects.push(answerTo(frame.id, { kind: 'ack', fields: { now } }))
  if (frame.metrics !== undefined) {
    const tag = expect(work, { kind: 'metrics', metrics: frame.metrics })
    const { tenant } = args.identity
    effects.push({ kind: 'judge', tag, spoken: { tenant, queue: '', kind: 'text', raw: Raw.of(frame.metrics) } })
  }
  return [live, ...effects]
}

/** What the ledger's answer is about, where it is about a proposal. */
const takeProposal = ({ work }: Holding, tag: number) => {
  const pending = work.pending.get(tag)
  if (pending?.kind !== 'proposing' && pending?.kind !== 'answers' && pending?.kind !== 'hearing') return undefined
  work.pending.delete(tag)
  return pending
}

/** What an explanation, or the end of a lease, has come to; `reply` is for who asked to have it explained. */
const attemptAnswered = (
  session: Holding,
  tag: number,
  attempt: AttemptReply,
  reply: Reply,
  now: number,
): AgentStep => {
  const pending = session.work.pending.get(tag)
  session.work.pending.delete(tag)
  if (pending?.kind === 'ending') return stopIfDone(session, ...endAnswered(session, pending, attempt, now))
  if (pending?.kind !== 'explaining' || session.kind !== 'live') return stopIfDone(session)
  return [session, tellWaiter(session, pending.waiter, reply)]
}

const linger = ({ self, args, work }: Live, now: number): AgentStep => {
  work.credits = 0
  const next: AgentSessionState = { kind: 'lingering', self, args, work }
  const gone: readonly NodeEffect[] = [
    tell(dispatcherAddress(args.identity.tenant), { kind: 'leave', session: self }),
    tell(registryAddress, { kind: 'disconnected', session: self, at: now }),
    { kind: 'wake', key: 'resume', at: now + args.resumeMs },
  ]
  return [next, ...gone]
}

/** Ends all that is still held, and stops once nothing is left to wait for. */
const leave = (session: Holding, why: typeof agentLost, now: number): AgentStep => {
  const { self, args, work } = session
  const isFirst = session.kind !== 'leaving'
  work.credits = 0
  work.lookAt = 0
  const next: Leaving = { kind: 'leaving', self, args, work, hasLeft: isFirst ? false : session.hasLeft }
  const effects: NodeEffect[] = []
  if (isFirst) effects.push(tell(dispatcherAddress(args.identity.tenant), { kind: 'leave', session: self }))
  for (const held of work.leases.values()) {
    if (held.ending === null) effects.push(...endLease(next, held, why, now))
  }
  return stopIfDone(next, ...effects)
}

/** Behind these effects it ends, where nothing is left to wait for. */
const stopIfDone = (session: Holding, ...effects: readonly NodeEffect[]): AgentStep => {
  const isDone = session.kind === 'leaving' && session.hasLeft && session.work.leases.size === 0
  if (!isDone || session.work.pending.size > 0) return [session, ...effects]
  return [session, ...effects, tell(registryAddress, { kind: 'departed', session: session.self }), { kind: 'stop' }]
}
