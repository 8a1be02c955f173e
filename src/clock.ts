/**
 * Time, passed in: nothing else in the project reads a clock or sets a timer for its logic.
 *
 * A clock starts at the ledger's time and from there on only counts what passed, so it never goes back and durations
 * hold whatever happens to the machine's wall clock. A wake is never called from within `at`.
 */
import { type Timer, TimerHeap } from './timerHeap.js'

export type { Timer } from './timerHeap.js'

export interface Clock {
  /** Whole milliseconds since the epoch, by the ledger's clock. Never less than before. */
  now(): number
  /** Calls `wake` once, when `now()` has reached `when`; soon, where it has already. */
  at(when: number, wake: () => void): Timer
}

export interface SystemClockOptions {
  /** The time to start from, in ms since the epoch: the ledger's `now`. Where missing, the machine's wall clock. */
  readonly origin?: number
  /** Wakes that come this much too late let the sockets be read first, so that a stall isn't taken for silence. */
  readonly stallMs?: number
}

/** What setTimeout can count to. */
const longestTimeoutMs = 2 ** 31 - 1

/** Real time: one `setTimeout` for all timers, none while no timer is armed. */
export function systemClock({ origin = Date.now(), stallMs = 250 }: SystemClockOptions = {}): Clock {
  const offset = origin - performance.now()
  const now = () => Math.floor(offset + performance.now())
  const heap = new TimerHeap(arm, disarm)
  let timeout: NodeJS.Timeout | undefined
  let timeoutDue = Number.POSITIVE_INFINITY

  function arm(): void {
    const due = heap.nextDue()
    if (due === undefined || due >= timeoutDue) return
    clearTimeout(timeout)
    timeoutDue = due
    timeout = setTimeout(onTimeout, Math.min(Math.max(due - now(), 0), longestTimeoutMs))
  }

  function disarm(): void {
    clearTimeout(timeout)
    timeout = undefined
    timeoutDue = Number.POSITIVE_INFINITY
  }

  // Timers come first in a turn of the event loop, then sockets, then immediates.
  function onTimeout(): void {
    if (now() - timeoutDue > stallMs) setImmediate(fire)
    else fire()
  }

  // At most as many as there were: a wake that arms itself for now must not keep the event loop.
  function fire(): void {
    const instant = now()
    timeoutDue = Number.NEGATIVE_INFINITY
    try {
      for (let left = heap.size; left > 0; left--) {
        const wake = heap.takeDue(instant)
        if (wake === undefined) break
        wake()
      }
    } finally {
      disarm()
      arm()
    }
  }

  return { now, at: (when, wake) => heap.add(when, wake) }
}

export interface VirtualClock extends Clock {
  advance(ms: number): void
  /** Fires what becomes due on the way, each at its own time, in order. */
  advanceTo(when: number): void
  /** When the next timer is due; undefined where none is armed. */
  nextDue(): number | undefined
}

export interface VirtualClockOptions {
  readonly origin?: number
  /** Called after each wake: runs what the wake brought about before time goes on. */
  readonly settle?: () => void
}

/** Time that stands still until it is moved: for tests and simulation. */
export function virtualClock({ origin = 0, settle = () => {} }: VirtualClockOptions = {}): VirtualClock {
  const heap = new TimerHeap()
  let instant = origin

  function advanceTo(when: number): void {
    for (let due = heap.nextDue(); due !== undefined && due <= when; due = heap.nextDue()) {
      instant = Math.max(instant, due)
      heap.takeDue(instant)?.()
      settle()
    }
    instant = Math.max(instant, when)
  }

  return {
    now: () => instant,
    at: (when, wake) => heap.add(when, wake),
    advance: (ms) => advanceTo(instant + ms),
    advanceTo,
    nextDue: () => heap.nextDue(),
  }
}
