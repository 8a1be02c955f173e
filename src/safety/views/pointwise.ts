/**
 * A view that reads each code point by itself, whatever stands beside it. So an offset can be led back to the original
 * by reading it once more, from a mark set every some hundred points; marks are made when something is found.
 */

import type { Span, View, ViewName } from './view.js'

// Control characters are part of what is looked for here: they are invisible, and split words as well as any.
const unplain = /[^\t\n\r\x20-\x7e]/
const unplainRuns = /[^\t\n\r\x20-\x7e]+/g
const pointsPerMark = 256

/** Printable ASCII, tabs and line breaks: what reads as itself in every view of points. */
export function isPlain(text: string): boolean {
  return !unplain.test(text)
}

/** Offsets, in both texts, of the start of one code point. */
type Mark = { readonly original: number; readonly text: number }

export class PointwiseText implements View {
  readonly name: ViewName
  readonly original: string
  readonly text: string
  readonly #readPoint: (point: string) => string
  #marks: readonly Mark[] | undefined
  /** The last one that was asked for: what is found is found in order, mostly. */
  #last: Mark = { original: 0, text: 0 }

  constructor(name: ViewName, original: string, readPoint: (point: string) => string) {
    this.name = name
    this.original = original
    this.#readPoint = readPoint
    this.text = isPlain(original) ? original : original.replace(unplainRuns, (run) => readRun(run, readPoint))
  }

  toOriginal(span: Span): Span {
    if (this.text === this.original) return span
    const start = this.#pointAt(span.start)
    // The last unit of the piece, and then to the end of the code point it came from.
    const last = span.end > span.start ? this.#pointAt(span.end - 1) : start
    return { start, end: Math.min(last + pointWidth(this.original, last), this.original.length) }
  }

  /** Start of the code point that the unit at this offset came from. */
  #pointAt(offset: number): number {
    this.#marks ??= this.#makeMarks()
    let at = markBefore(this.#marks, offset)
    if (this.#last.text > at.text && this.#last.text <= offset) at = this.#last
    for (;;) {
      if (at.original >= this.original.length) return at.original
      const next = this.#after(at)
      if (next.text > offset) {
        this.#last = at
        return at.original
      }
      at = next
    }
  }

  #makeMarks(): readonly Mark[] {
    const marks: Mark[] = []
    let points = 0
    for (let at: Mark = { original: 0, text: 0 }; at.original < this.original.length; at = this.#after(at)) {
      if (points % pointsPerMark === 0) marks.push(at)
      points += 1
    }
    return marks
  }

  #after({ original, text }: Mark): Mark {
    const width = pointWidth(this.original, original)
    const unit = this.original.charCodeAt(original)
    if (unit >= 0x20 && unit < 0x7f) return { original: original + 1, text: text + 1 }
    const read = this.original.slice(original, original + width)
    return { original: original + width, text: text + (isPlain(read) ? width : this.#readPoint(read).length) }
  }
}

function readRun(run: string, readPoint: (point: string) => string): string {
  let text = ''
  for (const point of run) text += readPoint(point)
  return text
}

/** The last mark at or before this offset of the text. */
function markBefore(marks: readonly Mark[], offset: number): Mark {
  let low = 0
  let high = marks.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((marks[middle]?.text ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return marks[low] ?? { original: 0, text: 0 }
}

function pointWidth(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}
