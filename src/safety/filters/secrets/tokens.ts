/**
 * Finds the tokens of vendors that are known by their anchors: one look at the text finds where one stands, and there it
 * is checked.
 */

import type { Rule } from '../../rule.js'
import type { Span } from '../../views/view.js'
import { StartTable } from '../startTable.js'
import { charSet } from './charSet.js'
import type { SecretFound } from './secretSearch.js'
import { cloudTokens } from './shapes/cloudTokens.js'
import { codeTokens } from './shapes/codeTokens.js'
import { serviceTokens } from './shapes/serviceTokens.js'
import { type TokenShape, tokenAt } from './tokenShape.js'

export const tokenShapes: readonly TokenShape[] = [...codeTokens, ...cloudTokens, ...serviceTokens]

/** The shapes of each anchor, those of anchors that it begins with among them. */
const shapesByAnchor = new Map<string, readonly (readonly [TokenShape, length: number])[]>()
for (const anchor of new Set(tokenShapes.flatMap(({ anchors }) => anchors))) {
  const fitting = tokenShapes.flatMap((shape) =>
    shape.anchors.filter((other) => anchor.startsWith(other)).map((other) => [shape, other.length] as const),
  )
  fitting.sort((a, b) => b[1] - a[1])
  shapesByAnchor.set(anchor, fitting)
}

/** The longest first, since the first that fits is taken. */
const anchors = new StartTable(
  [...shapesByAnchor.keys()].sort((a, b) => b.length - a.length).map((anchor) => ({ text: anchor, item: anchor })),
  (character) => character,
)

/** A token whose characters are nearly all the same stands for one (`ghp_xxxxxxxx…`). */
const differentLeast = 5

export function findTokens(text: string, found: SecretFound): void {
  let from = 0
  anchors.find(text, (anchor, start) => {
    if (start >= from) from = tokenFrom(text, start, anchor, found) ?? start + 1
  })
}

type Token = { readonly rule: Rule; readonly span: Span; readonly isStandIn: boolean }

/** Tells the token that begins with this anchor, if one does, and says where it ends. */
function tokenFrom(text: string, start: number, anchor: string, found: SecretFound): number | undefined {
  const token = tokenIn(text, start, anchor) ?? wrappedToken(text, start, anchor)
  if (token === undefined) return undefined
  if (!token.isStandIn) found(token.rule, token.span)
  return token.span.end
}

function tokenIn(text: string, start: number, anchor: string): Token | undefined {
  for (const [shape, length] of shapesByAnchor.get(anchor) ?? []) {
    const anchored = { start, end: start + length }
    const span = tokenAt(text, anchored, shape)
    if (span !== undefined) return { rule: shape.rule, span, isStandIn: isStandIn(text, span, anchored) }
  }
  return undefined
}

/** Shorter anchors begin too much that goes on in the next line. */
const wrappedAnchorLeast = 3
const wrappedMost = 192
const wrappedLeast = 4
const tokenChars = charSet('-A-Za-z0-9_.~+/=%')
const lineBreak = /^[ \t]{0,4}\r?\n[ \t]{0,8}(?=[\w-]{4})/

/** One that the end of a line cuts in two, as mails and terminals do. */
function wrappedToken(text: string, start: number, anchor: string): Token | undefined {
  if (anchor.length < wrappedAnchorLeast) return undefined
  const lineEnd = tokenChars.endOfRun(text, start, start + wrappedMost)
  if (lineEnd - start - anchor.length < wrappedLeast) return undefined
  const gap = lineBreak.exec(text.slice(lineEnd, lineEnd + 16))?.[0].length
  if (gap === undefined) return undefined
  const from = Math.max(0, start - wrappedMost)
  const joined = text.slice(from, lineEnd) + text.slice(lineEnd + gap, lineEnd + gap + wrappedMost)
  const token = tokenIn(joined, start - from, anchor)
  return token && { ...token, span: { start: from + token.span.start, end: from + token.span.end + gap } }
}

function isStandIn(text: string, token: Span, anchor: Span): boolean {
  const own = text.slice(token.start, anchor.start) + text.slice(anchor.end, token.end)
  return new Set(own.slice(0, 64)).size < differentLeast
}
