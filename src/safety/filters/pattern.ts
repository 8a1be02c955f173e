/**
 * A tenant's own patterns (the one file that knows `re2js`): RE2's syntax, which takes time in proportion to the text
 * whatever the pattern says, and has neither back-references nor look-around.
 *
 * All patterns that look at the same views are one automaton; only where it says that one applies is that one asked
 * for places.
 */

import { RE2JS, RE2Set } from 're2js'
import type { Severity } from '../../tasks/verdict.js'
import type { Rule } from '../rule.js'
import type { ViewName } from '../views/view.js'
import type { TextFilter } from './filter.js'

export type PatternTerms = {
  /** Lower-case letters, digits and hyphens; its rule is `pattern.<name>`. */
  readonly name: string
  readonly pattern: string
  /** `i`: in whatever case; `s`: a dot is line breaks too; `m`: `^` and `$` at lines. */
  readonly flags?: string
  readonly severity?: Severity
  /** `raw` alone where it matters byte by byte. Where none are given, those of words. */
  readonly views?: readonly ViewName[]
}

export type CompiledPattern = {
  readonly kind: 'pattern'
  readonly rule: Rule
  readonly views: readonly ViewName[]
  /** What it costs, in instructions. */
  readonly size: number
  readonly source: string
  readonly flags: number
}

export type Refused = { readonly kind: 'refused'; readonly path: string; readonly reason: string }

export const patternLimits = { patterns: 64, characters: 512, instructions: 2_000 } as const

/** Of one pattern in one text; where there are more, the rest is the same to whoever decides. */
const placesMax = 64

const flagsByLetter: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  s: RE2JS.DOTALL,
  m: RE2JS.MULTILINE,
}
const wordViews: readonly ViewName[] = ['folded', 'lookalikes', 'letters', 'squeezed']

/** `path` of what is refused is a JSON pointer into the terms. */
export function compilePattern({
  name,
  pattern,
  flags = '',
  severity,
  views,
}: PatternTerms): CompiledPattern | Refused {
  const refused = (path: string, reason: string): Refused => ({ kind: 'refused', path, reason })
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) || name.length > 64) {
    return refused('/name', 'expected lower-case letters and digits, joined by hyphens, at most 64')
  }
  if (pattern.length > patternLimits.characters) {
    return refused('/pattern', `expected at most ${patternLimits.characters} characters, got ${pattern.length}`)
  }
  if (/[^ims]/.test(flags) || new Set(flags).size < flags.length) {
    return refused('/flags', 'expected some of i, m and s, each once')
  }
  if (views?.length === 0) return refused('/views', 'expected at least one view')
  const flagBits = [...flags].reduce((sum, letter) => sum | (flagsByLetter[letter] ?? 0), 0)
  try {
    const compiled = RE2JS.compile(pattern, flagBits)
    if (compiled.test('')) return refused('/pattern', 'it matches the empty text, so it would hold everything')
    const size = compiled.programSize()
    if (size > patternLimits.instructions) {
      return refused('/pattern', `it takes ${size} instructions, at most ${patternLimits.instructions} are let in`)
    }
    const rule: Rule = {
      id: `pattern.${name}`,
      reason: 'POLICY',
      summary: `it matches the pattern "${name}"`,
      ...(severity === undefined ? {} : { severity }),
      finds: `What matches /${pattern}/${flags}.`,
      hits: [],
      misses: [],
    }
    return { kind: 'pattern', rule, views: viewsOf(views), size, source: pattern, flags: flagBits }
  } catch (fault) {
    return refused('/pattern', fault instanceof Error ? fault.message : String(fault))
  }
}

/** Refuses what each of them alone may be and all together may not. */
export function compilePatterns(
  terms: readonly PatternTerms[],
): { readonly kind: 'patterns'; readonly patterns: readonly CompiledPattern[] } | Refused {
  if (terms.length > patternLimits.patterns) {
    return { kind: 'refused', path: '', reason: `expected at most ${patternLimits.patterns} patterns` }
  }
  const patterns: CompiledPattern[] = []
  const names = new Set<string>()
  let size = 0
  for (const [i, one] of terms.entries()) {
    const compiled = compilePattern(one)
    if (compiled.kind === 'refused') return { ...compiled, path: `/${i}${compiled.path}` }
    if (names.has(one.name)) return { kind: 'refused', path: `/${i}/name`, reason: 'another pattern has this name' }
    size += compiled.size
    if (size > patternLimits.instructions) {
      const reason = `up to here the patterns take ${size} instructions, at most ${patternLimits.instructions} are let in`
      return { kind: 'refused', path: `/${i}/pattern`, reason }
    }
    names.add(one.name)
    patterns.push(compiled)
  }
  return { kind: 'patterns', patterns }
}

/** One filter for all patterns that look at the same views. */
export function patternFilters(patterns: readonly CompiledPattern[]): readonly TextFilter[] {
  const byViews = new Map<string, CompiledPattern[]>()
  for (const pattern of patterns) {
    const key = [...pattern.views].sort().join(' ')
    byViews.set(key, [...(byViews.get(key) ?? []), pattern])
  }
  return [...byViews.values()].map(patternFilter)
}

function patternFilter(patterns: readonly CompiledPattern[]): TextFilter {
  const single = patterns.map(({ rule, source, flags }) => ({ rule, expression: RE2JS.compile(source, flags) }))
  // A set has one set of flags for all, so each pattern brings its own.
  const together = new RE2Set(RE2Set.UNANCHORED)
  for (const { source, flags } of patterns) together.add(withFlags(source, flags))
  together.compile()
  return {
    kind: 'text',
    name: 'pattern',
    rules: patterns.map(({ rule }) => rule),
    views: patterns[0]?.views ?? wordViews,
    look({ text }, found) {
      for (const index of together.match(text)) {
        const one = single[index]
        if (one === undefined) continue
        const matcher = one.expression.matcher(text)
        for (let places = 0; places < placesMax && matcher.find(); places += 1) {
          found(one.rule, { start: matcher.start(), end: matcher.end() })
        }
      }
    },
  }
}

/** An expression of a schema: JavaScript's writing, RE2's time. Throws where it can't be had. */
export function expressionOf(source: string): { test(text: string): boolean } {
  if (source.length > patternLimits.characters) {
    throw new Error(`expected at most ${patternLimits.characters} characters, got ${source.length}`)
  }
  const compiled = RE2JS.compile(RE2JS.translateRegExp(source))
  if (compiled.programSize() > patternLimits.instructions) throw new Error('it takes too many instructions')
  return compiled
}

function withFlags(source: string, flags: number): string {
  const letters = Object.entries(flagsByLetter).filter(([, bit]) => (flags & bit) !== 0)
  return letters.length === 0 ? source : `(?${letters.map(([letter]) => letter).join('')}:${source})`
}

/** Other views are left out of what reads as a plainer one, so the plainest has to be among them. */
function viewsOf(views: readonly ViewName[] | undefined): readonly ViewName[] {
  if (views === undefined) return wordViews
  if (views.includes('raw') || views.includes('folded')) return views
  return ['folded', ...views]
}
