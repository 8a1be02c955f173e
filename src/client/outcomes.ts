/**
 * Outcomes as they come in: told to the listeners, and acknowledged (`seen`) once they have dealt with them.
 *
 * Outcomes of one task are told one after the other, those of different tasks side by side; the node sends no more than
 * its window beyond what was seen, which bounds them. What was seen is told as one number, so the slowest of them
 * decides. One that comes again on another connection is not told again, but counts as seen there, too.
 */
import type { Outcome } from '../protocol/nodeFrames.js'
import { DealtWith } from './dealtWith.js'

/** May return a promise: the outcome counts as seen when it has settled. */
export type OutcomeListener = (outcome: Outcome) => void | Promise<void>

export class Outcomes {
  readonly #listeners = new Set<OutcomeListener>()
  readonly #tellSeen: (seq: number) => void
  /** Of this connection: dealt with, but not all before them. */
  #done = new Set<number>()
  #seen = 0
  #connection = 0
  readonly #dealtWith = new DealtWith()
  /** The last outcome of a task that is being dealt with. */
  readonly #underWay = new Map<string, Promise<void>>()

  constructor(tellSeen: (seq: number) => void) {
    this.#tellSeen = tellSeen
  }

  add(listener: OutcomeListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A new connection counts anew. */
  restart(): void {
    this.#connection++
    this.#done = new Set()
    this.#seen = 0
  }

  received(outcome: Outcome): void {
    const connection = this.#connection
    const before = this.#underWay.get(outcome.task) ?? Promise.resolve()
    const dealtWith = before
      .then(() => (this.#dealtWith.has(outcome) ? undefined : this.#tell(outcome)))
      .then(() => {
        this.#dealtWith.add(outcome)
        if (this.#underWay.get(outcome.task) === dealtWith) this.#underWay.delete(outcome.task)
        if (connection === this.#connection) this.#deal(outcome.seq)
      })
    this.#underWay.set(outcome.task, dealtWith)
  }

  /** Settles once all that came is dealt with. */
  async whenIdle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay.values())
  }

  /** Never rejects: a listener's error is thrown where nobody catches it, as that of an event's listener would be. */
  async #tell(outcome: Outcome): Promise<void> {
    const told = [...this.#listeners].map(async (listener) => listener(outcome))
    for (const settled of await Promise.allSettled(told))
      if (settled.status === 'rejected') void Promise.reject(settled.reason)
  }

  #deal(seq: number): void {
    this.#done.add(seq)
    const before = this.#seen
    while (this.#done.delete(this.#seen + 1)) this.#seen++
    if (this.#seen > before) this.#tellSeen(this.#seen)
  }
}
