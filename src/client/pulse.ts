/**
 * The heartbeats of one connection, and the ear for those of the node.
 *
 * They are sent at this client's place in the period, by the node's clock, so that a fleet doesn't beat at once however
 * it came to be connected.
 */
import type { Welcome } from '../protocol/nodeFrames.js'
import type { Platform } from './platform.js'

export interface PulseEvents {
  beat(): void
  /** Once a period. */
  ticked(now: number): void
  /** Nothing was heard for three periods, although heartbeats are answered. The last event. */
  silent(forMs: number): void
}

export class Pulse {
  readonly #platform: Platform
  readonly #events: PulseEvents
  readonly #periodMs: number
  #heardAt: number
  #due: number
  #stop: () => void

  constructor({ now, heartbeatMs, heartbeatPhaseMs }: Welcome, platform: Platform, events: PulseEvents) {
    this.#platform = platform
    this.#events = events
    this.#periodMs = heartbeatMs
    this.#heardAt = platform.now()
    const phaseMs = heartbeatPhaseMs ?? platform.random() * heartbeatMs
    const firstMs = (((phaseMs - now) % heartbeatMs) + heartbeatMs) % heartbeatMs
    this.#due = this.#heardAt + firstMs
    this.#stop = platform.setTimer(() => this.#tick(), firstMs)
  }

  heard(): void {
    this.#heardAt = this.#platform.now()
  }

  stop(): void {
    this.#stop()
  }

  #tick(): void {
    const now = this.#platform.now()
    // Where this process itself stood still, what came meanwhile hasn't been read yet: judge at the next beat.
    if (now - this.#due > this.#periodMs) this.#heardAt = now
    const silentMs = now - this.#heardAt
    if (silentMs >= 3 * this.#periodMs) {
      this.#events.silent(silentMs)
      return
    }
    this.#due = Math.max(this.#due + this.#periodMs, now)
    this.#stop = this.#platform.setTimer(() => this.#tick(), this.#due - now)
    this.#events.beat()
    this.#events.ticked(now)
  }
}
