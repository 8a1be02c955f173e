/**
 * Somebody to decide where nobody sits at the keyboard: approves what was held for doubt alone, rejects everything else.
 * It shows how held tasks go on, and is no advice on whom to trust.
 */
import { ChimeraError, type Decision, Operator, type ReviewCard } from '../../client/index.js'
import type { Access } from '../access.js'

export const autoReviewRule = 'LOW_CONFIDENCE is approved, everything else rejected'

export class AutoReviewer {
  readonly #operator: Operator
  #approved = 0
  #rejected = 0

  constructor(access: Access) {
    this.#operator = new Operator(access)
  }

  get decided(): { readonly approved: number; readonly rejected: number } {
    return { approved: this.#approved, rejected: this.#rejected }
  }

  async start(): Promise<void> {
    await this.#operator.subscribe({ status: 'PENDING' }, (change) => {
      for (const card of change.kind === 'list' ? change.cards : [change.card]) void this.#look(card)
    })
  }

  close(): void {
    this.#operator.close()
  }

  async #look({ reviewId, version, status, reason }: ReviewCard): Promise<void> {
    if (status !== 'PENDING') return
    const decision: Decision =
      reason === 'LOW_CONFIDENCE'
        ? { status: 'APPROVED', version }
        : { status: 'REJECTED', version, reason: `held for ${reason}` }
    try {
      await this.#operator.decide(reviewId, decision)
      if (decision.status === 'APPROVED') this.#approved++
      else this.#rejected++
    } catch (error) {
      // Somebody was first, the card changed and comes again, or it comes to an end.
      if (!(error instanceof ChimeraError)) throw error
    }
  }
}
