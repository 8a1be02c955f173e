/** Choices, from the run's own random numbers: each player has dice of its own, so that one's moves don't shift another's. */
import { type Random, seededRandom } from '../../src/random.js'

export class Dice {
  readonly random: Random

  constructor(random: Random) {
    this.random = random
  }

  /** Dice whose throws nobody else's depend on. */
  split(): Dice {
    return new Dice(seededRandom(this.random.int(2 ** 48)))
  }

  chance(probability: number): boolean {
    return this.random.next() < probability
  }

  /** A whole number: at least `from`, at most `to`. */
  between(from: number, to: number): number {
    return from + this.random.int(to - from + 1)
  }

  /** There must be one. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.random.int(choices.length)] as T
  }

  some<T>(choices: readonly T[], probability: number): T[] {
    return choices.filter(() => this.chance(probability))
  }
}
