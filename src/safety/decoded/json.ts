/**
 * JSON that a text holds, as the arguments of tools are sent: `{"action": "delete", "target": "all users"}`. What stands
 * in it one by one the text shows by itself; here it is read together, as the fields of the value are.
 */

import { type TextSink, type WalkLimits, walkTexts } from '../textWalk.js'
import type { DecodedText } from './decoded.js'

/** A map or a list that isn't empty; most of what begins with one of these signs is none. */
const start = /\{\s{0,64}"|\[\s{0,64}["{[]/
const leastUnits = 8
/** Between what isn't to be read together. */
const apart = '\n.\n'
/** The text was let in: these keep one of it from being more than a value may be. */
const limits: WalkLimits = { depth: 10_000, values: 1_000_000, textUnits: Number.POSITIVE_INFINITY }

export function readJson(text: string): readonly DecodedText[] {
  const from = text.search(start)
  const to = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1
  if (from < 0 || to - from < leastUnits) return []
  const value = parsed(text.slice(from, to))
  if (value === undefined) return []
  const told: string[] = []
  const inner: string[] = []
  const sink: TextSink = {
    sent: (one) => start.test(one) && inner.push(one),
    joined: (row) => told.push(row.text),
  }
  walkTexts(value, limits, sink)
  const toEncoded = () => ({ start: from, end: to })
  return [told.join(apart), ...inner].map((read) => ({ way: 'json', text: read, toEncoded }))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
