/** What a failure leads to: a pure decision. The system carries it out. */
import type { Supervision } from './actor.js'

export interface RestartBackoff {
  /** Before the first restart; doubles with each failure in the window. */
  readonly firstMs: number
  readonly longestMs: number
  /** Failures older than this are forgotten. */
  readonly windowMs: number
  /** One more than this in the window, and it gives up. */
  readonly restarts: number
}

// A bug that one message brought on is gone at once; one that stays would else burn a core and fill the log.
export const defaultRestartBackoff: RestartBackoff = { firstMs: 50, longestMs: 5_000, windowMs: 60_000, restarts: 8 }

export type Directive =
  | { readonly kind: 'restart'; readonly delayMs: number }
  | { readonly kind: 'stop' }
  | { readonly kind: 'escalate' }

/** Times of an actor's failures, oldest first. */
export type Failures = readonly number[]

/** `random` is at least 0 and less than 1: it spreads restarts over the upper half of the delay. */
export function supervise(
  supervision: Supervision,
  earlier: Failures,
  backoff: RestartBackoff,
  now: number,
  random: number,
): readonly [Failures, Directive] {
  if (supervision !== 'restart') return [earlier, { kind: supervision }]
  const failures = [...earlier.filter((at) => at > now - backoff.windowMs), now]
  if (failures.length > backoff.restarts) return [failures, { kind: 'escalate' }]
  const fullMs = Math.min(backoff.firstMs * 2 ** (failures.length - 1), backoff.longestMs)
  return [failures, { kind: 'restart', delayMs: Math.ceil((fullMs / 2) * (1 + random)) }]
}
