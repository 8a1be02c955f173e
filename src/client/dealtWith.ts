/**
 * Outcomes that were dealt with lately, over all connections: the `seen` of a lost connection may not have arrived, and
 * its outcomes come again under other numbers.
 *
 * An outcome is known by its task, status, step and time. Only so many are remembered, more than a node has under way:
 * one that comes after that is told again, which the protocol allows.
 */
import type { Outcome } from '../protocol/nodeFrames.js'

const remembered = 8_192

export class DealtWith {
  /** Oldest first. */
  readonly #names = new Set<string>()

  add(outcome: Outcome): void {
    this.#names.add(nameOf(outcome))
    if (this.#names.size <= remembered) return
    const [oldest] = this.#names
    if (oldest !== undefined) this.#names.delete(oldest)
  }

  has(outcome: Outcome): boolean {
    return this.#names.has(nameOf(outcome))
  }
}

const nameOf = ({ task, status, step, at }: Outcome): string => `${task} ${status} ${step} ${at}`
