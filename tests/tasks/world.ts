/**
 * Tasks on the plain model ledger: procedures are carried out to their end, or call by call, so that a test can put
 * something between two calls. A call's orders go to each shard as one batch, as they do through a door.
 */
import type { ClaimRequest, Fields, Ledger } from '../../src/ledger/port.js'
import { Raw } from '../../src/protocol/raw.js'
import { cardDesk } from '../../src/review/cardDesk.js'
import type { AttemptReply, Lease } from '../../src/tasks/attempt.js'
import * as attempt from '../../src/tasks/attempt.js'
import type { Desk, HeldWord } from '../../src/tasks/desk.js'
import { type AuditEntry, auditOf, type OutcomeEntry, outcomeOf } from '../../src/tasks/entries.js'
import { auditLog, lane, outcomeLog, priorities, sealedLog, taskKey } from '../../src/tasks/keys.js'
import { createLeaseSigner } from '../../src/tasks/lease.js'
import { createNotary } from '../../src/tasks/notary.js'
import { type Passed, sealPassed } from '../../src/tasks/passed.js'
import { type Call, type Order, type Outcome, type Procedure, Unavailable } from '../../src/tasks/procedure.js'
import { entryLineOf } from '../../src/tasks/recordLines.js'
import { shardOf } from '../../src/tasks/shardOf.js'
import { type Submission, type SubmissionReply, submitTasks } from '../../src/tasks/submission.js'
import { queueOf, type Task, type TaskError, taskOf } from '../../src/tasks/task.js'
import { ModelWorld } from '../ledger/model.js'

export const tenant = 't_acme'
export const sub = 'shop'
export const subscriber = 'inbox'
/** 2026-07-01, 12:00 UTC. */
export const noon = Date.UTC(2026, 6, 1, 12)

export type Agent = { readonly agent: string; readonly connection: number }

export const crawler: Agent = { agent: 'crawler', connection: 1 }

export class World {
  readonly model: ModelWorld
  readonly ledger: Ledger
  readonly desk: Desk
  now = noon
  chance = 0
  /** Calls of these kinds find the ledger away. */
  readonly away = new Set<Call['kind']>()
  /** What an actor says that a procedure asks. */
  answerOf: (to: string, message: { readonly kind: string }) => unknown = (to) => {
    throw new Error(`nobody here is asked: ${to}`)
  }
  /** Orders for which there is no room. */
  isFullFor: (order: Order) => boolean = () => false
  readonly #seqs = new Map<string, number>()
  #claimSeq = 0
  #ids = 0

  constructor({ shards = 1, laneEntries = 1_000_000 } = {}) {
    this.model = new ModelWorld({ now: () => this.now, shards })
    this.ledger = this.model.open()
    this.desk = {
      shards,
      node: 'n1',
      holder: 'n1.a',
      isAlone: true,
      signer: createLeaseSigner(new Uint8Array(32).fill(7), () => 'g1'),
      notary: createNotary(new Uint8Array(32), () => 'g1'),
      cards: cardDesk(),
      chance: () => this.chance,
      newId: () => `task-${++this.#ids}`,
      limits: { laneEntries },
    }
  }

  /** Another node, or this one's next incarnation. */
  deskOf(holder: string): Desk {
    return { ...this.desk, holder, node: holder.split('.')[0] ?? holder }
  }

  async perform<Result>(procedure: Procedure<Result>, holder = this.desk.holder): Promise<Result> {
    const performance = this.begin(procedure, holder)
    for (;;) {
      const step = await performance.step()
      if (step.isDone) return step.result
    }
  }

  /** A procedure carried out call by call. */
  begin<Result>(procedure: Procedure<Result>, holder = this.desk.holder): Performance<Result> {
    return new Performance(procedure, (call) => this.#carryOut(call, holder))
  }

  async submit(...asked: readonly Partial<Submission>[]): Promise<string[]> {
    const replies = await this.trySubmit(...asked)
    return replies.map((reply) => {
      if (reply.kind !== 'accepted') throw new Error(`submission: ${reply.kind}`)
      return reply.id
    })
  }

  trySubmit(...asked: readonly Partial<Submission>[]): Promise<readonly SubmissionReply[]> {
    const tasks = asked.map((one) => ({ steps: ['mail'], payload: Uint8Array.of(0xa1, 0x70), ...one }))
    return this.perform(submitTasks(this.desk, { tenant, sub, subscriber }, tasks, this.now))
  }

  async submitOne(asked: Partial<Submission> = {}): Promise<string> {
    const [id = ''] = await this.submit(asked)
    return id
  }

  /** Claims as a dispatcher does, for these agents, in every shard. */
  async claim(agents: readonly Agent[], { queue = 'mail', holder = this.desk.holder } = {}): Promise<Claim> {
    const leases: Lease[] = []
    const overdue: Claim['overdue'] = []
    for (let shard = 0; shard < this.desk.shards && leases.length < agents.length; shard++) {
      const takers = agents.slice(leases.length)
      const reply = await this.ledger.claim(shard, holder, ++this.#claimSeq, this.#claimRequest(queue, takers))
      if (reply.kind !== 'claimed') throw new Error(`claim: ${reply.kind}`)
      for (const one of reply.overdue) {
        overdue.push({ shard, lane: one.lane, entry: one.entry, task: taskOf(one.fields) })
      }
      for (const { taker, lane: name, entry, fields } of reply.claimed) {
        const task = taskOf(fields)
        const { agent, connection } = takers[taker] ?? crawler
        const place = { shard, turn: task.turn, entry, task: task.id, lane: name }
        leases.push({ place, task, agent, connection })
      }
    }
    return { leases, overdue }
  }

  /** Somebody takes the one task that waits. */
  async take({ agent = crawler, ...options }: { agent?: Agent; queue?: string; holder?: string } = {}): Promise<Lease> {
    const { leases } = await this.claim([agent], options)
    const [lease] = leases
    if (lease === undefined) throw new Error('nothing to take')
    return lease
  }

  token({ place, agent }: Lease): string {
    return this.desk.signer.sign(place, tenant, agent)
  }

  async record(id: string): Promise<Fields | null> {
    const [fields] = await this.ledger.read(shardOf(id, this.desk.shards), [taskKey(id)])
    return fields ?? null
  }

  async task(id: string): Promise<Task> {
    const fields = await this.record(id)
    if (fields === null) throw new Error(`no task ${id}`)
    return taskOf(fields)
  }

  /** Sealed or not; of sealed ones without texts. */
  async audit(): Promise<AuditEntry[]> {
    const sealed = await this.#log(sealedLog(tenant), (bytes) => entryLineOf(bytes).entry)
    return [...sealed, ...(await this.#log(auditLog(tenant), auditOf))]
  }

  outcomes(): Promise<OutcomeEntry[]> {
    return this.#log(outcomeLog(tenant, sub, subscriber), outcomeOf)
  }

  async #log<Entry>(log: string, entryOf: (bytes: Uint8Array) => Entry): Promise<Entry[]> {
    const all: Entry[] = []
    for (let shard = 0; shard < this.desk.shards; shard++) {
      const { entries } = await this.ledger.log(shard, log, { limit: 10_000 })
      all.push(...entries.map(({ entry }) => entryOf(entry)))
    }
    return all
  }

  #claimRequest(queue: string, takers: readonly Agent[]): ClaimRequest {
    return {
      lanes: priorities.map((priority) => ({ lane: lane(tenant, queue, priority), share: takers.length })),
      takers: takers.map(({ agent, connection }) => ({ agent, agentConnection: connection })),
      maxBytes: 1_000_000,
      writes: { status: 'RUNNING', node: 'n1', claimedAt: this.now },
      entryField: 'entry',
      overdueField: 'expiresAt',
      avoid: { field: 'agent', of: 'avoid' },
    }
  }

  async #carryOut(call: Call, holder: string): Promise<unknown> {
    if (this.away.has(call.kind)) throw new Unavailable('the ledger is away')
    switch (call.kind) {
      case 'commit':
        return this.#commit(call.orders, holder)
      case 'read':
        return this.ledger.read(call.shard, call.records)
      case 'range':
        return this.ledger.range(call.shard, call.set, call)
      case 'log':
        return this.ledger.log(call.shard, call.log, call)
      case 'held':
        return this.ledger.held(call.shard, call.holder)
      case 'holders':
        return this.ledger.holders(call.shard)
      case 'ready':
        return this.ledger.ready(call.shard, call.prefix)
      case 'now':
        return this.now
      case 'ask':
        return this.answerOf(call.to, call.message)
    }
  }

  async #commit(orders: readonly Order[], holder: string): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = orders.map(() => ({ kind: 'overloaded', retryAfterMs: 250 }))
    for (let shard = 0; shard < this.desk.shards; shard++) {
      const mine = [...orders.entries()].filter(([, order]) => order.shard === shard && !this.isFullFor(order))
      if (mine.length === 0) continue
      const name = `${shard} ${holder}`
      const seq = (this.#seqs.get(name) ?? 0) + 1
      this.#seqs.set(name, seq)
      const transactions = mine.map(([, { transaction }]) => transaction)
      const reply = await this.ledger.commit(shard, holder, seq, transactions)
      if (reply.kind !== 'answers') throw new Error(`commit: ${reply.kind}`)
      for (const [i, [at]] of mine.entries()) outcomes[at] = reply.answers[i] ?? { kind: 'invalid', why: 'no answer' }
    }
    return outcomes
  }
}

/** Entries whose wait was over when they were claimed. */
export type Claim = {
  readonly leases: Lease[]
  readonly overdue: { readonly shard: number; readonly lane: string; readonly entry: string; readonly task: Task }[]
}

type Stepped<Result> = { readonly isDone: true; readonly result: Result } | { readonly isDone: false }

export class Performance<Result> {
  readonly #procedure: Procedure<Result>
  readonly #carryOut: (call: Call) => Promise<unknown>
  #resume: () => IteratorResult<Call, Result>

  constructor(procedure: Procedure<Result>, carryOut: (call: Call) => Promise<unknown>) {
    this.#procedure = procedure
    this.#carryOut = carryOut
    this.#resume = () => procedure.next()
  }

  /** Carries out one call, or finds that it is done. */
  async step(): Promise<Stepped<Result>> {
    const next = this.#resume()
    if (next.done) return { isDone: true, result: next.value }
    try {
      const answer = await this.#carryOut(next.value)
      this.#resume = () => this.#procedure.next(answer)
    } catch (error) {
      this.#resume = () => this.#procedure.throw(error)
    }
    return { isDone: false }
  }
}

export const pass = { kind: 'pass', policyVersion: 'p1' } as const

export const hold: HeldWord['verdict'] = {
  kind: 'hold',
  policyVersion: 'p1',
  reason: 'SENSITIVE_KEYWORD',
  severity: 'high',
  details: 'Says password.',
  findings: [],
}

export const heldWord = (lease: Lease, kind: HeldWord['kind'] = 'result'): HeldWord => ({
  task: lease.task,
  agent: lease.agent,
  kind,
  value: Uint8Array.of(0xa1, 0x78),
  hash: 'h',
  confidence: 0.9,
  verdict: hold,
})

/** As the gate's desk seals what passes. */
export const passedFor = ({ task }: Lease, bytes: Uint8Array, edition = 0, lifts: Passed['lifts'] = []): Passed => {
  const origin = { tenant: task.tenant, queue: queueOf(task) }
  return sealPassed({ ...pass, lifts }, bytes, origin, { edition, confidence: 0.9 })
}

/** The output passed, as it is. */
export const passResult = (lease: Lease, output: Uint8Array, now: number): Procedure<AttemptReply> =>
  attempt.passResult(lease, output, passedFor(lease, output), now)

/** The agent gave up on it, and what it said passed, or is held as `word` says. */
export const failAttempt = (
  desk: Desk,
  lease: Lease,
  { error, retry, word }: { readonly error: TaskError; readonly retry: boolean; readonly word?: HeldWord },
  now: number,
): Procedure<AttemptReply> => {
  const said = Raw.of(error).bytes
  const failure = word === undefined ? { retry, said, passed: passedFor(lease, said) } : { retry, word }
  return attempt.failAttempt(desk, lease, failure, now)
}

/** MessagePack of a text of one letter. */
export const output = (letter = 'o'): Uint8Array => Uint8Array.of(0xa1, letter.charCodeAt(0))
