/** What a policy's author adds to the rules that all have: keywords, patterns, a schema. Throws `Wrong`. */

import { KeywordPattern } from '../filters/keywordPattern.js'
import { compilePatterns, type PatternTerms, patternLimits } from '../filters/pattern.js'
import { compileSchema } from '../filters/schema.js'
import type { PolicyTerms } from '../policyTerms.js'
import type { Keyword } from '../seedKeywords.js'
import type { ViewName } from '../views/view.js'
import {
  below,
  expected,
  type JsonMap,
  listAt,
  mapAt,
  oneOf,
  onlyNames,
  severityWords,
  textAt,
  Wrong,
} from './wrong.js'

const mostKeywords = 1_000
const keywordUnits = 256

export function readKeywords(value: unknown, path: string): readonly Keyword[] {
  return listAt(value, path, mostKeywords).map((one, at) => readKeyword(one, below(path, at)))
}

/** A text alone is found anywhere. */
function readKeyword(value: unknown, path: string): Keyword {
  const says: JsonMap = typeof value === 'string' ? { phrase: value } : mapAt(value, path)
  onlyNames(says, path, ['phrase', 'match'])
  const at = typeof value === 'string' ? path : below(path, 'phrase')
  const phrase = textAt(says.phrase, at, keywordUnits)
  const match = says.match === undefined ? 'anywhere' : oneOf(says.match, below(path, 'match'), ['anywhere', 'word'])
  const keyword: Keyword = { phrase, match }
  try {
    new KeywordPattern(keyword)
  } catch (fault) {
    throw new Wrong(at, fault instanceof Error ? fault.message : 'it can’t be looked for')
  }
  return keyword
}

/** `above`: those of the tenant, where these are a queue's. */
export const readPatterns =
  (above: PolicyTerms['patterns']) =>
  (value: unknown, path: string): PolicyTerms['patterns'] => {
    const written = listAt(value, path, patternLimits.patterns).map((one, at) => readPattern(one, below(path, at)))
    const compiled = compilePatterns(written)
    if (compiled.kind === 'refused') throw new Wrong(path + compiled.path, compiled.reason)
    const names = new Set(above.map(({ rule }) => rule.id))
    const double = compiled.patterns.findIndex(({ rule }) => names.has(rule.id))
    if (double >= 0) throw new Wrong(`${path}/${double}/name`, 'a pattern of the tenant has this name')
    const size = [...above, ...compiled.patterns].reduce((sum, one) => sum + one.size, 0)
    if (size <= patternLimits.instructions) return compiled.patterns
    throw new Wrong(
      path,
      `with those of the tenant they take ${size} instructions, at most ${patternLimits.instructions}`,
    )
  }

const flagsText = /^[ims]*$/

function readPattern(value: unknown, path: string): PatternTerms {
  const says = mapAt(value, path)
  onlyNames(says, path, ['name', 'pattern', 'flags', 'severity', 'views'])
  const { flags, severity, views } = says
  if (flags !== undefined && (typeof flags !== 'string' || !flagsText.test(flags))) {
    throw expected(below(path, 'flags'), 'some of i, m and s', flags)
  }
  return {
    name: textAt(says.name, below(path, 'name'), 64),
    pattern: textAt(says.pattern, below(path, 'pattern'), patternLimits.characters),
    ...(flags === undefined ? {} : { flags }),
    ...(severity === undefined ? {} : { severity: oneOf(severity, below(path, 'severity'), severityWords) }),
    ...(views === undefined ? {} : { views: readViews(views, below(path, 'views')) }),
  }
}

const viewNames = [
  'raw',
  'folded',
  'lookalikes',
  'letters',
  'digits',
  'squeezed',
] as const satisfies readonly ViewName[]

const readViews = (value: unknown, path: string): readonly ViewName[] =>
  listAt(value, path, viewNames.length).map((one, at) => oneOf(one, below(path, at), viewNames))

/** Null: outputs may be like anything. */
export function readSchema(value: unknown, path: string): PolicyTerms['schema'] {
  if (value === null) return null
  const compiled = compileSchema(value)
  if (compiled.kind === 'refused') throw new Wrong(path + compiled.path, compiled.reason)
  return compiled
}
