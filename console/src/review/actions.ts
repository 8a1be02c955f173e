/** What the keys and buttons of a decision do: the same for both. */
import { rawJson } from '../output/rawJson.js'
import { bulk, desk, feed, focusList, form, station } from '../room.js'
import { releaseOf } from './drafts.js'

const canDecide = (): boolean => desk.blocked.value === undefined && desk.isSettled.value

/** Of all that is picked, where something is: every card is named before it is sent. */
function decideMany(how: 'approveMany' | 'rejectMany'): void {
  if (station.isOpen.value && bulk.step.value.kind !== 'sending') form.value = how
}

/** At once, unless the card is of high severity: then a reason is asked for. */
export function approve(): void {
  const card = desk.card.value
  if (bulk.isPicking) decideMany('approveMany')
  else if (card === undefined || !canDecide() || desk.hasApproved.value) return
  else if (card.severity === 'high') form.value = 'approve'
  else void desk.decide({ status: 'APPROVED' })
}

export function reject(): void {
  if (bulk.isPicking) decideMany('rejectMany')
  else if (canDecide()) form.value = 'reject'
}

/** Of what approving would release, as it is shown; a draft that was begun goes on. */
export function beginEdit(): void {
  const card = desk.card.value
  if (card === undefined || !canDecide()) return
  if (desk.drafts.of(card.reviewId) === undefined) {
    const { output, edited } = desk.revealed.value ?? card
    desk.drafts.write(card.reviewId, { text: rawJson(edited === undefined ? output : edited), of: releaseOf(card) })
  }
  form.value = 'edit'
}

export function closeForm(): void {
  form.value = 'none'
  focusList()
}

/** Out of the form first, then of what is picked, then of what became of it. */
export function leave(): void {
  if (form.value !== 'none') closeForm()
  else if (bulk.isPicking) bulk.clear()
  else bulk.putAway()
}

/** Picks the open card, or puts it back. */
export function pick(): void {
  const row = openRow()
  if (row !== undefined) bulk.toggle(row)
}

/** Picks all up to the open card, from the one that was picked last. */
export function pickRange(): void {
  const row = openRow()
  if (row !== undefined) bulk.extend(feed.rows.value, row)
}

const openRow = () => feed.rows.value.find(({ reviewId }) => reviewId === desk.review.value)
