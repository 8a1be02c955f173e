/** A kind of ASCII characters, for looking at texts one by one: it costs the same whatever the text says. */

export class CharSet {
  readonly #members = new Uint8Array(128)

  /** Written like the inside of a class, ranges and single characters: `A-Za-z0-9_-`. Throws for a range of none. */
  constructor(written: string) {
    for (let i = 0; i < written.length; i += 1) {
      const isRange = written[i + 1] === '-' && i + 2 < written.length
      const last = written.charCodeAt(isRange ? i + 2 : i)
      if (last < written.charCodeAt(i)) throw new Error(`the characters ${written} have a range that is none`)
      for (let unit = written.charCodeAt(i); unit <= last; unit += 1) this.#members[unit] = 1
      if (isRange) i += 2
    }
  }

  has(unit: number): boolean {
    return this.#members[unit] === 1
  }

  /** The end of the run of these characters that starts at `from`; not beyond `to`. */
  endOfRun(text: string, from: number, to: number): number {
    const last = Math.min(to, text.length)
    let at = from
    while (at < last && this.#members[text.charCodeAt(at)] === 1) at += 1
    return at
  }

  /** Are there so many of these characters in a row? Looks at one in so many, where there aren't. */
  hasRun(text: string, length: number): boolean {
    for (let last = length - 1; last < text.length; ) {
      let at = last
      while (at > last - length && this.#members[text.charCodeAt(at)] === 1) at -= 1
      if (at === last - length) return true
      last = at + length
    }
    return false
  }

  /** The start of the run of these characters that ends at `to`; not before `from`. */
  startOfRun(text: string, to: number, from: number): number {
    const first = Math.max(from, 0)
    let at = to
    while (at > first && this.#members[text.charCodeAt(at - 1)] === 1) at -= 1
    return at
  }
}

const made = new Map<string, CharSet>()

/** One set for all that are written alike. */
export function charSet(written: string): CharSet {
  const known = made.get(written)
  if (known !== undefined) return known
  const set = new CharSet(written)
  made.set(written, set)
  return set
}

export const lettersAndDigits = charSet('A-Za-z0-9')
