/**
 * The card that is open, and what the operator does to it.
 *
 * `empty → reading → ready ⇄ sending`, and `behind` when the card is not what was read any more: then nothing can be
 * decided until the reader has looked at it as it stands. A decision is bound to the version that was shown.
 */
import { computed, signal } from '@preact/signals'
import { ChimeraError } from '../../../src/client/chimeraError.js'
import type { Ack } from '../../../src/protocol/nodeFrames.js'
import type { ReviewCard } from '../../../src/protocol/records.js'
import { messageOf } from '../notices.js'
import type { Station } from '../session/station.js'
import { tick } from '../tick.js'
import { Drafts, releaseOf } from './drafts.js'
import { endedWords, isSameReading, type Step, takenWords, whyBlocked } from './step.js'

export type Verdict =
  | { readonly status: 'APPROVED'; readonly edited?: unknown; readonly reason?: string }
  | { readonly status: 'REJECTED'; readonly reason: string; readonly reasonCode?: string }

export type Revealed = { readonly [what in 'output' | 'payload' | 'edited']: unknown }

/** How long a card is on screen before a key can decide on it: nobody reads quicker. */
const readableMs = 250

export class Desk {
  readonly review = signal<string | undefined>(undefined)
  readonly card = signal<ReviewCard | undefined>(undefined)
  readonly step = signal<Step>({ kind: 'empty' })
  readonly revealed = signal<Revealed | undefined>(undefined)
  readonly isSettled = signal(false)
  /** What this node doesn't serve. */
  readonly lacks = signal<ReadonlySet<string>>(new Set())
  readonly drafts = new Drafts()
  /** Said once, to the reader. */
  onNotice: (text: string, isTrouble?: boolean) => void = () => {}
  onDecided: (card: ReviewCard) => void = () => {}
  onCard: (card: ReviewCard) => void = () => {}
  /** Whether a decision of this page, but not of this desk, is about the card. */
  isOurs: (review: string) => boolean = () => false
  readonly #station: Station
  #asked = 0
  #settling: ReturnType<typeof setTimeout> | undefined

  constructor(station: Station) {
    this.#station = station
  }

  /** Why nothing can be decided now; undefined: it can. */
  readonly blocked = computed<string | undefined>(() => {
    if (!this.#station.isOpen.value) return 'There is no connection to the node.'
    return whyBlocked(this.step.value, this.card.value, this.holder.value, this.me)
  })

  /** Who has claimed it, and still has it. */
  readonly claimant = computed<string | undefined>(() => {
    const card = this.card.value
    if (card?.claimedBy === undefined) return undefined
    tick.value
    return (card.claimedUntil ?? Number.POSITIVE_INFINITY) > this.#station.now() ? card.claimedBy : undefined
  })

  /** Who alone may decide on it. */
  readonly holder = computed<string | undefined>(() => this.claimant.value ?? this.card.value?.assignedTo)

  /** One of several who have to approve it, and has. */
  readonly hasApproved = computed<boolean>(
    () =>
      this.card.value?.status === 'PENDING' &&
      this.card.value.approvals.some(({ operatorId }) => operatorId === this.me) === true,
  )

  get me(): string | undefined {
    return this.#station.who.value?.sub
  }

  get isAdmin(): boolean {
    return this.#station.who.value?.roles.includes('admin') === true
  }

  async open(review: string | undefined): Promise<void> {
    if (review !== this.review.value) {
      this.review.value = review
      this.card.value = undefined
      this.revealed.value = undefined
    }
    await this.read()
  }

  /** Reads the card as it stands; it is in step then. */
  async read(): Promise<void> {
    const review = this.review.value
    const asked = ++this.#asked
    if (review === undefined) {
      this.step.value = { kind: 'empty' }
      return
    }
    if (this.step.value.kind !== 'sending') this.step.value = { kind: 'reading' }
    try {
      const card = cardIn(await this.#station.ask({ type: 'get', review }))
      if (asked !== this.#asked) return
      this.#show(card)
      if (this.step.value.kind === 'reading') this.step.value = { kind: 'ready' }
    } catch (error) {
      if (asked === this.#asked && this.step.value.kind === 'reading')
        this.step.value = { kind: 'failed', why: messageOf(error) }
    }
  }

  /** A change that the node told; the frame's values are cut, so the card is read. */
  async changed({ reviewId, version }: ReviewCard): Promise<void> {
    const card = this.card.value
    if (reviewId !== this.review.value || card === undefined || version <= card.version) return
    if (this.step.value.kind === 'sending') return
    const asked = this.#asked
    const now = await this.#station.ask({ type: 'get', review: reviewId }).then(cardIn, () => undefined)
    if (now !== undefined && asked === this.#asked && reviewId === this.review.value) this.#stand(now)
  }

  /** After each welcome: the card may be another by now. */
  async again(): Promise<void> {
    const card = this.card.value
    if (card === undefined) return this.read()
    const now = await this.#station.ask({ type: 'get', review: card.reviewId }).then(cardIn, () => undefined)
    if (now !== undefined && this.review.value === card.reviewId && this.step.value.kind !== 'sending') this.#stand(now)
  }

  async decide(verdict: Verdict): Promise<void> {
    const card = this.card.value
    if (card === undefined || this.blocked.value !== undefined || !this.isSettled.value) return
    const what = verdict.status === 'APPROVED' ? 'Approving' : 'Rejecting'
    this.step.value = { kind: 'sending', what }
    const { reviewId: review, version } = card
    try {
      const decided = cardIn(await this.#station.askUntilAnswered({ type: 'decide', review, version, ...verdict }))
      this.drafts.drop(review)
      this.onCard(decided)
      this.#finish(review, decided)
      this.onDecided(decided)
    } catch (error) {
      this.#refused(review, error)
    }
  }

  async assign(to: string | undefined, note: string): Promise<boolean> {
    const review = this.review.value
    if (review === undefined) return false
    return (await this.request('assign', { review, ...(to ? { to } : {}), ...(note ? { note } : {}) })) !== undefined
  }

  async reveal(): Promise<void> {
    const review = this.review.value
    const ack = await this.request('reveal', { review })
    if (ack === undefined || review !== this.review.value) return
    this.revealed.value = { output: ack.output, payload: ack.payload, edited: ack.edited }
    this.onNotice('Shown without masks. That you looked is on record.')
  }

  /** The reader has seen what it says now. */
  catchUp(): void {
    if (this.step.value.kind === 'behind') this.step.value = { kind: 'ready' }
  }

  forget(): void {
    this.drafts.forget()
    this.#asked++
    this.review.value = undefined
    this.card.value = undefined
    this.revealed.value = undefined
    this.step.value = { kind: 'empty' }
  }

  /** A change to the card that is open. Undefined: it was refused, and the reader has been told. */
  async request(type: string, fields: object): Promise<Ack | undefined> {
    try {
      const ack = await this.#station.ask({ type, ...fields })
      if (ack.card !== undefined) {
        this.onCard(cardIn(ack))
        this.#stand(cardIn(ack))
      }
      return ack
    } catch (error) {
      if (error instanceof ChimeraError && error.code === 'UNKNOWN_TYPE') {
        this.lacks.value = new Set(this.lacks.value).add(type)
        this.onNotice(`This node doesn’t serve “${type}”.`, true)
      } else {
        if (error instanceof ChimeraError && error.card !== undefined) this.#stand(error.card)
        this.onNotice(messageOf(error), true)
      }
      return undefined
    }
  }

  #finish(review: string, card: ReviewCard): void {
    if (this.review.value !== review) return
    this.#show(card)
    this.step.value = { kind: 'ready' }
  }

  #refused(review: string, error: unknown): void {
    const isHere = this.review.value === review
    if (isHere) this.step.value = { kind: 'ready' }
    if (error instanceof ChimeraError && error.card !== undefined) {
      this.onCard(error.card)
      if (isHere) this.#stand(error.card)
      if (error.code !== 'CHANGED') {
        this.onNotice(
          `${error.code === 'CLAIMED' ? takenWords(error.card) : endedWords(error.card)} Yours changed nothing.`,
          true,
        )
        return
      }
      const why = 'The card changed while you decided. Look at it as it stands now.'
      if (isHere) this.step.value = { kind: 'behind', why }
    }
    this.onNotice(messageOf(error), true)
  }

  /** The card as the node has it: quietly, where what was read stays true. */
  #stand(now: ReviewCard): void {
    const before = this.card.value
    if (now.reviewId !== this.review.value || (before !== undefined && now.version < before.version)) return
    const isOther = before !== undefined && !isSameReading(before, now)
    const isEnded = before?.status === 'PENDING' && now.status !== 'PENDING'
    this.#show(now)
    if (isEnded && !this.isOurs(now.reviewId)) this.onNotice(endedWords(now), true)
    if (isOther)
      this.step.value = {
        kind: 'behind',
        why: 'What would be released changed while you read. Look at it as it stands now.',
      }
    else if (this.step.value.kind === 'reading' || this.step.value.kind === 'failed')
      this.step.value = { kind: 'ready' }
  }

  #show(card: ReviewCard): void {
    const before = this.card.value
    const isNew = before?.reviewId !== card.reviewId
    // Another edit: the masks of that one were not lifted.
    if (before !== undefined && releaseOf(before) !== releaseOf(card)) this.revealed.value = undefined
    this.card.value = card
    if (!isNew) return
    this.isSettled.value = false
    clearTimeout(this.#settling)
    this.#settling = setTimeout(() => {
      this.isSettled.value = true
    }, readableMs)
  }
}

const cardIn = ({ card }: Ack): ReviewCard => card as ReviewCard
