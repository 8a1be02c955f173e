/** Cards that wait in this node's review queues, for the metrics: by severity, and how old the oldest is. */
import { reviewQueueAddress } from '../actors/addresses.js'
import type { ReviewQueueState } from '../review/reviewQueueState.js'
import type { Plane } from './plane.js'

export type CardsWaiting = { readonly waiting: Readonly<Record<string, number>>; readonly oldestMs: number }

export const cardsWaiting = ({ system, tenants }: Plane, now: number): CardsWaiting => {
  const waiting: Record<string, number> = { high: 0, normal: 0, low: 0 }
  let oldest = now
  for (const tenant of tenants) {
    const queue = system.inspect(reviewQueueAddress(tenant)) as ReviewQueueState | undefined
    if (queue === undefined) continue
    const counts = queue.view.counts(now)
    for (const [severity, cards] of Object.entries(counts.bySeverity))
      waiting[severity] = (waiting[severity] ?? 0) + cards
    oldest = Math.min(oldest, counts.oldestAt ?? now)
  }
  return { waiting, oldestMs: now - oldest }
}
