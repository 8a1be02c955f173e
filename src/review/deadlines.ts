/**
 * When a card's shard's owner has to look at it: half of its time is over, three quarters, all of it.
 *
 * At half it is told of again, at three quarters it is everybody's, and at the end it is EXPIRED. Never approved by time.
 */
import type { Severity } from '../tasks/verdict.js'
import type { Card } from './card.js'

/** How long a card of each severity may wait. */
export type ReviewSpans = Readonly<Record<Severity, number>>

export type Due =
  /** Nothing until then; undefined: never. */
  { readonly kind: 'nothing'; readonly at: number | undefined } | { readonly kind: 'remind' | 'escalate' | 'expire' }

/** When the first look is due. */
export const firstDueAt = ({ createdAt, deadline = createdAt }: Pick<Card, 'createdAt' | 'deadline'>): number =>
  createdAt + Math.floor((deadline - createdAt) / 2)

const escalationAt = (createdAt: number, deadline: number): number =>
  createdAt + Math.floor(((deadline - createdAt) * 3) / 4)

export const dueOf = ({ createdAt, deadline, standing }: Card, now: number): Due => {
  if (standing.status !== 'PENDING' || deadline === undefined) return { kind: 'nothing', at: undefined }
  if (now >= deadline) return { kind: 'expire' }
  const escalation = escalationAt(createdAt, deadline)
  if (standing.escalatedAt !== undefined) return { kind: 'nothing', at: deadline }
  if (now >= escalation) return { kind: 'escalate' }
  if (standing.remindedAt !== undefined) return { kind: 'nothing', at: escalation }
  const reminder = firstDueAt({ createdAt, deadline })
  return now >= reminder ? { kind: 'remind' } : { kind: 'nothing', at: reminder }
}
