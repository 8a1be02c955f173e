/**
 * A text as it reads, whatever it is made of: compatibility forms (full-width, mathematical, circled letters,
 * ligatures) are plain letters, marks, controls and invisible characters are gone, signs and spaces of every script
 * are spaces. Case stays: it tells where a word of `camelCase` begins.
 *
 * Each code point folds by itself, whatever stands beside it; so offsets can be led back to the original without a
 * table, by folding it once more up to there.
 */

import type { Span, View } from './view.js'

export class FoldedText implements View {
  readonly name = 'folded'
  readonly original: string
  readonly text: string
  // Where the last question ended: questions come in order, and each goes on from there.
  #originalAt = 0
  #foldedAt = 0

  constructor(original: string) {
    this.original = original
    this.text = isPlain(original) ? original : original.replace(unplainRuns, foldRun)
  }

  /** The shortest piece of the original that folds to what contains this piece of `text`. */
  toOriginal(span: Span): Span {
    if (this.text === this.original) return span
    const start = this.#seek(span.start)
    // The last unit of the piece, and then to the end of the code point it came from.
    const last = this.#seek(span.end - 1)
    return { start, end: last + (isWidePoint(this.original, last) ? 2 : 1) }
  }

  /** Start of the code point that the folded unit at this offset came from. */
  #seek(foldedOffset: number): number {
    if (foldedOffset < this.#foldedAt) this.#originalAt = this.#foldedAt = 0
    while (this.#originalAt < this.original.length) {
      const width = isWidePoint(this.original, this.#originalAt) ? 2 : 1
      const point = this.original.slice(this.#originalAt, this.#originalAt + width)
      const foldedWidth = isPlain(point) ? 1 : foldPoint(point).length
      if (this.#foldedAt + foldedWidth > foldedOffset) break
      this.#foldedAt += foldedWidth
      this.#originalAt += width
    }
    return this.#originalAt
  }
}

// Control characters are part of what is looked for here: they are invisible, and split words as well as any.
const unplain = /[^\t\n\r\x20-\x7e]/
const unplainRuns = /[^\t\n\r\x20-\x7e]+/g
const invisible = /[\p{M}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]|(?![\t-\r\x85])\p{Cc}/gu
const sign = /[^\t\n\r\x20-\x7e\p{L}\p{N}]/gu

/** What decomposition leaves alone and case folding (Unicode CaseFolding.txt) does not. */
const caseForms: ReadonlyMap<string, string> = new Map([
  ['ß', 'ss'],
  ['ẞ', 'SS'],
  ['ı', 'i'],
])

/** Folds that were made before. Emptied when full, so that it is bounded whatever agents say. */
const foldedPoints = new Map<string, string>()
const foldedPointsMax = 65_536

function isPlain(text: string): boolean {
  return !unplain.test(text)
}

function foldRun(run: string): string {
  let folded = ''
  for (const point of run) folded += foldPoint(point)
  return folded
}

function foldPoint(point: string): string {
  const known = foldedPoints.get(point)
  if (known !== undefined) return known
  const plain = caseForms.get(point) ?? point.normalize('NFKD').replace(invisible, '').replace(sign, ' ')
  if (foldedPoints.size >= foldedPointsMax) foldedPoints.clear()
  foldedPoints.set(point, plain)
  return plain
}

function isWidePoint(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff
}
