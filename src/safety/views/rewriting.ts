/**
 * A text with pieces of it replaced, that knows where each of its units comes from. Of a long text only what is near a
 * replacement is given on, so that one odd word costs a filter little more than that word.
 */

import type { Span } from './view.js'

/** How much of what stands before and after a replacement is given on; to the end of a word, if it isn't far. */
const nearUnits = 64
const wordUnits = 4_096
/** A text that isn't longer is given on whole. */
const wholeUnits = 512

/** Pieces to replace, in order. */
export class Edits {
  readonly starts: number[] = []
  readonly ends: number[] = []
  readonly texts: string[] = []
  /** Each is as long as what it replaces: every unit stays where it is. */
  keepsLength = true

  replace(start: number, end: number, text: string): void {
    if (text.length !== end - start) this.keepsLength = false
    this.starts.push(start)
    this.ends.push(end)
    this.texts.push(text)
  }

  get count(): number {
    return this.starts.length
  }
}

/** A piece of `base` with the edits in it made. */
export class RewrittenText {
  readonly text: string
  // Stretches of the text, each kept from the base as it was (then `exact`), or put in place of something.
  readonly #at: number[] = []
  readonly #baseStart: number[] = []
  readonly #baseEnd: number[] = []
  readonly #exact: boolean[] = []
  /** By how much units are shifted, where they are all shifted alike. */
  readonly #shift: number | undefined

  constructor(base: string, edits: Edits, first: number, end: number, window: Span) {
    if (edits.keepsLength) {
      this.#shift = window.start
      this.text = replaced(base, edits, first, end, window)
      return
    }
    const parts: string[] = []
    let kept = window.start
    let length = 0
    const put = (part: string, baseStart: number, baseEnd: number) => {
      if (part.length === 0) return
      parts.push(part)
      this.#stretch(length, baseStart, baseEnd, part.length === baseEnd - baseStart)
      length += part.length
    }
    for (let i = first; i < end; i += 1) {
      const start = edits.starts[i] ?? 0
      put(base.slice(kept, start), kept, start)
      kept = edits.ends[i] ?? 0
      put(edits.texts[i] ?? '', start, kept)
    }
    put(base.slice(kept, window.end), kept, window.end)
    this.text = parts.join('')
  }

  /** The shortest piece of the base that this piece was made of. */
  toBase(span: Span): Span {
    if (this.#shift !== undefined) return { start: span.start + this.#shift, end: span.end + this.#shift }
    const first = this.#stretchAt(span.start)
    const last = span.end > span.start ? span.end - 1 : span.start
    const lastIn = this.#stretchAt(last)
    return {
      start: (this.#baseStart[first] ?? 0) + (this.#exact[first] ? span.start - (this.#at[first] ?? 0) : 0),
      end: this.#exact[lastIn]
        ? (this.#baseStart[lastIn] ?? 0) + last - (this.#at[lastIn] ?? 0) + 1
        : (this.#baseEnd[lastIn] ?? 0),
    }
  }

  #stretch(at: number, baseStart: number, baseEnd: number, exact: boolean): void {
    const before = this.#at.length - 1
    if (exact && this.#exact[before] && this.#baseEnd[before] === baseStart) {
      this.#baseEnd[before] = baseEnd
      return
    }
    this.#at.push(at)
    this.#baseStart.push(baseStart)
    this.#baseEnd.push(baseEnd)
    this.#exact.push(exact)
  }

  #stretchAt(offset: number): number {
    let low = 0
    let high = this.#at.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#at[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
}

function replaced(base: string, { starts, ends, texts }: Edits, first: number, end: number, window: Span): string {
  let text = ''
  let kept = window.start
  for (let i = first; i < end; i += 1) {
    text += base.slice(kept, starts[i]) + (texts[i] ?? '')
    kept = ends[i] ?? 0
  }
  return text + base.slice(kept, window.end)
}

/** The whole text, with all edits made. */
export function rewriteWhole(base: string, edits: Edits): RewrittenText {
  return new RewrittenText(base, edits, 0, edits.count, { start: 0, end: base.length })
}

/** What is near the edits, with the edits made: pieces of the text, in order and apart. */
export function rewriteNear(base: string, edits: Edits): readonly RewrittenText[] {
  if (edits.count === 0) return []
  if (base.length <= wholeUnits) return [rewriteWhole(base, edits)]
  const pieces: RewrittenText[] = []
  let first = 0
  let from = wordStart(base, edits.starts[0] ?? 0)
  for (let next = 1; next <= edits.count; next += 1) {
    // What is near both needs no look at where words end.
    if (next < edits.count && (edits.starts[next] ?? 0) - (edits.ends[next - 1] ?? 0) <= 2 * nearUnits) continue
    const to = wordEnd(base, edits.ends[next - 1] ?? 0)
    const nextFrom = next < edits.count ? wordStart(base, edits.starts[next] ?? 0) : Number.POSITIVE_INFINITY
    if (nextFrom <= to) continue
    pieces.push(new RewrittenText(base, edits, first, next, { start: from, end: to }))
    first = next
    from = nextFrom
  }
  return pieces
}

function wordStart(text: string, at: number): number {
  const near = Math.max(0, at - nearUnits)
  const least = Math.max(0, near - wordUnits)
  let start = near
  while (start > least && !isSpace(text.charCodeAt(start - 1))) start -= 1
  return start
}

function wordEnd(text: string, at: number): number {
  const near = Math.min(text.length, at + nearUnits)
  const most = Math.min(text.length, near + wordUnits)
  let end = near
  while (end < most && !isSpace(text.charCodeAt(end))) end += 1
  return end
}

const isSpace = (unit: number): boolean => unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)
