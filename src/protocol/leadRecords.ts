/** What those who lead the review are shown: figures of the cards that were decided. Durations are ms. */

export type Share = {
  readonly of: number
  readonly count: number
  readonly share: number
  /** Between these it lies with 95 % confidence (Wilson's score interval, Wilson 1927). */
  readonly low: number
  readonly high: number
}

/** Percentiles, by nearest rank. */
export type Spread = { readonly count: number; readonly p50: number; readonly p90: number; readonly p99: number }

export type OperatorNumbers = {
  readonly operator: string
  readonly decisions: number
  readonly approved: number
  readonly edited: number
  readonly rejected: number
  /** In hours in which they decided something. */
  readonly perActiveHour: number
  readonly dwellMs: Spread | null
  /** Decisions that came before the text could be read, of those whose dwell time is known. */
  readonly quick: Share | null
}

export type DecidedNumbers = {
  readonly byStatus: Readonly<Record<string, number>>
  readonly firstLookMs: Readonly<Record<string, Spread | null>>
  readonly decisionMs: Readonly<Record<string, Spread | null>>
  readonly operators: readonly OperatorNumbers[]
  readonly quick: Share | null
  /** Of cards about which several people said something: those on which they said the same. */
  readonly agreement: Share | null
}

/** `approved`: as it was held. What had to be edited first is no success of the agent's. */
export type Approvals = {
  readonly cards: number
  readonly edited: number
  readonly rejected: number
  readonly approved: Share | null
}

export type Band = Approvals & { readonly from: number; readonly to: number; readonly meanConfidence: number | null }

export type Threshold = {
  readonly threshold: number
  /** Cards held for their confidence alone that would have passed. */
  readonly passed: number
  /** Of them, those that people didn't approve as they were. */
  readonly wrongly: Share | null
}

export type CalibrationNumbers = Approvals & {
  readonly bands: readonly Band[]
  readonly queues: readonly (Approvals & { readonly queue: string })[]
  readonly agents: readonly (Approvals & { readonly agent: string })[]
  readonly thresholds: readonly Threshold[]
}
