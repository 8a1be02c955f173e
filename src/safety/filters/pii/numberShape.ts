/**
 * Numbers that are told by how many digits they have, by how these are put in groups, and by their check digits.
 *
 * | writing | is |
 * | --- | --- |
 * | `solid` | all digits together |
 * | `grouped` | in one of the groupings that people use for it, also amid other numbers |
 * | `whole` | in whatever groups, where it is all of a row of numbers with one and the same sign between |
 */

import type { Rule } from '../../rule.js'
import type { Found } from '../filter.js'
import type { Finder } from './finder.js'
import type { Page } from './page.js'
import type { ContextKind } from './surroundings.js'

export type Writing = 'solid' | 'grouped' | 'whole'

export type NumberShape = {
  readonly rule: Rule
  readonly lengths: readonly number[]
  readonly groupings: readonly (readonly number[])[]
  /** The writings that need nothing around them. */
  readonly freely: readonly Writing[]
  /** Between groups, where nothing around says what it is. */
  readonly separators: string
  /** May stand in a row of other numbers, with spaces between all of them: it is told well enough by itself. */
  readonly isDistinct?: true
  /** With such words around it is found in every writing. */
  readonly context?: ContextKind
  /** `digits` are of one of the lengths. */
  isNumber(digits: string): boolean
}

type Window = {
  readonly first: number
  readonly last: number
  readonly writing: Writing
}

type Grouping = { readonly shape: NumberShape; readonly sizes: readonly number[] }

const wholeMaxGroups = 20
const wholeMaxDigits = 19

export function numberFinder(shapes: readonly NumberShape[]): Finder {
  const byLength = tableOf<NumberShape>()
  const byFirstSize = tableOf<Grouping>()
  for (const shape of shapes) {
    for (const length of shape.lengths) byLength[length]?.push(shape)
    for (const sizes of shape.groupings) byFirstSize[sizes[0] ?? 0]?.push({ shape, sizes })
  }

  const fewest = fewestDigits(shapes)
  const fewestFreely = fewestDigits(shapes.filter(({ freely }) => freely.length > 0))

  return {
    rules: [...new Set(shapes.map(({ rule }) => rule))],
    find(page, found) {
      const { tokens } = page
      if (tokens.longestRow < (page.mentionsSomething ? fewest : fewestFreely)) return
      for (let i = 0; i < tokens.length; i += 1) {
        const size = tokens.digits(i)
        if (size === 0) continue
        for (const shape of byLength[size] ?? []) told(page, shape, { first: i, last: i, writing: 'solid' }, found)
        for (const { shape, sizes } of byFirstSize[size] ?? []) {
          if (!stands(page, i, sizes)) continue
          told(page, shape, { first: i, last: i + sizes.length - 1, writing: 'grouped' }, found)
        }
        if (tokens.isJoined(i)) continue
        const last = endOfRow(page, i)
        if (last === undefined) continue
        const shapesOfRow = byLength[digitsOf(page, i, last)] ?? []
        for (const shape of shapesOfRow) told(page, shape, { first: i, last, writing: 'whole' }, found)
      }
    },
  }
}

const fewestDigits = (shapes: readonly NumberShape[]): number => Math.min(...shapes.flatMap(({ lengths }) => lengths))

function told(page: Page, shape: NumberShape, window: Window, found: Found): void {
  if (!shape.freely.includes(window.writing) && !isMentioned(page, shape)) return
  const text = textOf(page, window)
  if (!shape.isNumber(text)) return
  const span = { start: page.tokens.digitStart(window.first), end: page.tokens.digitEnd(window.last) }
  const isFree = shape.freely.includes(window.writing) && isApart(page, window, shape)
  if (isFree || (shape.context !== undefined && page.isAbout(shape.context, span))) found(shape.rule, span)
}

function isMentioned(page: Page, { context }: NumberShape): boolean {
  return context !== undefined && page.mentions(context)
}

/** Do groups of these sizes follow one another from token `first` on? */
function stands({ tokens }: Page, first: number, sizes: readonly number[]): boolean {
  for (let i = 1; i < sizes.length; i += 1) {
    const token = first + i
    if (tokens.digits(token) !== sizes[i] || !tokens.isJoined(token)) return false
    if (!tokens.beginsWithDigit(token) || !tokens.endsWithDigit(token - 1)) return false
  }
  return true
}

const rowSigns = ' -._'

/** The last token of a row of several that are nothing but numbers; undefined where they aren't, or are too many. */
function endOfRow({ text, tokens }: Page, first: number): number | undefined {
  const sign = text.charAt(tokens.end(first))
  if (!rowSigns.includes(sign) || text.charAt(tokens.digitStart(first) - 1) === '+') return undefined
  let last = first
  let digits = tokens.digits(first)
  while (tokens.isJoined(last + 1)) {
    last += 1
    const size = tokens.digits(last)
    digits += size
    if (size === 0 || digits > wholeMaxDigits || last - first >= wholeMaxGroups) return undefined
    if (!tokens.beginsWithDigit(last) || !tokens.endsWithDigit(last - 1)) return undefined
    if (text.slice(tokens.end(last - 1), tokens.start(last)) !== sign) return undefined
  }
  return last > first ? last : undefined
}

function digitsOf({ tokens }: Page, first: number, last: number): number {
  let digits = 0
  for (let i = first; i <= last; i += 1) digits += tokens.digits(i)
  return digits
}

function textOf({ text, tokens }: Page, { first, last }: Window): string {
  let digits = ''
  for (let i = first; i <= last; i += 1) digits += text.slice(tokens.digitStart(i), tokens.digitEnd(i))
  return digits
}

/** Is it no part of something longer, such as a decimal fraction, a UUID or a column of figures? */
function isApart(page: Page, { first, last, writing }: Window, { separators, isDistinct }: NumberShape): boolean {
  const { text, tokens } = page
  const before = tokens.isJoined(first) ? text.slice(tokens.end(first - 1), tokens.start(first)) : ''
  const after = tokens.isJoined(last + 1) ? text.slice(tokens.end(last), tokens.start(last + 1)) : ''
  if (writing === 'solid') return before !== '.' && after !== '.' && !isOfUuid(page, before, after, first)
  if (writing === 'whole') return true
  for (let i = first + 1; i <= last; i += 1) {
    for (let at = tokens.end(i - 1); at < tokens.start(i); at += 1) {
      if (!separators.includes(text.charAt(at))) return false
    }
  }
  // A row of groups with one and the same sign between is one thing from end to end.
  const inner = text.slice(tokens.end(first), tokens.start(first + 1))
  return (inner === ' ' && isDistinct === true) || (inner !== before && inner !== after)
}

function isOfUuid({ tokens }: Page, before: string, after: string, at: number): boolean {
  return (before === '-' && !tokens.isPure(at - 1)) || (after === '-' && !tokens.isPure(at + 1))
}

function tableOf<Row>(): Row[][] {
  return Array.from({ length: wholeMaxDigits + 1 }, () => [])
}
