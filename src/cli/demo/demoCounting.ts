/**
 * The counts of a demo that runs, told each second and once more at the end: what was told last is what stays.
 */
import type { Operator } from '../../client/index.js'
import type { DemoNow, NodeCounts } from './demoBoard.js'
import type { DemoTally } from './demoTally.js'

const countMs = 1_000
/** Over which the tasks a second are counted. */
const rateSeconds = 5

export type Counted = {
  readonly operator: Operator
  readonly tally: DemoTally
  readonly seconds: () => number
  readonly restarts: () => number
}

export class DemoCounting {
  readonly #onCounts: (now: DemoNow) => void
  readonly #counted: Counted
  readonly #timer: NodeJS.Timeout
  readonly #ended: number[] = []
  #node: NodeCounts = { running: 0, agents: 0, agentsAtWork: 0, held: {} }

  constructor(counted: Counted, onCounts: (now: DemoNow) => void) {
    this.#onCounts = onCounts
    this.#counted = counted
    this.#timer = setInterval(() => {
      void this.#ask()
      this.#tell()
    }, countMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async end(): Promise<void> {
    this.stop()
    await this.#ask()
    this.#tell()
  }

  /** Where the node is away for the moment, what was counted last stays. */
  async #ask(): Promise<void> {
    const stats = await this.#counted.operator.stats({ timeoutMs: countMs }).catch(() => undefined)
    if (stats !== undefined) this.#node = nodeCountsOf(stats)
  }

  #tell(): void {
    const { tally, seconds, restarts } = this.#counted
    const counts = tally.counts
    const done = counts.ended + counts.held
    this.#ended.push(done)
    if (this.#ended.length > rateSeconds + 1) this.#ended.shift()
    const [first = 0] = this.#ended
    const tasksPerSecond = Math.round((done - first) / Math.max(1, this.#ended.length - 1))
    this.#onCounts({
      tally: counts,
      node: this.#node,
      tasksPerSecond,
      seconds: seconds(),
      restarts: restarts(),
    })
  }
}

function nodeCountsOf(stats: Readonly<Record<string, unknown>>): NodeCounts {
  const agents = numbersOf(stats.agents)
  const { ACTIVE = 0, BUSY = 0, IDLE = 0 } = agents
  const cards =
    typeof stats.cards === 'object' && stats.cards !== null && 'byReason' in stats.cards ? stats.cards.byReason : {}
  return {
    running: numbersOf(stats.tasks).RUNNING ?? 0,
    agents: ACTIVE + BUSY + IDLE,
    agentsAtWork: ACTIVE + BUSY,
    held: numbersOf(cards),
  }
}

function numbersOf(value: unknown): Readonly<Record<string, number>> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).filter(([, n]) => typeof n === 'number'))
}
