/** A world with actors in it: the tenant's review queue, and sessions of operators whose frames are kept. */

import { reviewQueueAddress } from '../../src/actors/addresses.js'
import type { Identity, NodeOwnEffect } from '../../src/actors/effects.js'
import type { Address } from '../../src/actors/runtime/actor.js'
import type { DeadLetter } from '../../src/actors/runtime/deadLetter.js'
import { eventLoopScheduler } from '../../src/actors/runtime/scheduler.js'
import { type ActorSystem, createActorSystem } from '../../src/actors/runtime/system.js'
import { type VirtualClock, virtualClock } from '../../src/clock.js'
import type { Ledger } from '../../src/ledger/port.js'
import type { OperatorFrame } from '../../src/protocol/frames.js'
import { seededRandom } from '../../src/random.js'
import { operatorSession } from '../../src/review/operatorSession.js'
import { reviewQueue } from '../../src/review/reviewQueue.js'
import type { ReviewQueueState } from '../../src/review/reviewQueueState.js'
import { type OperatorRequests, reviewRequests } from '../../src/review/reviewRequests.js'
import { type Procedure, now as readNow } from '../../src/tasks/procedure.js'
import { ack } from '../../src/tasks/reply.js'
import { noon, tenant } from './fixtures.js'
import { openWorld, passing, revealing, World } from './world.js'

export type Frame = { readonly type: string; readonly [field: string]: unknown }

type WithoutId<Sent> = Sent extends OperatorFrame ? Omit<Sent, 'id'> : never
type Asked = WithoutId<OperatorFrame>

export const openLiveWorld = async (options: { readonly shards?: number } = {}): Promise<LiveWorld> => {
  const { ledger } = await openWorld(options)
  return new LiveWorld(ledger)
}

export class LiveWorld extends World {
  readonly clock: VirtualClock
  readonly system: ActorSystem<NodeOwnEffect>
  readonly deadLetters: DeadLetter[] = []
  readonly failures: unknown[] = []
  /** While true, no hint arrives. */
  losesHints = false
  /** While true, procedures of actors can't be carried out. */
  isLedgerAway = false
  readonly #sent = new Map<Address, Frame[]>()
  readonly #running = new Set<Promise<void>>()
  #sessions = 0

  constructor(ledger: Ledger) {
    super(ledger)
    this.clock = virtualClock({ origin: noon })
    this.system = createActorSystem<NodeOwnEffect>({
      clock: this.clock,
      scheduler: eventLoopScheduler(),
      random: seededRandom(1),
      onDeadLetter: (letter) => this.deadLetters.push(letter),
      onFailure: ({ error }) => this.failures.push(error),
      effects: {
        send: ({ frame }, self) => this.sentTo(self).push(frame as Frame),
        run: ({ tag, procedure }, self) => this.#run(self, tag, procedure),
        close: unexpected,
        whenSent: unexpected,
        judge: unexpected,
        count: unexpected,
        dispatched: unexpected,
        note: unexpected,
        failNode: unexpected,
        answer: unexpected,
        ledgerCommit: unexpected,
        ledgerClaim: unexpected,
        passHint: unexpected,
        post: unexpected,
      },
    })
    this.ask = ({ to, message, deadlineMs }) => this.system.ask(to, message, deadlineMs)
    ledger.onHint((_, hint) => {
      const [kind, of = '', review = ''] = hint.split('/')
      const isHeard = kind === 'card' && !this.losesHints && this.system.has(reviewQueueAddress(of))
      if (isHeard) this.system.tell(reviewQueueAddress(of), { kind: 'hinted', review })
    })
  }

  openQueue(of = tenant): void {
    this.system.spawn(reviewQueue, reviewQueueAddress(of), { tenant: of, shards: this.ledger.shards })
  }

  /** The queue fails at an answer that is none, and starts again. */
  async restartQueue(of = tenant): Promise<void> {
    await this.quiet()
    const address = reviewQueueAddress(of)
    const { tag } = this.system.inspect(address) as ReviewQueueState
    this.system.tell(address, { kind: 'ran', tag, result: null })
    await this.quiet()
    if (this.failures.length !== 1) throw new Error(`${this.failures.length} failures`)
    await this.advance(1_000)
  }

  /** How many cards the view has. */
  async viewed(of = tenant): Promise<number> {
    await this.quiet()
    return (this.system.inspect(reviewQueueAddress(of)) as ReviewQueueState).view.size
  }

  /** An operator's connection, greeted. */
  async connect(identity: Partial<Identity> = {}): Promise<Operator> {
    const operator = this.open(identity)
    await operator.ask({ type: 'hello' })
    return operator
  }

  open(identity: Partial<Identity> = {}): Operator {
    const by = { tenant, sub: 'ada', roles: ['operator'], ...identity }
    const address = `operator/${by.tenant}/${by.sub}/${++this.#sessions}`
    this.system.spawn(operatorSession, address, {
      desk: this.desk,
      heartbeatMs: 5_000,
      limits: {
        messageBytes: 1,
        payloadBytes: 2,
        outputBytes: 3,
        tasksPerSubmit: 4,
        outcomeWindow: 5,
        framesPerSecond: 6,
      },
      ledger: () => this.ledger.durability,
      identity: by,
      requests: this.requests(),
    })
    return new Operator(this, address)
  }

  requests(): OperatorRequests {
    const elsewhere = function* () {
      return ack({ at: yield* readNow() })
    }
    const countFleet = function* () {
      yield* readNow()
      return { agents: { IDLE: 2 }, tasks: { QUEUED: 3 } }
    }
    return {
      ...reviewRequests({
        shards: this.ledger.shards,
        judge: passing,
        claimMs: 120_000,
        revealPolicy: revealing,
        countFleet,
      }),
      agents: elsewhere,
      fleet: elsewhere,
      cluster: elsewhere,
      control: elsewhere,
      policy: elsewhere,
      setPolicy: elsewhere,
      backtest: elsewhere,
      webhooks: elsewhere,
      setWebhook: elsewhere,
      removeWebhook: elsewhere,
      testWebhook: elsewhere,
      deadDeliveries: elsewhere,
      resend: elsewhere,
      numbers: elsewhere,
      calibration: elsewhere,
      auditCheckpoint: elsewhere,
      auditLines: elsewhere,
      auditKey: elsewhere,
      eraseAudit: elsewhere,
      tasks: elsewhere,
      replay: elsewhere,
      getTask: elsewhere,
      cancelTask: elsewhere,
    }
  }

  sentTo(session: Address): Frame[] {
    const frames = this.#sent.get(session) ?? []
    this.#sent.set(session, frames)
    return frames
  }

  /** Settles once nothing is under way any more. */
  async quiet(): Promise<void> {
    await this.system.drain()
    while (this.#running.size > 0) {
      await Promise.all(this.#running)
      await this.system.drain()
    }
  }

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms)
    this.now = this.clock.now()
    await this.quiet()
  }

  #run(self: Address, tag: number, procedure: Procedure<unknown>): void {
    if (this.isLedgerAway) {
      queueMicrotask(() => this.system.tell(self, { kind: 'ranNot', tag, why: 'unavailable', retryAfterMs: 250 }))
      return
    }
    const running = this.perform(procedure).then(
      (result) => void this.system.tell(self, { kind: 'ran', tag, result }),
      (error: unknown) => {
        this.failures.push(error)
        this.system.tell(self, { kind: 'ranNot', tag, why: 'bug', retryAfterMs: 0 })
      },
    )
    this.#running.add(running)
    void running.finally(() => this.#running.delete(running))
  }
}

/** What a test does as an operator. */
export class Operator {
  readonly address: Address
  readonly #world: LiveWorld
  #ids = 0

  constructor(world: LiveWorld, address: Address) {
    this.#world = world
    this.address = address
  }

  /** Sends a request, and gives the one frame that answers it. */
  async ask(frame: Asked): Promise<Frame> {
    const id = ++this.#ids
    this.send({ ...frame, id })
    await this.#world.quiet()
    const answers = this.#world.sentTo(this.address).filter(({ re }) => re === id)
    const [answer] = answers
    if (answer === undefined || answers.length > 1) throw new Error(`${answers.length} answers to ${frame.type}`)
    return answer
  }

  send(frame: object): void {
    this.#world.system.tell(this.address, { kind: 'frame', frame })
  }

  /** Card frames since the last call, as `review status`. */
  cards(): string[] {
    const frames = this.#world.sentTo(this.address)
    const cards = frames.filter(({ type }) => type === 'card')
    frames.splice(0, frames.length, ...frames.filter(({ type }) => type !== 'card'))
    return cards.map(({ card }) => {
      const { reviewId, status } = card as { readonly reviewId: string; readonly status: string }
      return `${reviewId} ${status}`
    })
  }
}

const unexpected = ({ kind }: { readonly kind: string }): never => {
  throw new Error(`the review has no business with ${kind}`)
}
