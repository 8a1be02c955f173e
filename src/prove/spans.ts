/** How long things take in a proof: short enough to run with every change, or as the product has them. */

export type Spans = {
  readonly heartbeatMs: number
  readonly leaseMs: number
  readonly resumeMs: number
  readonly nodeLeaseMs: number
  readonly nodeQuietMs: number
  /** A node that stands still does so for this long. */
  readonly frozenMs: number
  /** Load before the fault, and behind it. */
  readonly beforeMs: number
  readonly afterMs: number
  /** Until everything has to have ended. */
  readonly patienceMs: number
  /** Longer than this from acknowledged to ended is late. */
  readonly lateMs: number
  readonly tasksPerSecond: number
  /** Who come back at once. */
  readonly crowd: number
}

export const shortSpans: Spans = {
  heartbeatMs: 1_000,
  leaseMs: 4_000,
  resumeMs: 5_000,
  nodeLeaseMs: 1_000,
  nodeQuietMs: 2_500,
  frozenMs: 8_000,
  beforeMs: 1_500,
  afterMs: 1_500,
  patienceMs: 40_000,
  lateMs: 3_000,
  tasksPerSecond: 80,
  crowd: 200,
}

/** The product's own, but for the load. */
export const longSpans: Spans = {
  heartbeatMs: 5_000,
  leaseMs: 15_000,
  resumeMs: 15_000,
  nodeLeaseMs: 2_000,
  nodeQuietMs: 6_000,
  frozenMs: 20_000,
  beforeMs: 10_000,
  afterMs: 10_000,
  patienceMs: 180_000,
  lateMs: 3_000,
  tasksPerSecond: 200,
  crowd: 1_000,
}
