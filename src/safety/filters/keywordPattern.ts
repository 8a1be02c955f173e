/**
 * A keyword as it can be written: with gaps (spaces, signs, line breaks) between any of its letters. The expression
 * finds candidates; which of them are this keyword is decided here, by where the gaps are:
 * - none: the letters run together, within whatever (`my_password=1`, `DELETEALLROWS`), if it matches anywhere;
 * - between its words, as gaps or as humps of camelCase (`secret_key`, `secretKey`): the last word must end there too
 *   (`secret keys`, not `secret keyboard`), and no sentence may (`…and delete. All rights…`);
 * - within its words (`p a s s w o r d`, `pass-word`): it must stand apart from other letters.
 * A keyword that matches as a word needs word edges around it, and its letters spelled with one gap throughout.
 */

import type { Keyword } from '../policy.js'
import type { Rule } from '../rule.js'
import { FoldedText } from '../views/folded.js'
import { endsWord, isLoneLetter, isWithinEncoded, isWordEdge, standsAlone } from './wordEdges.js'

/** In folded text, all that is neither letter nor digit is ASCII. */
const gapUnits = '\\t\\n\\r\\x20-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e'
const gapExpression = `[${gapUnits}]*`
const wordExpression = new RegExp(`[^${gapUnits}]+`, 'g')
const sentenceEnd = /[.!?]\s/

/** What stands between two letters of the keyword. `before` counts the letters up to here. */
type Gap = { readonly before: number; readonly start: number; readonly end: number }

type Writing = { readonly start: number; readonly end: number; readonly gaps: readonly Gap[] }

export class KeywordPattern {
  readonly rule: Rule
  /** The keyword's letters, lower case, with nothing between. */
  readonly letters: string
  readonly #match: Keyword['match']
  /** After how many letters a new word begins. */
  readonly #wordBreaks: ReadonlySet<number>

  /** Throws where the phrase has no letter or digit. */
  constructor({ phrase, match }: Keyword) {
    const words = new FoldedText(phrase).text.toLowerCase().match(wordExpression)
    if (words === null) throw new Error(`the keyword ${JSON.stringify(phrase)} has no letter`)
    this.rule = {
      id: `keyword.${words.join('-')}`,
      reason: 'SENSITIVE_KEYWORD',
      summary: `it says "${phrase}"`,
      finds: `"${phrase}", in any writing${match === 'word' ? ', as a word of its own' : ''}.`,
      hits: [phrase],
      misses: [],
    }
    this.letters = words.join('')
    this.#match = match
    this.#wordBreaks = new Set(words.slice(0, -1).map((_, i) => words.slice(0, i + 1).join('').length))
  }

  /** The end of this keyword, where it is written at `start` of a folded text. */
  endAt(text: string, start: number): number | undefined {
    const writing = this.#read(text, start)
    return writing !== undefined && this.#accepts(text, writing) ? writing.end : undefined
  }

  /** The keyword's letters from `start` on, with whatever gaps. */
  #read(text: string, start: number): Writing | undefined {
    const gaps: Gap[] = []
    let at = start
    for (let letter = 0; letter < this.letters.length; letter += 1) {
      const gapStart = at
      if (letter > 0) while (isGapUnit(text.charCodeAt(at))) at += 1
      if (at > gapStart) gaps.push({ before: letter, start: gapStart, end: at })
      if (lowerCase(text, at) !== this.letters.charCodeAt(letter)) return undefined
      at += 1
    }
    return { start, end: at, gaps }
  }

  #accepts(text: string, writing: Writing): boolean {
    const { start, end, gaps } = writing
    if (gaps.some(({ before }) => !this.#wordBreaks.has(before))) {
      return standsAlone(text, start, end) && (this.#match === 'anywhere' || this.#isSpelled(text, writing))
    }
    if (this.#match === 'anywhere' && gaps.length === 0 && !this.#hasHumps(text, start)) return true
    if (!endsWord(text, end) || gaps.some((gap) => sentenceEnd.test(text.slice(gap.start, gap.end)))) return false
    return this.#match === 'anywhere' || (isWordEdge(text, start) && !isWithinEncoded(text, start, end))
  }

  /** Are words of this keyword, written together, told apart by capitals? */
  #hasHumps(text: string, start: number): boolean {
    for (const letters of this.#wordBreaks) {
      if (isWordEdge(text, start + letters)) return true
    }
    return false
  }

  /** Single letters with one and the same gap throughout, and no more of them (`S.S.N.`, not `c l a s s n a m e`). */
  #isSpelled(text: string, { start, end, gaps }: Writing): boolean {
    const [first = '', ...others] = gaps.map((gap) => text.slice(gap.start, gap.end))
    if (gaps.length < this.letters.length - 1 || others.some((other) => other !== first)) return false
    const goesOnBefore = text.endsWith(first, start) && isLoneLetter(text, start - first.length - 1)
    const goesOnAfter = text.startsWith(first, end) && isLoneLetter(text, end + first.length)
    return !goesOnBefore && !goesOnAfter
  }
}

/** One expression that finds where any of these could start. No `u` flag: with it, it takes 17 times as long. */
export function candidatesOf(patterns: readonly KeywordPattern[]): RegExp {
  // What begins with the letters of another is found by the other. They are letters and digits: nothing to escape.
  const letters = patterns.map((pattern) => pattern.letters)
  const needed = letters.filter((one) => !letters.some((other) => other !== one && one.startsWith(other)))
  return new RegExp([...new Set(needed)].map((one) => [...one].join(gapExpression)).join('|'), 'gi')
}

function isGapUnit(unit: number): boolean {
  if (unit >= 0x80 || Number.isNaN(unit)) return false
  const isLetter = (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a)
  return !isLetter && !(unit >= 0x30 && unit <= 0x39)
}

function lowerCase(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if (unit < 0x80) return unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit
  return text.charAt(at).toLowerCase().charCodeAt(0)
}
