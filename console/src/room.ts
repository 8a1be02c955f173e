/** The one place that wires: who is signed in, the list, the open card, and where the reader is. */
import { effect, signal, untracked } from '@preact/signals'
import { noteArrival } from './browserNotes.js'
import { say } from './notices.js'
import { Bulk } from './review/bulk.js'
import { ClaimKeeper } from './review/claimKeeper.js'
import { Desk } from './review/desk.js'
import { Feed } from './review/feed.js'
import { Reasons } from './review/reasons.js'
import { Station } from './session/station.js'
import { tick } from './tick.js'

export const station = new Station()
export const feed = new Feed(station)
export const desk = new Desk(station)
export const claim = new ClaimKeeper(desk, station)
export const bulk = new Bulk(station)
export const reasons = new Reasons()

/** What is filled in below the card, or below the list. */
export type Form = 'none' | 'approve' | 'reject' | 'edit' | 'assign' | 'approveMany' | 'rejectMany'
export const form = signal<Form>('none')
/** Counts the times that the list is to have the focus. */
export const listFocus = signal(0)

export const focusList = (): void => {
  listFocus.value++
}

/** Opens a card; the form of the one before closes, its draft stays. */
export function select(review: string | undefined): void {
  if (review === desk.review.value) return
  form.value = review !== undefined && desk.drafts.of(review) !== undefined ? 'edit' : 'none'
  feed.sweep(review)
  void desk.open(review)
}

/** To the next card, or the one before: once for each press of a key. */
export function move(by: 1 | -1): void {
  const rows = feed.rows.value
  const at = rows.findIndex(({ reviewId }) => reviewId === desk.review.value)
  const next = at < 0 ? rows[0] : rows[Math.max(0, Math.min(rows.length - 1, at + by))]
  if (next !== undefined) select(next.reviewId)
  focusList()
}

/** Decided on this page just now: the list may not have heard of it yet. */
let justDecided: ReadonlySet<string> = new Set()

/** From a card that was decided to the next that waits, and isn't among those decided with it. */
function moveOn(review: string, decided: ReadonlySet<string>): void {
  const rows = feed.rows.value
  const at = rows.findIndex(({ reviewId }) => reviewId === review)
  justDecided = decided
  const waits = (one: (typeof rows)[number] | undefined) =>
    one !== undefined && !decided.has(one.reviewId) && one.hasLeft !== true && one.status === 'PENDING'
  const next = rows.slice(at + 1).find(waits) ?? rows.slice(0, Math.max(0, at)).findLast(waits)
  select(next?.reviewId)
  focusList()
}

station.onWelcome = () => {
  void feed.read()
  void desk.again()
}
station.onFrame = (frame) => {
  if (frame.type !== 'card') return
  feed.changed(frame.card)
  void desk.changed(frame.card)
}
station.onForget = () => {
  feed.forget()
  desk.forget()
  bulk.forget()
  reasons.forget()
  form.value = 'none'
}
feed.onArrival = noteArrival
desk.onNotice = say
desk.isOurs = (review) => bulk.isAbout(review)
bulk.onNotice = say
bulk.onDecided = (decided) => {
  const open = desk.review.value
  if (open !== undefined && decided.has(open)) moveOn(open, decided)
  else focusList()
}
desk.onCard = (card) => feed.changed(card)
desk.onDecided = (card) => {
  reasons.drop(card.reviewId)
  form.value = 'none'
  const left = (card.approvalsRequired ?? 1) - card.approvals.length
  if (card.status === 'PENDING') say(`Your approval counts. ${left > 0 ? `${left} more needed.` : ''}`)
  else say(card.status === 'APPROVED' ? 'Approved.' : 'Rejected.')
  if (desk.review.value === card.reviewId)
    moveOn(card.reviewId, new Set(card.status === 'PENDING' ? [] : [card.reviewId]))
}

effect(() => {
  tick.value
  untracked(() => claim.look())
})
// The last pick was put back: what is picked next doesn't open the form by itself.
effect(() => {
  const isOfPicks = form.value === 'approveMany' || form.value === 'rejectMany'
  if (isOfPicks && !bulk.isPicking) form.value = 'none'
})
// The first card that waits opens by itself where none is.
effect(() => {
  const first = feed.rows.value.find(({ hasLeft, reviewId }) => hasLeft !== true && !justDecided.has(reviewId))
  const isOpen = desk.review.value !== undefined
  if (!isOpen && first !== undefined) untracked(() => select(first.reviewId))
})
