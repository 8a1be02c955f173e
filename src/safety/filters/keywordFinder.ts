/**
 * Two ways to find where keywords are written. Few of them: one expression that allows gaps between any two letters.
 * Many: a table of their beginnings, whose first three letters have to stand together.
 */

import type { ViewName } from '../views/view.js'
import type { Found } from './filter.js'
import { candidatesOf, type KeywordPattern } from './keywordPattern.js'
import { StartTable, writingsAsLetters } from './startTable.js'

export class KeywordFinder {
  readonly patterns: readonly KeywordPattern[]
  readonly #byFirstLetter = new Map<string, KeywordPattern[]>()
  readonly #candidates: RegExp
  readonly #candidatesAsLetters: RegExp
  readonly #tells: 'longest' | 'all'

  /** `tells` which of those that start at one place: `longest` for keywords that nobody can switch off. */
  constructor(patterns: readonly KeywordPattern[], tells: 'longest' | 'all') {
    this.#tells = tells
    this.patterns = [...patterns].sort((a, b) => b.letters.length - a.letters.length)
    this.#candidates = candidatesOf(this.patterns, false)
    this.#candidatesAsLetters = candidatesOf(this.patterns, true)
    for (const pattern of this.patterns) {
      const letter = pattern.letters.charAt(0)
      this.#byFirstLetter.set(letter, [...(this.#byFirstLetter.get(letter) ?? []), pattern])
    }
  }

  find(text: string, view: ViewName, found: Found): void {
    const candidates = view === 'letters' ? this.#candidatesAsLetters : this.#candidates
    candidates.lastIndex = 0
    for (let hit = candidates.exec(text); hit !== null; hit = candidates.exec(text)) {
      this.#tell(text, hit.index, view, found)
      candidates.lastIndex = hit.index + 1
    }
  }

  /** Tells the keywords that are written at `start`. */
  #tell(text: string, start: number, view: ViewName, found: Found): void {
    // In the view of letters, a one may begin what begins with another letter.
    const begun = view === 'letters' ? undefined : this.#byFirstLetter.get(text.charAt(start).toLowerCase())
    for (const pattern of begun ?? this.patterns) {
      const end = pattern.endAt(text, start, view)
      if (end === undefined) continue
      found(pattern.rule, { start, end })
      if (this.#tells === 'longest') return
    }
  }
}

export class PhraseFinder {
  readonly patterns: readonly KeywordPattern[]
  readonly #table: StartTable<KeywordPattern>
  readonly #tableOfLetters: StartTable<KeywordPattern>

  constructor(patterns: readonly KeywordPattern[]) {
    this.patterns = patterns
    const starts = patterns.map((pattern) => ({ text: pattern.words[0] ?? '', item: pattern }))
    this.#table = new StartTable(starts)
    this.#tableOfLetters = new StartTable(starts, writingsAsLetters)
  }

  find(text: string, view: ViewName, found: Found): void {
    const table = view === 'letters' ? this.#tableOfLetters : this.#table
    table.find(text, (pattern, start) => {
      const end = pattern.endAt(text, start, view)
      if (end !== undefined) found(pattern.rule, { start, end })
    })
  }
}
