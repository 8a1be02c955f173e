/**
 * Runs of at least three single letters or digits, with one and the same gap between all of them, without those gaps:
 * `d e l e t e`, `p-a-s-s`, `4, 1, 1, 1`, and once more what is then such a run (`p - a - s`). Only within such runs: `business needs` holds no SSN.
 */

import { Edits, rewriteWhole } from './rewriting.js'
import { kindOf, letterOrDigit, letterSign } from './traits.js'
import type { Span } from './view.js'

const leastUnits = 3
const longestGap = 3
/** The gaps to leave out; none where nothing is spelled. */
export function gapsToSqueeze(text: string): Edits {
  const gaps = gapsIn(text)
  if (gaps.count === 0) return gaps
  const once = rewriteWhole(text, gaps)
  const further = gapsIn(once.text)
  if (further.count === 0) return gaps
  const spans = further.starts.map((start, i) => once.toBase({ start, end: further.ends[i] ?? start }))
  return union([...gaps.starts.map((start, i) => ({ start, end: gaps.ends[i] ?? start })), ...spans])
}

function union(spans: Span[]): Edits {
  const edits = new Edits()
  let end = 0
  for (const span of spans.sort((a, b) => a.start - b.start)) {
    const start = Math.max(span.start, end)
    if (span.end > start) edits.replace(start, span.end, '')
    end = Math.max(end, span.end)
  }
  return edits
}

function gapsIn(text: string): Edits {
  const edits = new Edits()
  let at = 0
  while (at < text.length) {
    if (!isLone(text, at)) {
      at += 1
      continue
    }
    at = squeezeFrom(text, at, edits)
  }
  return edits
}

/** Notes the gaps of the run that starts at this single letter, if it is one; says where to go on. */
function squeezeFrom(text: string, start: number, edits: Edits): number {
  const gap = gapAfter(text, start)
  if (gap === undefined) return start + 1
  let first = start
  let units = 1
  // A sign in place of the first letter.
  const lowest = edits.ends.at(-1) ?? 0
  while (first - gap.length - 1 >= lowest && isSignBefore(text, first, gap)) {
    first -= gap.length + 1
    units += 1
  }
  let last = start
  while (text.startsWith(gap, last + 1) && isUnit(text, last + 1 + gap.length, gap)) {
    last += 1 + gap.length
    units += 1
  }
  if (units < leastUnits) return start + 1
  for (let unit = first; unit < last; unit += 1 + gap.length) edits.replace(unit + 1, unit + 1 + gap.length, '')
  return last + 1
}

function isSignBefore(text: string, at: number, gap: string): boolean {
  const before = at - gap.length - 1
  return (
    text.startsWith(gap, before + 1) &&
    (kindOf(text.charCodeAt(before)) & letterSign) !== 0 &&
    gap !== text.charAt(before)
  )
}

/** What stands between this letter and the next unit; of `p - a` and `p @ s` it is the space. */
function gapAfter(text: string, at: number): string | undefined {
  for (let length = 1; length <= longestGap; length += 1) {
    const next = at + 1 + length
    if (!isGap(text, next - 1)) return undefined
    if (isLone(text, next)) return text.slice(at + 1, next)
    const gap = text.slice(at + 1, next)
    if (text.startsWith(gap, next + 1) && isUnit(text, next, gap)) return gap
  }
  return undefined
}

/** Stands it there as a single one of a run: a letter or digit, or a sign that isn't part of the gap, alone. */
function isUnit(text: string, at: number, gap: string): boolean {
  const unit = text.charCodeAt(at)
  if (!(unit > 0x20 && unit < 0x7f) || text.startsWith(gap, at)) return false
  if (isLetterOrDigit(text, at)) return !isLetterOrDigit(text, at + 1)
  const next = text.charCodeAt(at + 1 + gap.length)
  return text.startsWith(gap, at + 1) && next > 0x20 && next < 0x7f
}

function isGap(text: string, at: number): boolean {
  return text.charCodeAt(at) < 128 && !isLetterOrDigit(text, at)
}

function isLone(text: string, at: number): boolean {
  return isLetterOrDigit(text, at) && !isLetterOrDigit(text, at - 1) && !isLetterOrDigit(text, at + 1)
}

function isLetterOrDigit(text: string, at: number): boolean {
  return at >= 0 && at < text.length && (kindOf(text.charCodeAt(at)) & letterOrDigit) !== 0
}
