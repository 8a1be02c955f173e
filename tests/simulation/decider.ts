/**
 * One of a crowd that decides on the same cards: at once, after a claim that may have lapsed meanwhile, after it took the
 * card from somebody, on a version that it saw a while ago, or on a list. What it wasn't answered it sends again.
 */
import type { Frame } from '../../src/protocol/reading.js'
import type { CardStatus, ReviewCard } from '../../src/protocol/records.js'
import type { Dice } from './dice.js'
import type { Noticeboard } from './noticeboard.js'
import { Player, type Stage } from './player.js'

export type DeciderHabits = {
  /** It comes to a card at most so long after it was put up. */
  readonly hasteMs: number
  /** It follows the queue, and tells the others. */
  readonly watches: boolean
  /** At the end it decides what nobody has. */
  readonly tidies: boolean
}

type Mood = 'busy' | 'resting' | 'tidying'

const acts = ['decide', 'decide', 'decide', 'read', 'read', 'claim', 'take', 'assign', 'list', 'reveal'] as const
const tries = 3
const tidyMs = 500
/** Deadlines farther away than this are as good as none. */
const longestMs = 10_000

export class Decider extends Player {
  readonly #habits: DeciderHabits
  readonly #board: Noticeboard
  #mood: Mood = 'busy'
  /** What it has decided and not been answered, by card. */
  readonly #owed = new Map<string, Frame>()
  /** Cards as it was last told; null: it doesn't follow them just now. */
  #followed: Map<string, CardStatus> | null = null

  constructor(
    stage: Stage,
    dice: Dice,
    who: { readonly tenant: string; readonly sub: string },
    habits: DeciderHabits,
    board: Noticeboard,
  ) {
    super(stage, dice, { role: 'operator', ...who })
    this.#habits = habits
    this.#board = board
    board.onCard((review, isPutOff) =>
      this.later(dice.between(0, habits.hasteMs), () => (isPutOff ? this.#putOff(review) : this.#comeTo(review))),
    )
  }

  /** Leaves all cards as they are. */
  rest(): void {
    this.#mood = 'resting'
    this.connect()
  }

  behave(): void {
    this.#mood = 'tidying'
    if (this.#habits.tidies) this.#tidy()
  }

  /** What its screen shows as waiting; null: it doesn't follow the queue. */
  get waiting(): readonly string[] | null {
    if (this.#followed === null) return null
    return [...this.#followed].filter(([, status]) => status === 'PENDING').map(([review]) => review)
  }

  protected hello(): Frame {
    return { type: 'hello' }
  }

  protected welcomed(): void {
    if (this.#mood !== 'resting') for (const frame of this.#owed.values()) this.#decide(frame, 0)
    if (!this.#habits.watches) return
    this.ask({ type: 'subscribe' }, (reply) => {
      if (reply.type === 'ack') this.#follow(reply.cards as readonly ReviewCard[])
      else this.hangUp()
    })
  }

  protected told(frame: Frame): void {
    if (frame.type === 'card') this.#see(frame.card as ReviewCard)
  }

  protected lost(): number {
    this.#followed = null
    return this.dice.between(1, 1_000)
  }

  #follow(cards: readonly ReviewCard[]): void {
    this.#followed = new Map()
    for (const card of cards) this.#see(card)
  }

  #see({ reviewId, status }: ReviewCard): void {
    this.#followed?.set(reviewId, status)
    this.#board.put(reviewId)
  }

  #comeTo(review: string): void {
    if (this.#mood !== 'busy') return
    const act = this.dice.pick(acts)
    if (act === 'decide') {
      this.#decide(this.#opinion(review, this.dice.chance(0.5) ? { version: 1 } : {}), tries)
    } else if (act === 'read') {
      this.ask({ type: 'get', review }, ({ card }) => this.#decideOn(card as ReviewCard | undefined, tries))
    } else if (act === 'claim' || act === 'take') {
      this.ask({ type: 'claim', review, ...(act === 'take' ? { force: true } : {}) })
      this.later(this.dice.between(0, 1_500), () => this.#decide(this.#opinion(review), tries))
    } else if (act === 'assign') {
      const to = this.dice.chance(0.5) ? this.who.sub : null
      this.ask({ type: 'assign', review, to, note: 'see to it' })
    } else if (act === 'list') {
      const cards = this.#board.cards.slice(-3).map((one) => ({ review: one, version: this.dice.pick([1, 1, 2]) }))
      this.ask({ type: 'decideMany', cards, status: 'APPROVED' })
    } else {
      this.ask({ type: 'reveal', review })
    }
  }

  /** A few decide once the card's time is up: just before its shard's owner sees that, or just after. */
  #putOff(review: string): void {
    if (this.#mood !== 'busy' || !this.dice.chance(0.04)) return
    this.ask({ type: 'get', review }, ({ card }) => {
      const { deadline = Number.POSITIVE_INFINITY } = (card ?? {}) as Partial<ReviewCard>
      const ms = deadline - this.stage.clock.now()
      if (ms > longestMs) return
      this.later(Math.max(0, ms + this.dice.between(-100, 2_500)), () => this.#decide(this.#opinion(review), 0))
    })
  }

  /** On what it was just shown, after a moment. */
  #decideOn(card: ReviewCard | undefined, left: number): void {
    if (card === undefined || card.status !== 'PENDING' || left === 0) return
    const { reviewId, version } = card
    this.later(this.dice.between(0, 600), () => this.#decide(this.#opinion(reviewId, { version }), left))
  }

  /** `left`: how often it tries again where it was too late for a version or a claim. */
  #decide(frame: Frame, left: number): void {
    if (this.#mood === 'resting') return
    const review = String(frame.review)
    this.#owed.set(review, frame)
    this.ask(frame, (reply) => {
      if (this.#owed.get(review) === frame) this.#owed.delete(review)
      const mayTry = reply.code === 'CHANGED' || reply.code === 'CLAIMED'
      if (mayTry && this.#mood === 'busy') this.#decideOn(reply.card as ReviewCard | undefined, left - 1)
    })
    // A hand that slips: the same, or the other way round.
    if (this.#mood === 'busy' && this.dice.chance(0.05)) this.ask(this.dice.pick([frame, this.#opinion(review)]))
  }

  #opinion(review: string, seen: { readonly version?: number } = {}): Frame {
    const said = { type: 'decide', review, ...seen }
    if (this.dice.chance(0.04)) return { ...said, status: 'REJECTED', reason: 'no', reasonCode: 'WRONG' }
    if (this.dice.chance(0.85)) return { ...said, status: 'APPROVED' }
    const { value } = this.stage.words.text(this.dice, { tenant: this.who.tenant, origin: 'operator' }, 0.3)
    return { ...said, status: 'APPROVED', edited: value }
  }

  #tidy(): void {
    this.later(tidyMs, () => this.#tidy())
    this.ask({ type: 'cards', limit: 20 }, (reply) => {
      if (reply.type !== 'ack') return
      for (const { reviewId: review, version, assignedTo } of reply.cards as readonly ReviewCard[]) {
        if (assignedTo !== undefined && assignedTo !== this.who.sub) this.ask({ type: 'assign', review })
        this.ask({ type: 'claim', review, force: true })
        this.ask({ type: 'decide', review, version, status: 'APPROVED' })
      }
    })
  }
}
