/** What the keys and buttons of a decision do: the same for both. */
import { rawJson } from '../output/rawJson.js'
import { desk, focusList, form } from '../room.js'

const canDecide = (): boolean => desk.blocked.value === undefined && desk.isSettled.value

/** At once, unless the card is of high severity: then a reason is asked for. */
export function approve(): void {
  const card = desk.card.value
  if (card === undefined || !canDecide() || desk.hasApproved.value) return
  if (card.severity === 'high') form.value = 'approve'
  else void desk.decide({ status: 'APPROVED' })
}

export function reject(): void {
  if (canDecide()) form.value = 'reject'
}

/** Of what the card shows; a draft that was begun goes on. */
export function beginEdit(): void {
  const card = desk.card.value
  if (card === undefined || !canDecide()) return
  if (desk.drafts.of(card.reviewId) === undefined) {
    const output = desk.revealed.value === undefined ? (card.edited ?? card.output) : desk.revealed.value.output
    desk.drafts.write(card.reviewId, { text: rawJson(output), outputHash: card.outputHash })
  }
  form.value = 'edit'
}

export function closeForm(): void {
  form.value = 'none'
  focusList()
}
