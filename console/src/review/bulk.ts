/**
 * Cards picked from the list, to be decided in one go: each with the version that it had when it was picked.
 *
 * `picking → sending → answered`, and picking anew puts the answers away. The node decides one by one and says so of
 * each; the list is sent again until it is answered, and what counted once doesn't count again.
 */
import { signal } from '@preact/signals'
import type { Ack } from '../../../src/protocol/nodeFrames.js'
import { messageOf } from '../notices.js'
import type { Station } from '../session/station.js'
import type { Row } from './row.js'

export type BulkVerdict = {
  readonly status: 'APPROVED' | 'REJECTED'
  readonly reason?: string
  readonly reasonCode?: string
}

export type BulkAnswer = {
  readonly row: Row
  /** Why it was not decided. */
  readonly why?: string
  /** As it is now; missing where it was refused. */
  readonly status?: string
}

export type BulkStep =
  | { readonly kind: 'picking' }
  | { readonly kind: 'sending'; readonly what: string; readonly rows: readonly Row[] }
  | { readonly kind: 'answered'; readonly answers: readonly BulkAnswer[] }

/** What one `decideMany` takes. */
export const mostPicked = 100

export class Bulk {
  readonly picks = signal<ReadonlyMap<string, Row>>(new Map())
  readonly step = signal<BulkStep>({ kind: 'picking' })
  onNotice: (text: string, isTrouble?: boolean) => void = () => {}
  /** With the cards that don't wait any more. */
  onDecided: (reviews: ReadonlySet<string>) => void = () => {}
  readonly #station: Station
  /** Where a range begins: the card that was picked or put back last. */
  #anchor: string | undefined

  constructor(station: Station) {
    this.#station = station
  }

  get isPicking(): boolean {
    return this.picks.value.size > 0
  }

  /** Whether this list decides on the card, or just ended it: one that others have to approve, too, is anybody's. */
  isAbout(review: string): boolean {
    const step = this.step.value
    if (step.kind === 'sending') return step.rows.some(({ reviewId }) => reviewId === review)
    if (step.kind !== 'answered') return false
    const answer = step.answers.find(({ row }) => row.reviewId === review)
    return answer !== undefined && answer.why === undefined && answer.status !== 'PENDING'
  }

  toggle(row: Row): void {
    if (this.step.value.kind === 'sending') return
    this.#anchor = row.reviewId
    if (this.picks.value.has(row.reviewId)) {
      const fewer = new Map(this.picks.value)
      fewer.delete(row.reviewId)
      this.picks.value = fewer
      return
    }
    const why = whyNotPicked(row)
    if (why === undefined) this.#pick([row])
    else this.onNotice(why, true)
  }

  /** From the card that was picked last up to this one, in the order of the list. */
  extend(rows: readonly Row[], to: Row): void {
    if (this.step.value.kind === 'sending') return
    const from = rows.findIndex(({ reviewId }) => reviewId === this.#anchor)
    if (from < 0) {
      this.toggle(to)
      return
    }
    const at = rows.findIndex(({ reviewId }) => reviewId === to.reviewId)
    const between = rows.slice(Math.min(from, at), Math.max(from, at) + 1)
    const isHigh = between.filter((row) => row.severity === 'high').length
    this.#pick(between.filter((row) => whyNotPicked(row) === undefined))
    if (isHigh > 0) this.onNotice(`${isHigh} of high severity left out: each is decided on its own.`, true)
  }

  clear(): void {
    if (this.step.value.kind !== 'sending') this.picks.value = new Map()
  }

  putAway(): void {
    if (this.step.value.kind === 'answered') this.step.value = { kind: 'picking' }
  }

  forget(): void {
    this.picks.value = new Map()
    this.step.value = { kind: 'picking' }
    this.#anchor = undefined
  }

  async decide(verdict: BulkVerdict): Promise<void> {
    const rows = [...this.picks.value.values()]
    if (rows.length === 0 || this.step.value.kind === 'sending' || !this.#station.isOpen.value) return
    const what = `${verdict.status === 'APPROVED' ? 'Approving' : 'Rejecting'} ${cardsOf(rows.length)}`
    const sending = { kind: 'sending', what, rows } as const
    this.step.value = sending
    const cards = rows.map(({ reviewId: review, version }) => ({ review, version }))
    try {
      const ack = await this.#station.askUntilAnswered({ type: 'decideMany', cards, ...verdict })
      if (this.step.value === sending) this.#answered(rows, ack, verdict)
    } catch (error) {
      if (this.step.value !== sending) return
      this.step.value = { kind: 'picking' }
      this.onNotice(messageOf(error), true)
    }
  }

  #answered(rows: readonly Row[], ack: Ack, verdict: BulkVerdict): void {
    const said = new Map((ack.decisions as readonly Said[]).map((one) => [one.review, one]))
    const answers = rows.map((row) => answerOf(row, said.get(row.reviewId)))
    const decided = answers.filter(({ why }) => why === undefined)
    this.picks.value = new Map()
    this.#anchor = undefined
    this.step.value = { kind: 'answered', answers }
    const refused = answers.length - decided.length
    const done = verdict.status === 'APPROVED' ? 'approved' : 'rejected'
    this.onNotice(
      `${decided.length} ${done}${refused === 0 ? '.' : `, ${refused} not: see why below the list.`}`,
      refused > 0,
    )
    this.onDecided(new Set(decided.filter(({ status }) => status !== 'PENDING').map(({ row }) => row.reviewId)))
  }

  #pick(rows: readonly Row[]): void {
    this.putAway()
    const picks = new Map(this.picks.value)
    for (const row of rows) if (picks.size < mostPicked && !picks.has(row.reviewId)) picks.set(row.reviewId, row)
    if (rows.some(({ reviewId }) => !picks.has(reviewId)))
      this.onNotice(`${mostPicked} cards at a time, no more.`, true)
    this.picks.value = picks
  }
}

type Said = {
  readonly review: string
  readonly status?: string
  readonly error?: { readonly code: string; readonly message: string }
}

function answerOf(row: Row, said: Said | undefined): BulkAnswer {
  if (said === undefined) return { row, why: 'The node said nothing of it.' }
  if (said.error !== undefined) return { row, why: refusalWords[said.error.code] ?? said.error.message }
  return { row, ...(said.status === undefined ? {} : { status: said.status }) }
}

const refusalWords: Readonly<Record<string, string>> = {
  CHANGED: 'It changed since you picked it: look at it as it stands now.',
  ALREADY_DECIDED: 'Somebody else has decided it.',
  CLAIMED: 'Another operator has it.',
  NOT_FOUND: 'It is gone.',
}

/** Undefined: it can be decided together with others. */
export function whyNotPicked({ severity, status, hasLeft }: Row): string | undefined {
  if (status !== 'PENDING' || hasLeft === true) return 'It doesn’t wait any more.'
  return severity === 'high' ? 'It is of high severity: decided on its own, and not together with others.' : undefined
}

export const cardsOf = (count: number): string => (count === 1 ? '1 card' : `${count} cards`)
