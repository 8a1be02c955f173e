/**
 * Actions that handlers ask about before they take them, each until it is decided or its attempt is over.
 *
 * A question outlives connections: it is sent on each until it is decided, as the node answers a second sending like the
 * first; and the node tells its decision on each connection until it hears `decided`.
 */
import type { Ack, Assignment, DecisionFrame } from '../protocol/nodeFrames.js'
import { backoffMs } from './backoff.js'
import { isForNow, isUnknown } from './call.js'
import { ChimeraError } from './chimeraError.js'
import type { Link } from './link.js'
import { type Encoded, encodeValue } from './wire.js'

export interface ProposeOptions {
  /** From 0 to 1: how sure the agent is. Anything else counts as 0, and is held for a person. */
  readonly confidence: number
  /** What it is for, in words for the person who decides. At most 4,096 bytes. */
  readonly summary?: string
  /** Names the proposal within its attempt: asked again by it, the same action has the same answer. Default: its place. */
  readonly key?: string
}

/** What became of a proposed action. Only `APPROVED` allows it. */
export interface ActionDecision {
  readonly status: 'APPROVED' | 'REJECTED' | 'EXPIRED'
  /** What to do: as it was proposed, or as the operator changed it. */
  readonly action: unknown
  readonly isEdited: boolean
  /** Its card; missing: the gate let it pass. */
  readonly review?: string
  readonly operatorId?: string
  readonly decidedAt?: number
  readonly reason?: string
  readonly reasonCode?: string
}

/** Stops while one of its proposals is undecided; then it goes on, towards a later end where a person took time. */
export interface AttemptClock {
  stop(): void
  goOn(deadline: number | undefined): void
}

type Question = {
  readonly task: Assignment
  readonly key: string
  readonly action: unknown
  readonly encoded: Encoded
  readonly frame: { readonly type: 'propose'; readonly [field: string]: unknown }
  readonly decision: Promise<ActionDecision>
  readonly resolve: (decision: ActionDecision) => void
  readonly reject: (error: ChimeraError) => void
  /** `waiting`: a person has it. */
  state: 'asking' | 'waiting' | 'done'
  sending: number
  refusals: number
}

type Attempt = {
  readonly clock: AttemptClock
  readonly questions: Map<string, Question>
  deadline: number | undefined
}

export class Proposals {
  readonly #link: Link
  /** By lease. */
  readonly #attempts = new Map<string, Attempt>()

  constructor(link: Link) {
    this.#link = link
  }

  /** From here on the lease's handler may ask. */
  begin(lease: string, clock: AttemptClock): void {
    this.#attempts.set(lease, { clock, questions: new Map(), deadline: undefined })
  }

  /** The attempt is over: nobody answers any more. */
  end(lease: string, why: ChimeraError): void {
    const attempt = this.#attempts.get(lease)
    this.#attempts.delete(lease)
    for (const question of attempt?.questions.values() ?? []) this.#fail(question, why)
  }

  /** Rejects with the node's refusal, or with why the attempt ended. */
  propose(task: Assignment, action: unknown, options: ProposeOptions): Promise<ActionDecision> {
    try {
      return this.#ask(task, action, options)
    } catch (error) {
      return quiet(Promise.reject(error))
    }
  }

  #ask(task: Assignment, action: unknown, options: ProposeOptions): Promise<ActionDecision> {
    const attempt = this.#attempts.get(task.lease)
    if (attempt === undefined) throw new ChimeraError('LEASE_LOST', 'the attempt is over')
    const { key = `#${attempt.questions.size + 1}`, confidence, summary } = options
    const encoded = encodeValue(action)
    const before = attempt.questions.get(key)
    if (before !== undefined) {
      if (isSame(before.encoded, encoded)) return before.decision
      throw new ChimeraError('CONFLICT', `key: ${key} names another action of this attempt`)
    }
    const about = { task: task.id, lease: task.lease, key, action: encoded, confidence }
    const frame = { type: 'propose', ...about, ...(summary === undefined ? {} : { summary }) } as const
    const question: Question = {
      ...newlyAsked(),
      ...{ task, key, action, encoded, frame },
      state: 'asking',
      sending: 0,
      refusals: 0,
    }
    attempt.questions.set(key, question)
    attempt.clock.stop()
    this.#send(question)
    return question.decision
  }

  /**
   * After a welcome, or where the ledger may have forgotten: all that is undecided. One that was asked while the agent
   * changed its connection is known in the ledger, and maybe not to the session that has the lease now.
   */
  sendAll(): void {
    for (const { questions } of this.#attempts.values()) {
      for (const question of questions.values()) if (question.state !== 'done') this.#send(question)
    }
  }

  decided(frame: DecisionFrame): void {
    const { lease, key, task } = frame
    const attempt = this.#attempts.get(lease)
    if (attempt === undefined) return
    // Also for what was decided long ago: the node asks for it by telling it again.
    this.#link.current?.send({ type: 'decided', task, lease, key })
    const question = attempt.questions.get(key)
    if (question === undefined || question.state === 'done') return
    attempt.deadline = Math.max(attempt.deadline ?? 0, frame.deadline)
    this.#settle(question, decisionOf(question, frame))
  }

  #send(question: Question): void {
    const connection = this.#link.current
    if (connection === undefined) return
    const sending = ++question.sending
    connection.request(question.frame, (reply) => {
      if (question.state === 'done' || question.sending !== sending) return
      if (reply.kind === 'ack') this.#asked(question, reply.ack)
      else this.#refused(question, reply.error)
    })
  }

  #asked(question: Question, { status }: Ack): void {
    const { action } = question
    if (status === 'APPROVED') this.#settle(question, { status, action, isEdited: false })
    else question.state = 'waiting'
  }

  #refused(question: Question, error: ChimeraError): void {
    if (isUnknown(error)) {
      // Lost with its connection: the next welcome sends it.
      this.#send(question)
    } else if (isForNow(error) || error.code === 'INTERNAL' || error.code === 'PAUSED') {
      const { platform } = this.#link
      const delayMs = backoffMs(question.refusals++, platform.random(), error.retryAfterMs)
      const { sending } = question
      platform.setTimer(() => {
        if (question.state !== 'done' && question.sending === sending) this.#send(question)
      }, delayMs)
    } else {
      this.#fail(question, error)
      this.#goOn(question)
    }
  }

  #settle(question: Question, decision: ActionDecision): void {
    question.state = 'done'
    question.resolve(decision)
    this.#goOn(question)
  }

  #fail(question: Question, error: ChimeraError): void {
    if (question.state === 'done') return
    question.state = 'done'
    question.reject(error)
  }

  #goOn({ task }: Question): void {
    const attempt = this.#attempts.get(task.lease)
    if (attempt === undefined) return
    const isOpen = [...attempt.questions.values()].some(({ state }) => state !== 'done')
    if (!isOpen) attempt.clock.goOn(attempt.deadline)
  }
}

function decisionOf({ action }: Question, frame: DecisionFrame): ActionDecision {
  const { status, review, operatorId, decidedAt, reason, reasonCode } = frame
  const isEdited = 'action' in frame
  return {
    status,
    action: isEdited ? frame.action : action,
    isEdited,
    review,
    decidedAt,
    ...(operatorId === undefined ? {} : { operatorId }),
    ...(reason === undefined ? {} : { reason }),
    ...(reasonCode === undefined ? {} : { reasonCode }),
  }
}

function isSame({ bytes: a }: Encoded, { bytes: b }: Encoded): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}

function newlyAsked(): Pick<Question, 'decision' | 'resolve' | 'reject'> {
  let settle: Pick<Question, 'resolve' | 'reject'> = { resolve: () => {}, reject: () => {} }
  const decision = new Promise<ActionDecision>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { decision: quiet(decision), ...settle }
}

/** A handler that doesn't wait for its answer is no reason to end the process. */
function quiet<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {})
  return promise
}
