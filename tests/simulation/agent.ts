/**
 * An agent, honest or not: it takes tasks, works for a while, and answers; or forgets to beat, says that it holds what
 * it doesn't, answers twice, answers long after its lease was somebody else's, or dies over its work.
 */
import type { Assignment } from '../../src/protocol/nodeFrames.js'
import type { Frame } from '../../src/protocol/reading.js'
import type { Dice } from './dice.js'
import { Player, type Stage } from './player.js'
import type { Word } from './words.js'

export type AgentHabits = {
  readonly queues: readonly string[]
  readonly capacity: number
  readonly instance?: string
  /** An attempt takes at most so long. */
  readonly workMs: number
  readonly heartbeatMs: number
  /** How often a heartbeat is forgotten. */
  readonly forgetfulness: number
  /** How often it does something that a good agent doesn't. */
  readonly mischief: number
  /** How often an attempt ends otherwise than with a result. */
  readonly failures: number
}

type Job = {
  readonly task: string
  readonly lease: string
  /** Said once, and again until it is acknowledged. */
  answer: Frame | null
  /** What it asked before it acts, each until it knows the answer. */
  readonly questions: Map<string, Frame>
}

/** What an agent said to end a lease, for the checker. */
export type Ending = { readonly lease: string; readonly kind: 'result' | 'fail'; readonly word: Word }

const refillMs = 700

export class Agent extends Player {
  #habits: AgentHabits
  readonly #endings: Ending[]
  /** By lease. */
  #jobs = new Map<string, Job>()
  /** Leases that ended; a mischievous agent comes back to them. */
  #past: Job[] = []
  #session: string | undefined

  /** What it says is noted in `endings`. */
  constructor(
    stage: Stage,
    dice: Dice,
    who: { readonly tenant: string; readonly sub: string },
    habits: AgentHabits,
    endings: Ending[],
  ) {
    super(stage, dice, { role: 'agent', ...who })
    this.#habits = habits
    this.#endings = endings
    this.#beat()
    this.#refill()
  }

  get jobs(): number {
    return this.#jobs.size
  }

  /** From now on it is a good agent. */
  behave(): void {
    this.#habits = { ...this.#habits, forgetfulness: 0, mischief: 0, failures: 0, workMs: 200 }
    for (const job of this.#jobs.values()) if (job.answer === null) this.#finish(job)
    // It may have said that it holds what it forgot long ago.
    this.hangUp()
  }

  protected hello(): Frame {
    const { queues, capacity, instance } = this.#habits
    const jobs = [...this.#jobs.values()]
    const forgotten = this.#isUpToMischief() ? this.dice.some(jobs, 0.5) : []
    const holding = jobs.filter((job) => !forgotten.includes(job)).map(({ task, lease }) => ({ task, lease }))
    for (const job of forgotten) if (this.dice.chance(0.5)) this.#end(job)
    if (this.#isUpToMischief()) holding.push(...this.#past.slice(-3).map(({ task, lease }) => ({ task, lease })))
    if (this.#isUpToMischief()) holding.push({ task: 'no-such-task', lease: 'no~such~lease' })
    return {
      type: 'hello',
      queues,
      capacity,
      ...(instance === undefined ? {} : { instance }),
      ...(this.#session === undefined ? {} : { session: this.#session }),
      ...(holding.length === 0 && this.dice.chance(0.5) ? {} : { holding }),
    }
  }

  protected welcomed(welcome: Frame): void {
    this.#session = welcome.session as string
    // Also for what is lost: the node says whether the answer had arrived before.
    for (const job of this.#jobs.values()) {
      if (job.answer !== null) this.#answer(job)
      else for (const question of job.questions.values()) this.#ask(job, question)
    }
    this.#pull()
  }

  protected told(frame: Frame): void {
    if (frame.type === 'task') this.#begin(frame.task as Assignment)
    if (frame.type === 'decision') this.#hear(frame)
    if (frame.type !== 'cancel') return
    const job = this.#jobs.get(String(frame.lease))
    if (job !== undefined && !this.#isUpToMischief()) this.#end(job)
  }

  protected lost(code: number): number | undefined {
    if (this.#isUpToMischief() && this.dice.chance(0.3)) {
      this.#jobs = new Map()
      this.#session = undefined
    }
    if (code === 4001) return this.#isUpToMischief() ? this.dice.between(50, 5_000) : undefined
    if (this.#isUpToMischief()) return this.dice.between(1_000, 12_000)
    return this.dice.between(1, 800)
  }

  #begin({ id: task, lease }: Assignment): void {
    if (this.#jobs.has(lease)) {
      this.stage.history.alarm(`${this.who.sub} was given ${lease} twice`)
      return
    }
    const job: Job = { task, lease, answer: null, questions: new Map() }
    this.#jobs.set(lease, job)
    if (this.#isUpToMischief() && this.dice.chance(0.3)) return
    if (this.dice.chance(0.15)) {
      this.later(this.dice.between(0, this.#habits.workMs), () => this.#propose(job))
      // It isn't patient for ever.
      this.later(this.dice.between(2_000, 8_000), () => this.#finish(job))
    } else {
      this.later(this.dice.between(0, this.#habits.workMs), () => this.#finish(job))
    }
    if (this.dice.chance(0.2)) this.later(50, () => this.say({ type: 'progress', task, lease, percent: 50 }))
  }

  #finish(job: Job): void {
    const { task, lease } = job
    // Up to mischief, it says two things of one lease.
    if (!this.#jobs.has(lease) || (job.answer !== null && !this.#isUpToMischief())) return
    if (this.dice.chance(this.#habits.failures)) {
      job.answer = this.dice.chance(0.3) ? { type: 'release', task, lease } : this.#failure(job)
    } else {
      const word = this.#note(job, 'result', this.stage.words.output(this.dice, this.who.tenant))
      job.answer = {
        type: 'result',
        task,
        lease,
        output: word.value,
        ...(word.confidence === undefined ? {} : { confidence: word.confidence }),
        ...(this.dice.chance(0.5) ? { credits: 1 } : {}),
      }
    }
    this.#answer(job)
    if (this.#isUpToMischief()) this.#answer(job)
  }

  /** Asks for one or more actions; up to mischief, for two by one key. */
  #propose(job: Job): void {
    if (!this.#jobs.has(job.lease) || job.answer !== null) return
    const { task, lease } = job
    for (let n = this.dice.pick([1, 1, 2, 3]); n > 0; n--) {
      const { value: action, confidence } = this.stage.words.output(this.dice, this.who.tenant)
      const key = this.#isUpToMischief() ? 'k1' : `k${n}`
      const said = confidence === undefined ? {} : { confidence }
      const question = { type: 'propose', task, lease, key, action, ...said }
      if (!job.questions.has(key)) job.questions.set(key, question)
      this.#ask(job, question)
      if (this.#isUpToMischief()) this.#ask(job, question)
    }
  }

  #ask(job: Job, question: Frame): void {
    this.ask(question, (reply) => {
      if (!this.#jobs.has(job.lease) || job.questions.get(String(question.key)) !== question) return
      if (reply.type === 'error' && reply.code !== 'OVERLOADED') job.questions.clear()
      else if (reply.type === 'error') this.later(Number(reply.retryAfterMs ?? 300), () => this.#ask(job, question))
      else if (reply.status === 'APPROVED') job.questions.delete(String(question.key))
      if (job.questions.size === 0) this.#finish(job)
    })
  }

  #hear(frame: Frame): void {
    const { task, lease, key } = frame
    const job = this.#jobs.get(String(lease))
    if (!this.#isUpToMischief()) {
      if (this.dice.chance(0.5)) this.say({ type: 'decided', task, lease, key })
      else this.ask({ type: 'decided', task, lease, key })
    }
    if (job === undefined || !job.questions.delete(String(key)) || job.questions.size > 0) return
    this.later(this.dice.between(0, this.#habits.workMs), () => this.#finish(job))
  }

  #failure(job: Job): Frame {
    const word = this.#note(
      job,
      'fail',
      this.stage.words.text(this.dice, { tenant: this.who.tenant, origin: 'agent' }, 0.4),
    )
    const retry = this.dice.chance(0.5) ? {} : { retry: this.dice.chance(0.8) }
    return { type: 'fail', task: job.task, lease: job.lease, error: { code: 'E_SIM', message: word.value }, ...retry }
  }

  #note({ lease }: Job, kind: Ending['kind'], word: Word): Word {
    this.#endings.push({ lease, kind, word })
    return word
  }

  #answer(job: Job): void {
    const { answer } = job
    if (answer === null) return
    this.ask(answer, (reply) => {
      if (reply.type === 'ack' || reply.code === 'STALE_LEASE') {
        this.#end(job)
        this.#pull()
        if (this.#isUpToMischief()) this.later(this.dice.between(1, 9_000), () => this.#answer(job))
      } else {
        this.later(Number(reply.retryAfterMs ?? 300), () => this.#answer(job))
      }
    })
  }

  #end(job: Job): void {
    if (!this.#jobs.delete(job.lease)) return
    this.#past.push(job)
    if (this.#past.length > 16) this.#past.shift()
    if (this.#isUpToMischief() && job.answer === null)
      this.later(this.dice.between(1, 9_000), () => this.#finishLate(job))
  }

  /** The lease is lost, and it answers all the same. */
  #finishLate(job: Job): void {
    if (this.#jobs.has(job.lease)) return
    this.#jobs.set(job.lease, job)
    this.#finish(job)
  }

  #pull(): void {
    const free = this.#habits.capacity - this.#jobs.size
    const credits = this.#isUpToMischief() ? this.#habits.capacity : free
    if (credits > 0) this.ask({ type: 'pull', credits })
  }

  #refill(): void {
    this.#pull()
    this.later(refillMs, () => this.#refill())
  }

  #beat(): void {
    const { heartbeatMs, forgetfulness } = this.#habits
    if (!this.dice.chance(forgetfulness)) {
      const leases = [...this.#jobs.keys()]
      const holding = this.#isUpToMischief() ? { holding: this.dice.some(leases, 0.5) } : {}
      const word = this.stage.words.text(this.dice, { tenant: this.who.tenant, origin: 'agent' }, 0.3)
      const metrics = this.dice.chance(0.1) ? { metrics: { cpu: 0.5, note: word.value } } : {}
      if (this.dice.chance(0.5)) this.ask({ type: 'heartbeat', ...holding, ...metrics })
      else this.say({ type: 'heartbeat', ...holding, ...metrics })
    }
    this.later(heartbeatMs, () => this.#beat())
  }

  #isUpToMischief(): boolean {
    return this.dice.chance(this.#habits.mischief)
  }
}
