/**
 * Lets new connections in at a rate that the node can carry, so that a fleet which comes back at once doesn't keep those
 * who are in from being heard.
 *
 * Whoever comes at a calm time gets in at once. In a storm arrivals wait for their turn before the upgrade, groups
 * taking turns; who would wait for too long is told when to come again, each at a slot of its own. The rate falls while
 * the event loop is late, and rises again: what a node can carry depends on what else it does.
 */
import type { Clock, Timer } from '../clock.js'

export interface Arrivals {
  /** 0, at once or at its turn; else the ms after which to come again. `group`: who takes turns. */
  enter(group: string): number | Promise<number>
  /** Nobody waits any more: all are let through, to be told what there is to tell. */
  end(): void
}

export type ArrivalsOptions = {
  readonly clock: Clock
  /** At the most. */
  readonly perSecond: number
  readonly count: (what: string, n: number) => void
}

/** Let in at once, in seconds' worth: what a node has done before anybody notices. */
const burstSeconds = 1 / 8
/** Longer, and a client had better go away: it may think that nobody is here. */
const longestWaitMs = 2_000
/** Slots further off than this are all given as this. */
const furthestSlotMs = 30_000
const tickMs = 10
/** The event loop is late by so much: heartbeats wait for as long. */
const lateMs = 100
/** Of the rate: what is left of it after each late look, what comes back with each other one, and what stays. */
const fall = 0.8
const rise = 1 / 50
const floor = 1 / 4

type Waiting = (retryAfterMs: number) => void

export function createArrivals({ clock, perSecond, count }: ArrivalsOptions): Arrivals {
  const groups = new Map<string, Waiting[]>()
  let waiting = 0
  let rate = perSecond
  let tokens = burst()
  let filledAt = clock.now()
  let nextSlotAt = 0
  let timer: Timer | undefined
  let hasEnded = false

  function burst(): number {
    return Math.max(1, rate * burstSeconds)
  }

  function fill(now: number): void {
    tokens = Math.min(burst(), tokens + ((now - filledAt) * rate) / 1_000)
    filledAt = now
  }

  function enter(group: string): number | Promise<number> {
    const now = clock.now()
    fill(now)
    if (hasEnded) return 0
    if (waiting === 0 && tokens >= 1) {
      tokens--
      return 0
    }
    const others = groups.get(group) ?? []
    if (!hasPlace(others.length)) return slotOf(now) - now
    groups.set(group, others)
    waiting++
    count('storm.waited', 1)
    timer ??= tickAt(now + tickMs)
    return new Promise((resolve) => others.push(resolve))
  }

  /** A group may have its share of the places, so that none keeps the others out. */
  function hasPlace(ofGroup: number): boolean {
    const places = Math.max(1, (rate * longestWaitMs) / 1_000)
    return ofGroup < places / Math.max(1, groups.size) && waiting < 2 * places
  }

  /** Behind those who wait here, and those who were sent away before. */
  function slotOf(now: number): number {
    const slotMs = 1_000 / rate
    nextSlotAt = Math.max(nextSlotAt, now + waiting * slotMs) + slotMs
    if (nextSlotAt > now + furthestSlotMs) nextSlotAt = now + furthestSlotMs
    return Math.ceil(nextSlotAt)
  }

  function tickAt(when: number): Timer {
    return clock.at(when, () => tick(when))
  }

  function tick(dueAt: number): void {
    const now = clock.now()
    rate =
      now - dueAt > lateMs ? Math.max(perSecond * floor, rate * fall) : Math.min(perSecond, rate + perSecond * rise)
    fill(now)
    while (tokens >= 1 && waiting > 0) {
      tokens--
      next()?.(0)
    }
    timer = waiting > 0 ? tickAt(now + tickMs) : undefined
  }

  /** Of the group whose turn it is, which then stands last. */
  function next(): Waiting | undefined {
    const [turn] = groups
    if (turn === undefined) return undefined
    const [group, others] = turn
    groups.delete(group)
    const first = others.shift()
    if (others.length > 0) groups.set(group, others)
    waiting--
    return first
  }

  function end(): void {
    hasEnded = true
    timer?.cancel()
    while (waiting > 0) next()?.(0)
  }

  return { enter, end }
}
