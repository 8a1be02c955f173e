/** A fault: what is broken, where it applies, and how much of what may come of it. */
import type { Balancer } from './balancer.js'
import type { Fleet } from './fleet.js'
import type { Submitter } from './submitter.js'
import type { Shape, World } from './world.js'

/** The most of each; more is worse than expected. */
export type Expected = {
  readonly lost: number
  readonly acceptedTwice: number
  readonly executedTwice: number
  readonly late: number
  readonly recoveryMs: { readonly short: number; readonly long: number }
  /** Acknowledged writes go: it has to be noticed and named, and may make work be done again. */
  readonly isLossNoticed: boolean
  /** Tasks that end otherwise than they would have without the fault. */
  readonly notCompleted: number
}

/** The world with its load, as a fault finds it. */
export type Stage = {
  readonly world: World
  /** What stands between the nodes and the agents, producers, operators. */
  readonly doors: { readonly agents: Balancer; readonly producers: Balancer; readonly operators: Balancer }
  readonly fleets: readonly [Fleet, ...Fleet[]]
  readonly submitter: Submitter
  readonly pause: (ms: number) => Promise<void>
  /** Something that the fault found, beside what everybody looks at. */
  readonly complain: (sentence: string) => void
}

export type Fault = {
  readonly name: string
  readonly about: string
  readonly runsOnEmbedded: boolean
  readonly shape: Partial<Shape>
  readonly expected: Expected
  readonly commit: (stage: Stage) => Promise<void>
}

/** What is expected where nothing is said: that nobody notices, but for the time that it takes. */
export const unharmed: Expected = {
  lost: 0,
  acceptedTwice: 0,
  executedTwice: 0,
  late: Number.POSITIVE_INFINITY,
  recoveryMs: { short: 10_000, long: 40_000 },
  isLossNoticed: false,
  notCompleted: 0,
}
