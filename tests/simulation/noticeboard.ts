/**
 * Where the people of a crowd read which cards there are: whoever is told of one first puts it up for all. Some cards
 * nobody minds, so that there is something to be listed at the end, and some are put off until their time is nearly up.
 */
import type { Dice } from './dice.js'

export type Reader = (review: string, isPutOff: boolean) => void

export class Noticeboard {
  readonly #cards = new Set<string>()
  readonly #readers: Reader[] = []
  readonly #dice: Dice

  constructor(dice: Dice) {
    this.#dice = dice
  }

  get cards(): readonly string[] {
    return [...this.#cards]
  }

  onCard(reader: Reader): void {
    this.#readers.push(reader)
  }

  put(review: string): void {
    if (this.#cards.has(review)) return
    this.#cards.add(review)
    const fate = this.#dice.pick(['now', 'now', 'put off', 'put off', 'never'])
    if (fate !== 'never') for (const reader of this.#readers) reader(review, fate === 'put off')
  }
}
