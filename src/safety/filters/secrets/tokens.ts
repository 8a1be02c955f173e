/**
 * Finds the tokens of vendors that are known by their anchors: one look at the text finds where one stands, and there it
 * is checked.
 */

import type { Span } from '../../views/view.js'
import { StartTable } from '../startTable.js'
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

/** The end of the token that begins with this anchor, if one does. */
function tokenFrom(text: string, start: number, anchor: string, found: SecretFound): number | undefined {
  for (const [shape, length] of shapesByAnchor.get(anchor) ?? []) {
    const anchored = { start, end: start + length }
    const span = tokenAt(text, anchored, shape)
    if (span === undefined) continue
    if (!isStandIn(text, span, anchored)) found(shape.rule, span)
    return span.end
  }
  return undefined
}

function isStandIn(text: string, token: Span, anchor: Span): boolean {
  const own = text.slice(token.start, anchor.start) + text.slice(anchor.end, token.end)
  return new Set(own.slice(0, 64)).size < differentLeast
}
