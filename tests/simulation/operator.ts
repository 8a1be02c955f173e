/**
 * An operator: follows the cards of its tenant and decides them, now and then twice, against the other one, with the
 * wrong version, or on a card that is none of its business. It claims some before, and may be slower than its claim
 * holds; it hands some over, also to nobody who is there.
 */
import type { Frame } from '../../src/protocol/reading.js'
import type { FleetRecord, ReviewCard } from '../../src/protocol/records.js'
import type { Dice } from './dice.js'
import { Player, type Stage } from './player.js'

export type OperatorHabits = {
  /** A card waits at most so long, once it was seen. */
  readonly thinkMs: number
  /** How many cards it looks at; the others are left for its colleagues. */
  readonly diligence: number
  readonly mischief: number
}

/** Ids of cards of all tenants: what an operator shouldn't know, it may guess. */
export type Gossip = Set<string>

const lookMs = 2_000

export class Operator extends Player {
  #habits: OperatorHabits
  readonly #gossip: Gossip
  #isCalm = false
  readonly #looking = new Set<string>()

  constructor(
    stage: Stage,
    dice: Dice,
    who: { readonly tenant: string; readonly sub: string },
    habits: OperatorHabits,
    gossip: Gossip,
  ) {
    super(stage, dice, { role: 'operator', ...who })
    this.#habits = habits
    this.#gossip = gossip
    this.#look()
    this.#meddle()
  }

  /** From now on it only finishes what there is. */
  behave(): void {
    this.#isCalm = true
    this.#habits = { thinkMs: 100, diligence: 1, mischief: 0 }
    this.#looking.clear()
    this.connect()
    this.#letGoOn()
  }

  protected hello(): Frame {
    return { type: 'hello' }
  }

  protected welcomed(): void {
    const filter = this.dice.chance(0.8) ? {} : { filter: { reason: 'LOW_CONFIDENCE' } }
    this.ask({ type: 'subscribe', ...filter }, (reply) => this.#see(reply))
  }

  protected told(frame: Frame): void {
    if (frame.type === 'card') this.#consider(frame.card as ReviewCard)
  }

  protected lost(): number {
    return this.dice.between(1, 4_000)
  }

  #see(reply: Frame): void {
    if (reply.type === 'ack') for (const card of reply.cards as readonly ReviewCard[]) this.#consider(card)
  }

  /** Subscriptions may be narrower than its duty, so it also lists. */
  #look(): void {
    this.later(lookMs, () => this.#look())
    this.ask({ type: 'cards', limit: 20 }, (reply) => this.#see(reply))
  }

  #consider({ reviewId, version, status }: ReviewCard): void {
    this.#gossip.add(reviewId)
    if (status !== 'PENDING' || this.#looking.has(reviewId) || !this.dice.chance(this.#habits.diligence)) return
    this.#looking.add(reviewId)
    if (!this.#isCalm && this.dice.chance(0.3)) this.#claim(reviewId)
    this.later(this.dice.between(0, this.#habits.thinkMs), () => this.#decide(reviewId, version))
  }

  /** Now and then longer than the claim holds, without another one. */
  #claim(review: string): void {
    this.ask({ type: 'claim', review })
    if (this.dice.chance(0.3)) this.later(500, () => this.ask({ type: 'claim', review }))
    if (this.dice.chance(0.2)) this.later(300, () => this.ask({ type: 'claim', review, release: true }))
  }

  #decide(review: string, version: number): void {
    const isWrong = this.dice.chance(this.#habits.mischief / 4)
    const seen = isWrong ? { version: version + 1 } : this.dice.chance(0.5) ? { version } : {}
    const decision = { type: 'decide', review, ...seen, ...this.#opinion() }
    const decide = (frame: Frame) =>
      this.ask(frame, (reply) => {
        if (reply.type === 'error') this.later(500, () => this.#looking.delete(review))
        // Nobody may be there who has it: from then on everybody does.
        if (this.#isCalm && reply.code === 'CLAIMED') this.ask({ type: 'assign', review })
      })
    decide(decision)
    // No answer: the connection went. It will see the card again, if it still waits.
    this.later(5_000, () => this.#looking.delete(review))
    if (!this.dice.chance(this.#habits.mischief)) return
    decide(decision)
    this.later(this.dice.between(0, 3_000), () => decide({ type: 'decide', review, ...this.#opinion() }))
  }

  #opinion(): Frame {
    const why = { reason: 'looked at it' }
    switch (this.dice.pick(['approve', 'approve', 'edit', 'reject'])) {
      case 'approve':
        return { status: 'APPROVED', ...(this.dice.chance(0.5) ? why : {}) }
      case 'edit':
        return {
          status: 'APPROVED',
          edited: this.stage.words.text(this.dice, { tenant: this.who.tenant, origin: 'operator' }, 0.3).value,
        }
      default:
        return { status: 'REJECTED', ...why, reasonCode: 'WRONG' }
    }
  }

  #meddle(): void {
    this.later(this.dice.between(500, 4_000), () => this.#meddle())
    if (this.#isCalm || !this.dice.chance(0.2 + this.#habits.mischief)) return
    switch (
      this.dice.pick([
        'foreign',
        'stats',
        'agents',
        'audit',
        'tasks',
        'get',
        'control',
        'hangUp',
        'handle',
        'handle',
        'handle',
        'handle',
      ])
    ) {
      case 'foreign':
        if (this.#gossip.size > 0)
          this.ask({ type: 'decide', review: this.dice.pick([...this.#gossip]), ...this.#opinion() })
        break
      case 'get':
        if (this.#gossip.size > 0) this.ask({ type: 'get', review: this.dice.pick([...this.#gossip]) })
        break
      case 'stats':
        this.ask({ type: 'stats' })
        break
      case 'agents':
        this.ask({ type: 'agents' })
        break
      case 'audit':
        this.ask({ type: 'audit', limit: 10 })
        break
      case 'control':
        this.#control()
        break
      case 'handle':
        if (this.#gossip.size > 0) this.#handle(this.dice.pick([...this.#gossip]))
        break
      case 'tasks':
        this.ask({ type: 'tasks', limit: 5 }, (reply) => this.#cancelOne(reply))
        break
      default:
        this.hangUp()
    }
  }

  /** Something with a card that may be anybody's, decided, or another tenant's. */
  #handle(review: string): void {
    switch (this.dice.pick(['assign', 'takeOver', 'reveal', 'bulk'])) {
      case 'assign':
        this.ask({ type: 'assign', review, to: this.dice.pick(['op1', 'op2', 'gone', null]), note: 'see to it' })
        break
      case 'takeOver':
        this.ask({ type: 'claim', review, force: true })
        break
      case 'reveal':
        this.ask({ type: 'reveal', review })
        break
      default: {
        const cards = [...this.#gossip].slice(-4).map((one) => ({ review: one, version: this.dice.pick([1, 2]) }))
        this.ask({ type: 'decideMany', cards, status: 'REJECTED', reason: 'all alike' })
      }
    }
  }

  /** Stops something for a while; its colleague may be at it, too. A halt or a ban is rare: little goes on after it. */
  #control(): void {
    const act = this.dice.pick(['pause', 'pause', 'pause', this.dice.chance(0.3) ? 'ban' : 'halt'])
    const agent = { agent: this.dice.pick(['agent1', 'agent2']) }
    const target = this.dice.pick([{ queue: this.dice.pick(['mail', 'web']) }, agent, {}])
    this.ask({ type: 'control', act, reason: 'to see', ...(act === 'ban' ? agent : act === 'halt' ? {} : target) })
    this.later(this.dice.between(500, 6_000), () => this.#liftAll())
  }

  #liftAll(): void {
    this.ask({ type: 'fleet' }, ({ fleet }) => {
      const { status, queues, paused, banned } = (fleet ?? { queues: [], paused: [], banned: [] }) as FleetRecord
      if (status === 'PAUSED' || status === 'HALTED') this.ask({ type: 'control', act: 'resume' })
      for (const { queue } of queues) this.ask({ type: 'control', act: 'resume', queue })
      for (const { agent } of paused) this.ask({ type: 'control', act: 'resume', agent })
      for (const { agent } of banned) this.ask({ type: 'control', act: 'unban', agent })
    })
  }

  /** Nothing stays stopped at the end. */
  #letGoOn(): void {
    this.#liftAll()
    this.later(lookMs, () => this.#letGoOn())
  }

  #cancelOne(reply: Frame): void {
    if (reply.type !== 'ack' || !this.dice.chance(0.5)) return
    const [first] = reply.tasks as readonly { id: string }[]
    if (first !== undefined) this.ask({ type: this.dice.pick(['cancelTask', 'getTask', 'replay']), task: first.id })
  }
}
