/** A task as a producer hands it in. */

/** What is to be done. Either `queue` or `steps`. */
export type NewTask = {
  readonly payload: unknown
  /** Makes the submission idempotent for whoever submits again, in another process too. Default: made by the library. */
  readonly key?: string
  /** Default: `normal`. */
  readonly priority?: 'high' | 'normal' | 'low'
  /** At most 30 days. Default: 0. */
  readonly delayMs?: number
  /** Limits each wait for an agent. Default: none. */
  readonly ttlMs?: number
  /** Limits each attempt. Default: the node's, 10 min. */
  readonly timeoutMs?: number
  /** In each step, 1 to 100. Default: 3. */
  readonly maxAttempts?: number
  readonly trace?: string
} & (
  | { readonly queue: string; readonly steps?: never }
  /** Queues worked one after the other: a step's released output is the next one's `previous`. */
  | { readonly steps: readonly string[]; readonly queue?: never }
)
