/**
 * An agent's session by hand, over tasks on the model ledger: what it asks to be judged is judged as the test says, what
 * it asks to be run runs when the test says so.
 */
import { type AgentSessionMessage, agentSession } from '../../src/actors/agentSession.js'
import type { AgentSessionArgs, AgentSessionState } from '../../src/actors/agentSessionState.js'
import type { AssignedMessage } from '../../src/actors/dispatcher.js'
import type { JudgeEffect, NodeEffect, RunEffect, Spoken } from '../../src/actors/effects.js'
import type { AgentFrame } from '../../src/protocol/frames.js'
import { Raw } from '../../src/protocol/raw.js'
import { sealPassed } from '../../src/tasks/passed.js'
import type { Submission } from '../../src/tasks/submission.js'
import type { Verdict } from '../../src/tasks/verdict.js'
import { hold, noon, pass, tenant, World } from '../tasks/world.js'
import { Stepper } from './stepper.js'

export const leaseMs = 15_000
export const resumeMs = 20_000

const limits = {
  messageBytes: 1_048_576,
  payloadBytes: 524_288,
  outputBytes: 524_288,
  tasksPerSubmit: 256,
  outcomeWindow: 256,
  framesPerSecond: 1_000,
}

type Sent = { readonly type: string; readonly [field: string]: unknown }

export class AgentWorld {
  /** No agent is banned, as far as the fleet's watch knows. */
  readonly tasks: World
  readonly session: Stepper<AgentSessionState, AgentSessionMessage, NodeEffect, AgentSessionArgs>
  /** Frames, oldest first. */
  readonly sent: Sent[] = []
  /** What it told others: `<address> <kind>`. */
  readonly told: string[] = []
  readonly wants: number[] = []
  readonly closed: number[] = []
  readonly wakes = new Map<string, number>()
  readonly runs: RunEffect[] = []
  readonly counts = { dispatched: 0 }
  /** Times it asked whether what it sent has left. */
  asksWhenSent = 0
  hasStopped = false
  verdict: Verdict = pass
  /** Of the policy that this node knows. */
  edition: number | undefined = 0
  /** As it was asked to judge. */
  readonly asked: JudgeEffect[] = []
  /** All that was to be judged. */
  readonly judged: Spoken[] = []
  #ids = 0

  /** `tasks`: of another session, whose agent comes back. */
  constructor({ aheadBytes = 4_194_304, tasks = new World() } = {}) {
    this.tasks = Object.assign(tasks, { answerOf: () => ({ kind: 'mayJoin', verdict: 'yes' }) })
    const args: AgentSessionArgs = {
      desk: this.tasks.desk,
      identity: { tenant, sub: 'crawler', roles: ['agent'] },
      heartbeatMs: 5_000,
      limits,
      ledger: () => ({ generation: 'g1', durability: 'memory', windowMs: 0 }),
      leaseMs,
      resumeMs,
      aheadBytes,
    }
    this.session = new Stepper(agentSession, args, { self: 'agent/t_acme/crawler/1', now: noon })
  }

  tell(message: AgentSessionMessage): void {
    this.session.now = this.tasks.now
    for (const effect of this.session.tell(message)) this.#carryOut(effect)
  }

  /** Sends a frame with a new id. */
  say(frame: { readonly type: string; readonly [field: string]: unknown }): number {
    const id = ++this.#ids
    this.tell({ kind: 'frame', frame: { id, ...frame } as unknown as AgentFrame })
    return id
  }

  /** Carries out what was asked to be run, and what that leads to. */
  async run(): Promise<void> {
    for (let next = this.runs.shift(); next !== undefined; next = this.runs.shift()) {
      const result = await this.tasks.perform(next.procedure)
      this.tell({ kind: 'ran', tag: next.tag, result })
    }
  }

  /** What was asked to be run fails. */
  failRuns(why: 'unavailable' | 'bug' = 'unavailable'): void {
    for (const { tag } of this.runs.splice(0)) this.tell({ kind: 'ranNot', tag, why, retryAfterMs: 250 })
  }

  async join(hello: Record<string, unknown> = {}): Promise<void> {
    this.say({ type: 'hello', queues: ['mail'], capacity: 4, ...hello })
    await this.run()
  }

  /** A task is claimed for the session's connection, and not yet told to it. */
  async claim(asked: Partial<Submission> = {}): Promise<AssignedMessage> {
    await this.tasks.submitOne(asked)
    const { state } = this.session
    const connection = 'work' in state ? state.work.connection : 0
    const { place, task } = await this.tasks.take({ agent: { agent: 'crawler', connection } })
    return {
      kind: 'assigned',
      shard: place.shard,
      lane: place.lane,
      entry: place.entry,
      task,
      until: Number.POSITIVE_INFINITY,
    }
  }

  /** A task in the agent's hands: its id and its lease. */
  async assign(asked: Partial<Submission> = {}): Promise<{ readonly task: string; readonly lease: string }> {
    this.tell(await this.claim(asked))
    const sent = this.sent.findLast(({ type }) => type === 'task')?.task as { id: string; lease: string }
    return { task: sent.id, lease: sent.lease }
  }

  wake(key: string): void {
    this.tasks.now = Math.max(this.tasks.now, this.wakes.get(key) ?? 0)
    if (this.wakes.delete(key)) this.tell({ kind: 'woke', key })
  }

  answerTo(id: number): Sent | undefined {
    return this.sent.find(({ re }) => re === id)
  }

  get held(): number {
    const { state } = this.session
    return 'work' in state ? state.work.leases.size : 0
  }

  /** As the gate's desk does, by the policy of this edition. */
  #judge(effect: JudgeEffect): void {
    const { tag, spoken } = effect
    this.asked.push(effect)
    const verdict = effect.isHeld ? hold : this.verdict
    const edition = effect.isHeld ? undefined : this.edition
    const { raw, ...origin } = spoken
    const confidence = typeof spoken.confidence === 'number' ? spoken.confidence : 0
    const mayPass = verdict.kind === 'pass' && edition !== undefined
    const passed = mayPass ? sealPassed(verdict, raw.bytes, origin, { edition, confidence }) : null
    this.judged.push(spoken)
    this.tell({ kind: 'judged', tag, verdict, hash: 'h', passed, edition })
  }

  #carryOut(effect: NodeEffect): void {
    switch (effect.kind) {
      case 'send':
        this.sent.push(effect.frame as Sent)
        return
      case 'tell':
        this.told.push(`${effect.to.split('/')[0]} ${effect.message.kind}`)
        if (effect.message.kind === 'want') this.wants.push(Number((effect.message as Record<string, unknown>).credits))
        if (effect.to === 'agent/t_acme/crawler/1') this.tell(effect.message as AgentSessionMessage)
        return
      case 'close':
        this.closed.push(effect.code)
        return
      case 'wake':
        this.wakes.set(effect.key, effect.at)
        return
      case 'judge':
        this.#judge(effect)
        return
      case 'run':
        this.runs.push(effect)
        return
      case 'stop':
        this.hasStopped = true
        return
      case 'whenSent':
        this.asksWhenSent++
        return
      case 'dispatched':
        this.counts.dispatched++
        return
      default:
        throw new Error(`an agent's session asks for ${effect.kind}`)
    }
  }
}

/** An agent that is welcome. */
export const joined = async (hello?: Record<string, unknown>, tasks = new World()): Promise<AgentWorld> => {
  const world = new AgentWorld({ tasks })
  await world.join(hello)
  return world
}

export const result = (
  held: { readonly task: string; readonly lease: string },
  more: Record<string, unknown> = {},
) => ({
  type: 'result',
  ...held,
  output: Raw.of('fine'),
  confidence: 0.9,
  ...more,
})
