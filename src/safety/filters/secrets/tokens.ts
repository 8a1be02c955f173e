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
const wrappedMost = 512
const wrappedLineMost = 192
const wrappedLeast = 4
const wrappedLinesMost = 8
/** Of a line between the first and the last. Lists of words have shorter ones. */
const wrappedMiddleLeast = 8
const tokenChars = charSet('-A-Za-z0-9_.~+/=%')
const lineBreak = /^[ \t]{0,4}\r?\n[ \t]{0,8}(?=[\w-]{4})/

/** One that the ends of lines cut, as mails and terminals do: of as many lines as fit. */
function wrappedToken(text: string, start: number, anchor: string): Token | undefined {
  if (anchor.length < wrappedAnchorLeast) return undefined
  let end = tokenChars.endOfRun(text, start, start + wrappedLineMost)
  if (end - start - anchor.length < wrappedLeast) return undefined
  const from = Math.max(0, start - wrappedLineMost)
  let joined = text.slice(from, end)
  let token: Token | undefined
  for (let lines = 2; lines <= wrappedLinesMost; lines += 1) {
    const gap = lineBreak.exec(text.slice(end, end + 16))?.[0].length
    if (gap === undefined) break
    const next = end + gap
    const fitting = tokenIn(joined + text.slice(next, next + wrappedLineMost), start - from, anchor)
    if (fitting !== undefined && fitting.span.end > joined.length) token = unjoined(fitting, from, next - joined.length)
    end = tokenChars.endOfRun(text, next, Math.min(next + wrappedLineMost, start + wrappedMost))
    if (end - next < wrappedMiddleLeast) break
    joined += text.slice(next, end)
  }
  return token
}

/** Where it stands in the text, of which the lines begin at `from` and the last is so much further on. */
function unjoined({ span, ...token }: Token, from: number, further: number): Token {
  return { ...token, span: { start: from + span.start, end: further + span.end } }
}

function isStandIn(text: string, token: Span, anchor: Span): boolean {
  const own = text.slice(token.start, anchor.start) + text.slice(anchor.end, token.end)
  return new Set(own.slice(0, 64)).size < differentLeast
}
