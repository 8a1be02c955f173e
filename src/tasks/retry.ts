/** When an attempt that failed is tried again: exponential back-off with jitter. */

export const firstRetryMs = 1_000
export const longestRetryMs = 5 * 60_000

/** A task that was given back unworked waits this long, so that another agent can take it first. */
export const releaseBackoffMs = 250

/**
 * Milliseconds to wait after the n-th attempt (counted from 1) failed. `chance` from 0 to 1 spreads it over the upper
 * half of the interval, so that tasks that failed together don't come back together.
 */
export const retryDelayMs = (attempt: number, chance: number): number => {
  const full = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(30, attempt - 1))
  return Math.round(full / 2 + (full / 2) * chance)
}
