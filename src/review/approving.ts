/**
 * What an approval makes of a card: APPROVED, or, where the policy asks for more people, one approval nearer to it.
 *
 * Approvals count for what the card would release just then. Whoever edits it begins the count anew, with their own; so
 * nobody who wrote something can release it alone.
 */
import type { Card } from './card.js'
import { approvalsOf, type Edit, type Given, type Pending, type Resolution, type Standing } from './standing.js'

export type Approver = { readonly by: string; readonly at: number; readonly reason?: string; readonly edit?: Edit }

export const approve = (
  card: Card,
  { claim: _, assignment: __, edit: edited, approvals = [], ...kept }: Pending,
  { by, at, reason, edit }: Approver,
): Pending | Extract<Resolution, { status: 'APPROVED' }> => {
  const own: Given = { by, at, ...(edit === undefined ? {} : { wrote: true }) }
  const isSame = edit === undefined || edit.hash === edited?.hash
  const others = isSame ? approvals.filter((given) => given.by !== by) : []
  const given = [...others, own]
  const released = edit ?? edited
  const withEdit = released === undefined ? {} : { edit: released }
  if (given.length < card.approvalsRequired) {
    return { ...kept, ...withEdit, approvals: given, ...(isSame ? {} : { basis: card.version + 1 }) }
  }
  const noted = kept.note === undefined ? {} : { note: kept.note }
  const why = reason === undefined ? {} : { reason }
  return { status: 'APPROVED', approvals: given, ...noted, operator: by, resolvedAt: at, ...why, ...withEdit }
}

/** Whether this person has approved what the card would release, or has released; `edit`: what they sent with it. */
export const hasApproved = (
  standing: Extract<Standing, { status: 'PENDING' | 'APPROVED' }>,
  by: string,
  edit: Edit | undefined,
): boolean => {
  const released = standing.edit
  const given = approvalsOf(standing).find((one) => one.by === by)
  if (given === undefined) return false
  return edit === undefined ? given.wrote === undefined : edit.hash === released?.hash
}

/** Where several have to approve it, nobody decides on what they submitted or what their own agent made. */
export const isOwn = (card: Card, submitter: unknown, sub: string): boolean =>
  card.approvalsRequired > 1 && (submitter === sub || card.agent === sub || card.agent.startsWith(`${sub}/`))
