/**
 * Holds what says one of the policy's words or phrases, in whatever writing.
 */

import type { Keyword } from '../policy.js'
import type { Found, TextFilter } from './filter.js'
import { candidatesOf, KeywordPattern } from './keywordPattern.js'

/** Throws where a keyword has no letter. */
export function keywordFilter(keywords: readonly Keyword[]): TextFilter {
  const patterns = keywords.map((keyword) => new KeywordPattern(keyword))
  // Of two that start at one place, the longer says more.
  patterns.sort((a, b) => b.letters.length - a.letters.length)
  const candidates = candidatesOf(patterns)
  const byFirstLetter = new Map<string, KeywordPattern[]>()
  for (const pattern of patterns) {
    const letter = pattern.letters.charAt(0)
    byFirstLetter.set(letter, [...(byFirstLetter.get(letter) ?? []), pattern])
  }

  return {
    kind: 'text',
    name: 'keyword',
    rules: patterns.map(({ rule }) => rule),
    views: ['folded'],
    look({ text }, found) {
      candidates.lastIndex = 0
      for (let hit = candidates.exec(text); hit !== null; hit = candidates.exec(text)) {
        const start = hit.index
        const possible = byFirstLetter.get(text.charAt(start).toLowerCase()) ?? patterns
        candidates.lastIndex = foundAt(text, start, possible, found) ?? start + 1
      }
    },
  }
}

/** Tells the keyword that is written at `start`, and says where it ends. */
function foundAt(text: string, start: number, patterns: readonly KeywordPattern[], found: Found): number | undefined {
  for (const pattern of patterns) {
    const end = pattern.endAt(text, start)
    if (end === undefined) continue
    found(pattern.rule, { start, end })
    return end
  }
  return undefined
}
