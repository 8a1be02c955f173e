/**
 * A wake-up of one actor under one key, from `wake` until `woke` reaches its step.
 *
 * It travels through the mailbox itself, so that an `unwake`, or a `wake` for later, still counts while it waits there.
 */
import type { Clock, Timer } from '../../clock.js'
import type { Message } from './actor.js'
import type { Cell } from './cell.js'
import type { Woke } from './effect.js'

export class Alarm implements Message {
  readonly kind = 'woke'
  readonly woke: Woke
  readonly #timer: Timer
  #isDue = false

  constructor(key: string, clock: Clock, at: number, ring: (alarm: Alarm) => void) {
    this.woke = { kind: 'woke', key }
    this.#timer = clock.at(at, () => {
      this.#isDue = true
      ring(this)
    })
  }

  rearm(at: number): void {
    this.#isDue = false
    this.#timer.rearm(at)
  }

  silence(): void {
    this.#isDue = false
    this.#timer.cancel()
  }

  /** What the step gets; undefined where it was moved or silenced on its way. */
  take(cell: Cell): Woke | undefined {
    if (!this.#isDue) return undefined
    this.#isDue = false
    cell.alarms?.delete(this.woke.key)
    return this.woke
  }
}

export function silenceAll(cell: Cell): void {
  if (cell.alarms === undefined) return
  for (const alarm of cell.alarms.values()) alarm.silence()
  cell.alarms = undefined
}
