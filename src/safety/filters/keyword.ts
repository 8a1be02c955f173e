/**
 * Holds what says one of the policy's words or phrases, in whatever writing.
 */

import type { Keyword } from '../policy.js'
import type { Report } from '../report.js'
import type { SeenText } from '../views/seenText.js'
import type { Filter } from './filter.js'
import { candidatesOf, KeywordPattern } from './keywordPattern.js'

/** Throws where a keyword has no letter. */
export function keywordFilter(keywords: readonly Keyword[]): Filter {
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
    look(text, report) {
      const folded = text.folded.text
      candidates.lastIndex = 0
      for (let found = candidates.exec(folded); found !== null; found = candidates.exec(folded)) {
        const start = found.index
        const possible = byFirstLetter.get(folded.charAt(start).toLowerCase()) ?? patterns
        candidates.lastIndex = noteAt(text, start, possible, report) ?? start + 1
      }
    },
  }
}

/** Notes the keyword that is written at `start`, and says where it ends. */
function noteAt(
  text: SeenText,
  start: number,
  patterns: readonly KeywordPattern[],
  report: Report,
): number | undefined {
  for (const pattern of patterns) {
    const end = pattern.endAt(text.folded.text, start)
    if (end === undefined) continue
    report.note('SENSITIVE_KEYWORD', pattern.rule, pattern.summary, () =>
      text.finding('SENSITIVE_KEYWORD', pattern.rule, text.folded.toOriginal({ start, end })),
    )
    return end
  }
  return undefined
}
