/**
 * The tokens of a text that have a digit: what stands between signs and spaces, letters and digits together. One pass
 * finds them, and the finders look at them and at how they stand in a row.
 */

/**
 * How far a row goes on: from one token to the next are one to three of these. Colons aren't among them, or the time
 * would join the date.
 */
const separators = ' \t\n\r-./_,|*()\\~\u00b7'
const separatorMaxChars = 3

/** What is kept of each token; see the methods that read it. */
const columns = 5
const [startColumn, endColumn, digitStartColumn, digitEndColumn, traitsColumn] = [0, 1, 2, 3, 4]
const single = 1
const joined = 2

/** Tokens number 0 up to `length`, in one table: there are many, and most texts are small. */
export class Tokens {
  length = 0
  /** The most digits that tokens which go on with one another have together, as far as `digits` counts them. */
  longestRow = 0
  #row = 0
  readonly #table: number[] = []

  constructor(text: string) {
    let end = 0
    for (let at = 0; at < text.length; at += 1) {
      if (!isDigit(text.charCodeAt(at))) continue
      const start = tokenStart(text, at, end)
      end = this.#read(text, start, at, this.length > 0 && isSeparator(text, end, start) ? joined : 0)
      at = end
    }
  }

  start(i: number): number {
    return this.#table[i * columns + startColumn] ?? 0
  }

  end(i: number): number {
    return this.#table[i * columns + endColumn] ?? 0
  }

  /** Where its first digit is. */
  digitStart(i: number): number {
    return this.#table[i * columns + digitStartColumn] ?? 0
  }

  /** Where the digits end that begin with its first. */
  digitEnd(i: number): number {
    return this.#table[i * columns + digitEndColumn] ?? 0
  }

  /** How many digits it has, if they are at one place alone (`card4111`, `4111th`, not `41a11`); 0 otherwise. */
  digits(i: number): number {
    return this.#has(i, single) ? this.digitEnd(i) - this.digitStart(i) : 0
  }

  /** Does it go on with the token before? */
  isJoined(i: number): boolean {
    return this.#has(i, joined)
  }

  isPure(i: number): boolean {
    return this.beginsWithDigit(i) && this.endsWithDigit(i)
  }

  beginsWithDigit(i: number): boolean {
    return this.start(i) === this.digitStart(i)
  }

  endsWithDigit(i: number): boolean {
    return this.end(i) === this.digitEnd(i)
  }

  #has(i: number, trait: number): boolean {
    return i >= 0 && i < this.length && ((this.#table[i * columns + traitsColumn] ?? 0) & trait) !== 0
  }

  #read(text: string, start: number, firstDigit: number, traits: number): number {
    let digitEnd = firstDigit + 1
    while (isDigit(text.charCodeAt(digitEnd))) digitEnd += 1
    let end = digitEnd
    let isSingle = true
    for (let unit = text.charCodeAt(end); isTokenUnit(unit); unit = text.charCodeAt(end)) {
      if (isDigit(unit)) isSingle = false
      end += 1
    }
    this.#table.push(start, end, firstDigit, digitEnd, traits | (isSingle ? single : 0))
    this.#row = ((traits & joined) === 0 ? 0 : this.#row) + (isSingle ? digitEnd - firstDigit : 0)
    if (this.#row > this.longestRow) this.longestRow = this.#row
    this.length += 1
    return end
  }
}

export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39
}

export function isLetter(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a)
}

/** A Latin letter or a digit. Letters of other scripts stand beside numbers without a space. */
export function isTokenUnit(unit: number): boolean {
  return isDigit(unit) || isLetter(unit)
}

function tokenStart(text: string, at: number, notBefore: number): number {
  let start = at
  while (start > notBefore && isLetter(text.charCodeAt(start - 1))) start -= 1
  return start
}

function isSeparator(text: string, start: number, end: number): boolean {
  if (end <= start || end - start > separatorMaxChars) return false
  for (let at = start; at < end; at += 1) {
    if (!separators.includes(text.charAt(at))) return false
  }
  return true
}
