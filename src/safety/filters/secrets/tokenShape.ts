/**
 * A token by which a vendor's service knows its user, as the vendor documents it: an anchor that nothing else has, then
 * runs of so many characters of a kind. From this come the check of a candidate, the rule, and its examples.
 *
 * Checksums aren't asked for, not even where they are documented (GitHub's and npm's tokens end in a CRC-32): with one
 * letter mistyped, a token still gives away the others.
 */

import type { Severity } from '../../../tasks/verdict.js'
import type { Rule } from '../../rule.js'
import type { Span } from '../../views/view.js'
import { type CharSet, charSet, lettersAndDigits } from './charSet.js'

/** So many characters of a kind, written like the inside of a class. Only the last may have what follows it in it. */
export type Run = { readonly chars: string; readonly least: number; readonly most: number }
export type Part = string | Run

export type TokenFacts = {
  /** What it is found by: one of these stands in the text. */
  readonly anchors: readonly string[]
  /** What stands before the anchor, if the token doesn't start with it. */
  readonly before?: Run
  readonly after: readonly Part[]
  /**
   * The anchor is short or a word, so the token must stand apart from letters and digits, and have no more of them than
   * said. Of the others longer ones are found too: vendors make them longer, and what is appended hides nothing.
   */
  readonly isLoose?: boolean
  readonly severity?: Severity
  /** Where half a token is something else. */
  readonly misses?: readonly string[]
}

export type TokenShape = TokenFacts & { readonly rule: Rule }

export const hex = 'a-f0-9'
export const anyHex = 'A-Fa-f0-9'
export const alnum = 'A-Za-z0-9'
export const word = 'A-Za-z0-9_'
export const dashed = '-A-Za-z0-9_'
export const base64 = 'A-Za-z0-9+/'
export const capitals = 'A-Z0-9'
export const digits = '0-9'

export const run = (chars: string, least: number, most: number = least): Run => ({ chars, least, most })

/** `name` goes into the rule's id, `what` is said of it: `a GitHub personal access token`. */
export function tokenShape(name: string, what: string, facts: TokenFacts): TokenShape {
  const { anchors, severity, misses } = facts
  const rule: Rule = {
    id: `secret.${name}`,
    reason: 'SECRET',
    summary: `it holds ${what}`,
    ...(severity === undefined ? {} : { severity }),
    finds: findsOf(what, facts),
    hits: anchors.map((anchor) => `value: ${specimenOf(facts, anchor)}`),
    misses: misses ?? [`value: ${halfSpecimen(facts)}`],
    ...(facts.before === undefined ? { prefixes: anchors } : {}),
  }
  return { ...facts, rule }
}

function findsOf(what: string, { anchors, before, isLoose }: TokenFacts): string {
  const starts = anchors.map((anchor) => `\`${anchor}\``).join(', ')
  const kind = before === undefined ? 'starting with' : 'with'
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}, ${kind} ${starts}${isLoose === true ? ', standing apart' : ''}.`
}

/** The token whose anchor stands at `start` and ends at `end`. */
export function tokenAt(text: string, { start, end }: Span, shape: TokenFacts): Span | undefined {
  const { before, after, isLoose = false } = shape
  let from = start
  if (before !== undefined) {
    from = charSet(before.chars).startOfRun(text, start, start - before.most)
    if (start - from < before.least) return undefined
  }
  if (isLoose && lettersAndDigits.has(text.charCodeAt(from - 1))) return undefined
  const to = endOfParts(text, end, after, isLoose)
  return to === undefined ? undefined : { start: from, end: to }
}

const longestRun = 512

function endOfParts(text: string, start: number, parts: readonly Part[], isLoose: boolean): number | undefined {
  let at = start
  for (const [i, part] of parts.entries()) {
    if (typeof part === 'string') {
      if (!text.startsWith(part, at)) return undefined
      at += part.length
      continue
    }
    const most = isLoose || i < parts.length - 1 ? part.most : Math.max(part.most, longestRun)
    const end = setOf(part).endOfRun(text, at, at + most)
    if (end - at < part.least) return undefined
    at = end
  }
  return isLoose && lettersAndDigits.has(text.charCodeAt(at)) ? undefined : at
}

const setOf = ({ chars }: Run): CharSet => charSet(chars)

/** Reads as what it is, whatever kind of characters is asked for. */
const specimenText = 'NotARealKey7not4real0noTaR3alk3yFACADE5badcafe92'

function specimenRun(part: Run): string {
  const fitting = [...specimenText].filter((char) => setOf(part).has(char.charCodeAt(0))).join('')
  return fitting.repeat(Math.ceil(part.least / fitting.length)).slice(0, part.least)
}

/** A token of this shape that opens nothing. */
export function specimenOf({ before, after }: Pick<TokenFacts, 'before' | 'after'>, anchor: string): string {
  const parts = after.map((part) => (typeof part === 'string' ? part : specimenRun(part)))
  return (before === undefined ? '' : specimenRun(before)) + anchor + parts.join('')
}

function halfSpecimen({ anchors, before, after }: TokenFacts): string {
  const half = (part: Run): Run => ({ ...part, least: Math.floor(part.least / 2) })
  const anchor = anchors[0] ?? ''
  if (before !== undefined) return specimenOf({ before: half(before), after }, anchor)
  const first = after.findIndex((part) => typeof part !== 'string')
  const cut = after.slice(0, first + 1).map((part) => (typeof part === 'string' ? part : half(part)))
  return specimenOf({ after: cut }, anchor)
}
