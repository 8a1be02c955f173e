/**
 * Holds what says one of the policy's words or phrases, in whatever writing, or one of the word lists in force.
 *
 * Keywords may have gaps anywhere; phrases of lists, which are many, only between their words: what is spelled letter
 * by letter reads without gaps in the view `squeezed`.
 *
 * Of two seed words that start at one place only the longer is told. Every other phrase is told beside whatever else
 * starts there or within it: a policy may switch it off, and then it must have hidden nothing.
 */

import { type Keyword, seedKeywords } from '../seedKeywords.js'
import type { TextFilter } from './filter.js'
import { KeywordFinder, PhraseFinder } from './keywordFinder.js'
import { KeywordPattern, nameOfPhrase } from './keywordPattern.js'
import type { ListedPhrase, WordList } from './words/wordList.js'

/** Throws where a keyword has no letter. */
export function keywordFilter(keywords: readonly Keyword[], lists: readonly WordList[] = []): TextFilter {
  const seeds = new Set(seedKeywords.map(({ phrase }) => phrase))
  const patternOf = (keyword: Keyword) => new KeywordPattern(keyword)
  const asked = [
    new KeywordFinder(keywords.filter(({ phrase }) => seeds.has(phrase)).map(patternOf), 'longest'),
    new KeywordFinder(keywords.filter(({ phrase }) => !seeds.has(phrase)).map(patternOf), 'all'),
    finderOf(lists),
  ].filter(({ patterns }) => patterns.length > 0)

  return {
    kind: 'text',
    name: 'keyword',
    rules: [...new Set(asked.flatMap(({ patterns }) => patterns.map(({ rule }) => rule)))],
    views: ['folded', 'lookalikes', 'letters', 'squeezed'],
    look({ text, view }, found) {
      for (const finder of asked) finder.find(text, view, found)
    },
  }
}

/** One for each choice of lists that a policy has made: there are a few, and their tables last as long as the process. */
const finders: { readonly lists: readonly WordList[]; readonly finder: PhraseFinder }[] = []

function finderOf(lists: readonly WordList[]): PhraseFinder {
  const known = finders.find(
    (one) => one.lists.length === lists.length && one.lists.every((list, i) => list === lists[i]),
  )
  if (known !== undefined) return known.finder
  const finder = new PhraseFinder(lists.flatMap(patternsOf))
  finders.push({ lists, finder })
  return finder
}

function patternsOf(list: WordList): readonly KeywordPattern[] {
  return list.phrases.flatMap((listed) => {
    const rule = ruleOfListed(list, listed)
    return [listed.phrase, ...(listed.forms ?? [])].map(
      (phrase) => new KeywordPattern({ phrase, match: listed.match }, rule),
    )
  })
}

function ruleOfListed({ name, language }: WordList, { phrase, forms, match, reason, severity, misses }: ListedPhrase) {
  return {
    id: `words.${name}-${nameOfPhrase(phrase)}`,
    reason: reason ?? ('SENSITIVE_KEYWORD' as const),
    summary: `it says "${phrase}" (${language})`,
    ...(severity === undefined ? {} : { severity }),
    finds: `"${phrase}" and its forms, in any writing${match === 'word' ? ', as a word of its own' : ''}.`,
    hits: [phrase, ...(forms ?? [])],
    misses: misses ?? [],
  }
}
