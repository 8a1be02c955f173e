/**
 * JSON that a text holds, as the arguments of tools are sent: `{"action": "delete", "target": "all users"}`. What stands
 * in it one by one the text shows by itself; here it is read together, as the fields of the value are.
 */

import { type TextSink, type WalkLimits, walkTexts } from '../textWalk.js'
import type { Span } from '../views/view.js'
import type { DecodedText } from './decoded.js'

/** A map or a list that isn't empty; most of what begins with one of these signs is none. */
const start = /\{\s{0,64}"|\[\s{0,64}["{[]|\[\s{0,64}-?\d{1,32}\s{0,64},/g
const leastUnits = 8
/** What looks like JSON and is none may be gone through so many times as long as the text is. */
const mostRounds = 64
/** Between what isn't to be read together. */
const apart = '\n.\n'
/** The text was let in: these keep one of it from being more than a value may be. */
const limits: WalkLimits = { depth: 10_000, values: 1_000_000, textUnits: Number.POSITIVE_INFINITY }

export function readJson(text: string): readonly DecodedText[] {
  const found: DecodedText[] = []
  let left = mostRounds * text.length
  start.lastIndex = 0
  for (let hit = start.exec(text); hit !== null && left > 0; hit = start.exec(text)) {
    const from = hit.index
    const to = endOfValue(text, from)
    left -= to - from
    const value = to - from < leastUnits ? undefined : parsed(text.slice(from, to))
    start.lastIndex = value === undefined ? from + 1 : to
    if (value !== undefined) found.push(...textsIn(value, text, { start: from, end: to }))
  }
  return found
}

/** After the bracket that closes the one at `from`; the end of the text, where none does. */
function endOfValue(text: string, from: number): number {
  let depth = 0
  let inString = false
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (inString) {
      if (unit === 0x5c) at += 1
      else if (unit === 0x22) inString = false
    } else if (unit === 0x22) inString = true
    else if (unit === 0x7b || unit === 0x5b) depth += 1
    else if (unit === 0x7d || unit === 0x5d) {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  return text.length
}

/** What its fields say together, and the texts in it that are JSON themselves. */
function textsIn(value: unknown, text: string, whole: Span): readonly DecodedText[] {
  const rows: string[] = []
  const inner: string[] = []
  const sink: TextSink = {
    sent: (one) => {
      start.lastIndex = 0
      if (start.test(one)) inner.push(one)
    },
    joined: (row) => rows.push(row.text),
  }
  walkTexts(value, limits, sink)
  return [rows.join(apart), ...inner].map((read) => ({
    way: 'json',
    text: read,
    toEncoded: (span) => placeOf(read.slice(span.start, span.end), text, whole),
  }))
}

/** Where this stands as it is written; all of the JSON, where it doesn't. */
function placeOf(piece: string, text: string, whole: Span): Span {
  const at = text.slice(whole.start, whole.end).indexOf(piece)
  return at < 0 ? whole : { start: whole.start + at, end: whole.start + at + piece.length }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
