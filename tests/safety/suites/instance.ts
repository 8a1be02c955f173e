/**
 * One thing the gate has promised to hold, as somebody would write it.
 *
 * `plain` says that it has to be held wherever it stands; otherwise only beside the words of its label.
 */
export type Instance = {
  readonly kind: string
  readonly label: string
  readonly value: string
  readonly isPlain: boolean
}

/** Writes one; by the same dice the same one. */
export type Make = (dice: Dice) => string

/** What has a kind: the words that stand beside it, each in its turn, and the ways in which it is written. */
export type Kind = {
  readonly kind: string
  readonly labels: readonly string[]
  readonly isPlain: boolean
  readonly make: readonly Make[]
}

export function* instancesOf({ kind, labels, isPlain, make }: Kind, dice: Dice, rounds: number): Iterable<Instance> {
  for (let round = 0; round < rounds; round += 1) {
    for (const one of make) yield { kind, label: labels[round % labels.length] ?? kind, value: one(dice), isPlain }
  }
}

/** Chance by seed, so that each run asks the same. */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** 0 up to, and without, `below`. */
  roll(below: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * below)
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.roll(items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }

  digits(count: number): string {
    return this.letters(count, '0123456789')
  }

  letters(count: number, alphabet: string): string {
    let text = ''
    for (let i = 0; i < count; i += 1) text += alphabet[this.roll(alphabet.length)] ?? ''
    return text
  }
}

export const always = (...values: readonly string[]): Make[] => values.map((value) => () => value)
export const grouped = (text: string, sizes: readonly number[], sign: string) => {
  const parts: string[] = []
  let at = 0
  for (const size of sizes) {
    parts.push(text.slice(at, at + size))
    at += size
  }
  return parts.join(sign)
}
export const fours = (text: string) => text.replace(/(.{4})(?=.)/g, '$1 ')
