/** The operator's claim on the open card: taken, said again while the card is open, and missed when it has lapsed. */
import type { Station } from '../session/station.js'
import type { Desk } from './desk.js'

export class ClaimKeeper {
  readonly #desk: Desk
  readonly #station: Station
  /** The card on which there was one. */
  #claimed: string | undefined
  /** Until when it was, as last heard, and how long that was by then. */
  #heard = { until: 0, spanMs: 0 }

  constructor(desk: Desk, station: Station) {
    this.#desk = desk
    this.#station = station
  }

  /** Takes it, or gives it back; an admin takes it from another. */
  async toggle(): Promise<void> {
    const { card, claimant, holder, me, isAdmin, lacks, step } = this.#desk
    const review = card.value?.reviewId
    if (review === undefined || lacks.value.has('claim') || step.value.kind !== 'ready') return
    const isMine = claimant.value === me
    const isOthers = holder.value !== undefined && holder.value !== me
    const how = isMine ? { release: true } : isOthers && isAdmin ? { force: true } : {}
    if (isMine) this.#claimed = undefined
    if ((await this.#desk.request('claim', { review, ...how })) === undefined) return
    this.#desk.onNotice(isMine ? 'Released: others can take it.' : 'Claimed: it is yours for now.')
  }

  /** Called each second. */
  look(): void {
    const { card, claimant, me, step } = this.#desk
    const { reviewId, status, claimedBy, claimedUntil = 0 } = card.value ?? {}
    const before = this.#claimed
    if (reviewId !== undefined && claimant.value !== undefined && claimant.value === me) {
      this.#claimed = reviewId
      const leftMs = claimedUntil - this.#station.now()
      if (this.#heard.until !== claimedUntil) this.#heard = { until: claimedUntil, spanMs: leftMs }
      // At half of its time, so that a connection has the other half to come back.
      const isLate = leftMs < this.#heard.spanMs / 2
      if (isLate && this.#station.isOpen.value && step.value.kind === 'ready')
        void this.#desk.request('claim', { review: reviewId })
      return
    }
    this.#claimed = undefined
    if (before !== undefined && before === reviewId && status === 'PENDING' && claimedBy === me)
      this.#desk.onNotice('Your claim has lapsed: others can take this card.', true)
  }
}
