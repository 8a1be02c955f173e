/**
 * The line of agents that wait for tasks of one queue, and how large its next claim is.
 *
 * A taker stands in the lines of all its queues at once; whichever claim takes its last credit takes it out of all.
 */
import type { Address } from './runtime/actor.js'

/** A session that wants tasks. Its counts change in place: they are this dispatcher's alone. */
export type Taker = {
  readonly session: Address
  readonly agent: string
  readonly connection: number
  readonly queues: readonly string[]
  /** Tasks it wants beside those that claims under way may bring. */
  credits: number
  /** Places it has in claims under way. */
  claiming: number
  isLeaving: boolean
  /** It is paused or banned: it gets nothing. */
  isHeld: boolean
}

/** A claim offers so many agents at least and at most; in between it doubles while all of them get a task. */
const fewest = 8
const most = 256

/** Weights of high, normal and low. */
const weights = [16, 4, 1] as const

/** The priorities of 21 tasks in turn, spread as evenly as 16 : 4 : 1 allows (smooth weighted round robin). */
const turns: readonly number[] = (() => {
  const total = weights.reduce((sum: number, weight) => sum + weight, 0)
  const current = weights.map(() => 0)
  return Array.from({ length: total }, () => {
    for (const [at, weight] of weights.entries()) current[at] = (current[at] ?? 0) + weight
    const best = current.indexOf(Math.max(...current))
    current[best] = (current[best] ?? 0) - total
    return best
  })
})()

export class Line {
  readonly queue: string
  /** Shards that may have something waiting. */
  readonly ready = new Set<number>()
  /** Shards in which something waits that no other node was told of: this one serves it, or passes the hint on. */
  readonly owed = new Set<number>()
  /** Shards with a claim under way. */
  readonly claiming = new Set<number>()
  /** Sessions that serve this queue, waiting or at work. */
  members = 0
  readonly #waiting = new Map<Address, Taker>()
  /** Before all others: they were offered and got nothing. */
  #front: Taker[] = []
  #size = fewest
  #turn = 0

  /** Nobody looked yet, so any shard may have something. */
  constructor(queue: string, shards: number) {
    this.queue = queue
    for (let shard = 0; shard < shards; shard++) this.ready.add(shard)
  }

  push(taker: Taker): void {
    if (taker.credits > 0 && !this.#waiting.has(taker.session)) this.#waiting.set(taker.session, taker)
  }

  unshift(taker: Taker): void {
    this.#waiting.delete(taker.session)
    this.#front.push(taker)
  }

  drop(taker: Taker): void {
    this.#waiting.delete(taker.session)
  }

  /** Whether somebody waits for a task, as far as can be told at a glance. */
  isWaitedAt(): boolean {
    return this.#front.length > 0 || this.#waiting.size > 0
  }

  /** Nobody serves it any more. As long as somebody does it is kept: it knows whose turn is next. */
  isDeserted(): boolean {
    return this.members === 0 && this.claiming.size === 0
  }

  /** Takers for one claim; each place takes one of its credits. One with credits left goes behind the others. */
  take(): readonly Taker[] {
    const taken: Taker[] = []
    while (taken.length < this.#size) {
      const taker = this.#next()
      if (taker === undefined) break
      if (taker.credits <= 0 || taker.isLeaving || taker.isHeld) continue
      taker.credits--
      taker.claiming++
      taken.push(taker)
      if (taker.credits > 0) this.push(taker)
    }
    return taken
  }

  #next(): Taker | undefined {
    const first = this.#front.pop()
    if (first !== undefined) return first
    for (const [session, taker] of this.#waiting) {
      this.#waiting.delete(session)
      return taker
    }
    return undefined
  }

  /** How many of the next `n` tasks come from each priority first. */
  shares(n: number): readonly number[] {
    const shares = weights.map(() => 0)
    for (let i = 0; i < n; i++) {
      const priority = turns[(this.#turn + i) % turns.length] ?? 0
      shares[priority] = (shares[priority] ?? 0) + 1
    }
    return shares
  }

  turnBy(n: number): void {
    this.#turn = (this.#turn + n) % turns.length
  }

  grow(): void {
    this.#size = Math.min(most, this.#size * 2)
  }

  shrink(): void {
    this.#size = Math.max(fewest, Math.floor(this.#size / 2))
  }
}
