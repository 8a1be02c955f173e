/**
 * A tenant's ledger with tasks in all states around review, and procedures carried out on it one call at a time, so that
 * a test can put something between two calls.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openEmbeddedLedger } from '../../src/ledger/embedded/openEmbeddedLedger.js'
import type { Fields, Ledger, Transaction } from '../../src/ledger/port.js'
import { cardDesk } from '../../src/review/cardDesk.js'
import type { ReviewSpans } from '../../src/review/deadlines.js'
import type { Judge } from '../../src/review/decision.js'
import type { RevealPolicy } from '../../src/review/reveal.js'
import { holdResult, type Lease } from '../../src/tasks/attempt.js'
import type { Desk } from '../../src/tasks/desk.js'
import { type AuditEntry, auditOf, type OutcomeEntry, outcomeOf } from '../../src/tasks/entries.js'
import { auditLog, cardKey, lane, outcomeLog, sealedLog, taskKey, taskOfReview } from '../../src/tasks/keys.js'
import { createLeaseSigner } from '../../src/tasks/lease.js'
import { createNotary } from '../../src/tasks/notary.js'
import type { Call, Outcome, Procedure } from '../../src/tasks/procedure.js'
import { entryLineOf } from '../../src/tasks/recordLines.js'
import { shardOf } from '../../src/tasks/shardOf.js'
import { type Submission, submitTasks } from '../../src/tasks/submission.js'
import { type Task, taskOf } from '../../src/tasks/task.js'
import { failAttempt } from '../tasks/world.js'
import { aHeldWord, type HeldOptions, hashOf, noon } from './fixtures.js'

const holder = 'n1.a'

/** `spans`: how long cards may wait; missing: for ever. */
export type WorldOptions = { readonly shards?: number; readonly spans?: ReviewSpans | undefined }

export type TaskOptions = Partial<Submission> & { readonly tenant?: string; readonly subscriber?: string }

export const openWorld = async ({ shards = 2, spans }: WorldOptions = {}): Promise<World> => {
  const folder = await mkdtemp(join(tmpdir(), 'chimera-review-'))
  const ledger = await openEmbeddedLedger({ folder, clock: () => noon, shards })
  onTestFinished(async () => {
    await ledger.close()
    await rm(folder, { recursive: true })
  })
  return new World(ledger, spans)
}

export class World {
  readonly ledger: Ledger
  readonly desk: Desk
  now = noon
  /** Whom procedures ask: nobody, unless a test says so. */
  ask: (call: Extract<Call, { kind: 'ask' }>) => Promise<unknown> = ({ to }) => Promise.reject(new Error(`no ${to}`))
  #seq = 0
  #ids = 0

  constructor(ledger: Ledger, spans?: ReviewSpans) {
    this.ledger = ledger
    this.desk = {
      shards: ledger.shards,
      node: 'n1',
      holder,
      isAlone: true,
      signer: createLeaseSigner(new Uint8Array(32), () => 'g'),
      notary: createNotary(new Uint8Array(32), () => 'g'),
      cards: cardDesk(spans),
      chance: () => 0,
      newId: () => `task${++this.#ids}`,
      limits: { laneEntries: 1_000_000 },
    }
  }

  /** Carries out a procedure to its end. */
  async perform<Result>(procedure: Procedure<Result>): Promise<Result> {
    return (await this.performUntil(procedure, () => false))()
  }

  /**
   * Carries out a procedure up to the first call that is to wait; what comes back carries out the rest.
   */
  async performUntil<Result>(
    procedure: Procedure<Result>,
    waits: (call: Call) => boolean,
  ): Promise<() => Promise<Result>> {
    let step = procedure.next()
    while (!step.done && !waits(step.value)) step = procedure.next(await this.#carryOut(step.value))
    return async () => {
      while (!step.done) step = procedure.next(await this.#carryOut(step.value))
      return step.value
    }
  }

  async submit({ tenant = 't_acme', subscriber = 'inbox', ...submission }: TaskOptions = {}): Promise<string> {
    const task = { steps: ['mail'], payload: Uint8Array.of(0xa1, 0x70), ...submission }
    const [reply] = await this.perform(submitTasks(this.desk, { tenant, sub: 'shop', subscriber }, [task], this.now))
    if (reply?.kind !== 'accepted') throw new Error(`submission: ${reply?.kind}`)
    return reply.id
  }

  /** An agent takes the task. */
  async claim(id: string): Promise<Lease> {
    const task = await this.task(id)
    const name = lane(task.tenant, task.steps[task.step - 1] ?? '', task.priority)
    const shard = this.shardOf(id)
    const reply = await this.ledger.claim(shard, holder, ++this.#seq, {
      lanes: [{ lane: name, share: 1 }],
      takers: [{ agent: 'crawler/7', agentConnection: 1 }],
      maxBytes: 1_000_000,
      writes: { status: 'RUNNING' },
      entryField: 'entry',
      overdueField: 'expiresAt',
    })
    const [claimed] = reply.kind === 'claimed' ? reply.claimed : []
    if (claimed === undefined || claimed.record !== taskKey(id)) throw new Error(`claim of ${id}: ${reply.kind}`)
    const running = taskOf(claimed.fields)
    return {
      place: { shard, turn: running.turn, entry: claimed.entry, task: id, lane: name },
      task: running,
      agent: 'crawler/7',
      connection: 1,
    }
  }

  /** A task whose result the gate holds: its card's id. */
  async hold(options: TaskOptions = {}, held: Omit<HeldOptions, 'task'> = {}): Promise<string> {
    const lease = await this.claim(await this.submit(options))
    const word = aHeldWord({ ...held, task: lease.task })
    await this.perform(holdResult(this.desk, lease, word, this.now))
    return this.desk.cards.open(word, this.now).review
  }

  /** A task whose last attempt failed with words that the gate holds: their card's id. */
  async holdText(value: unknown, options: TaskOptions = {}): Promise<string> {
    const lease = await this.claim(await this.submit({ maxAttempts: 1, ...options }))
    const word = aHeldWord({ task: lease.task, kind: 'text', value })
    const error = { code: 'E', message: 'held' }
    await this.perform(failAttempt(this.desk, lease, { error, retry: true, word }, this.now))
    return this.desk.cards.open(word, this.now).review
  }

  shardOf(task: string): number {
    return shardOf(task, this.ledger.shards)
  }

  async record(task: string, key: string): Promise<Fields> {
    const [fields] = await this.ledger.read(this.shardOf(task), [key])
    if (fields === null || fields === undefined) throw new Error(`no ${key}`)
    return fields
  }

  async task(id: string): Promise<Task> {
    return taskOf(await this.record(id, taskKey(id)))
  }

  card(review: string): Promise<Fields> {
    return this.record(taskOfReview(review), cardKey(review))
  }

  /** Sealed or not; of sealed ones without texts. */
  async audit(tenant = 't_acme'): Promise<AuditEntry[]> {
    const sealed = await this.#log(sealedLog(tenant), (bytes) => entryLineOf(bytes).entry)
    return [...sealed, ...(await this.#log(auditLog(tenant), auditOf))]
  }

  /** What the subscriber `inbox` of `shop` is told. */
  outcomes(tenant = 't_acme'): Promise<OutcomeEntry[]> {
    return this.#log(outcomeLog(tenant, 'shop', 'inbox'), outcomeOf)
  }

  async #log<Entry>(log: string, entryOf: (bytes: Uint8Array) => Entry): Promise<Entry[]> {
    const shards = Array.from({ length: this.ledger.shards }, (_, shard) => shard)
    const pages = await Promise.all(shards.map((shard) => this.ledger.log(shard, log, { limit: 1_000 })))
    return pages.flatMap(({ entries }) => entries.map(({ entry }) => entryOf(entry)))
  }

  async commit(shard: number, transactions: readonly Transaction[]): Promise<readonly Outcome[]> {
    const reply = await this.ledger.commit(shard, holder, ++this.#seq, transactions)
    if (reply.kind !== 'answers') throw new Error(`commit: ${reply.kind}`)
    return reply.answers
  }

  #carryOut(call: Call): Promise<unknown> | unknown {
    switch (call.kind) {
      case 'commit':
        return Promise.all(
          call.orders.map(async ({ shard, transaction }) => (await this.commit(shard, [transaction]))[0]),
        )
      case 'read':
        return this.ledger.read(call.shard, call.records)
      case 'range':
        return this.ledger.range(call.shard, call.set, call)
      case 'log':
        return this.ledger.log(call.shard, call.log, call)
      case 'now':
        return this.now
      case 'ask':
        return this.ask(call)
      default:
        throw new Error(`a ${call.kind} has no business here`)
    }
  }
}

/** The gate's word on an edit, where nothing is wrong with it. */
/** Knows that every reveal is allowed, without asking anybody. */
export const revealing: RevealPolicy = {
  *learn() {},
  termsOf: () => ({ edition: 0, mayReveal: true }),
}

export const passing: Judge = { judge: () => ({ kind: 'pass', policyVersion: 'p_1' }), hashOf }
