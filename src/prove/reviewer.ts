/** An operator who decides each card at once, as the task's payload says. */
import { ChimeraError, Operator, type ReviewCard } from '../client/index.js'
import type { Clock } from '../clock.js'
import type { History, Payload } from './history.js'

export type ReviewerOptions = {
  readonly name: string
  readonly url: string
  readonly token: string
  /** What it decides, where that is not what the payload says. */
  readonly verdict?: 'APPROVED' | 'REJECTED'
}

const attempts = 40
const againMs = 250

export class Reviewer {
  readonly operator: Operator
  readonly #options: ReviewerOptions
  readonly #history: History
  readonly #clock: Clock
  /** Cards whose decision is under way. One that waits once more was forgotten by the ledger. */
  readonly #deciding = new Set<string>()

  constructor(options: ReviewerOptions, history: History, clock: Clock) {
    this.#options = options
    this.#history = history
    this.#clock = clock
    this.operator = new Operator(options)
    this.operator.onState(() => {})
  }

  /** Decides what waits, and what comes. */
  async run(): Promise<void> {
    await this.operator.subscribe({ status: 'PENDING' }, (change) => {
      for (const card of change.kind === 'list' ? change.cards : [change.card]) this.#look(card)
    })
  }

  #look(card: ReviewCard): void {
    if (card.status !== 'PENDING' || this.#deciding.has(card.reviewId)) return
    if ((card.payload as Payload).kind === 'undecided') return
    this.#deciding.add(card.reviewId)
    void this.decide(card).finally(() => this.#deciding.delete(card.reviewId))
  }

  async decide({ reviewId: review, taskId: task, payload }: ReviewCard): Promise<void> {
    const { kind } = payload as Payload
    const { name: operator, verdict = kind === 'rejected' ? 'REJECTED' : 'APPROVED' } = this.#options
    const asked = { review, task, operator, status: verdict, askedAt: this.#clock.now() }
    for (let attempt = 1; attempt <= attempts; attempt++) {
      try {
        const decision = verdict === 'APPROVED' ? { status: verdict } : { status: verdict, reason: 'not this one' }
        const card = await this.operator.decide(review, decision)
        this.#history.decided.push({ ...asked, answer: 'decided', stands: standing(card) })
        return
      } catch (error) {
        const { code, card } = error instanceof ChimeraError ? error : new ChimeraError('CLOSED', String(error))
        if (code === 'OVERLOADED' || code === 'NO_ANSWER' || code === 'CONNECTION_LOST') {
          await new Promise((resolve) => setTimeout(resolve, againMs))
          continue
        }
        this.#history.decided.push({ ...asked, answer: code, stands: card === undefined ? undefined : standing(card) })
        return
      }
    }
  }
}

const standing = ({ status, operatorId: operator }: ReviewCard) => ({ status, operator })
