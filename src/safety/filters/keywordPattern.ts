/**
 * A keyword as it can be written: with gaps (spaces, signs, line breaks) between any of its letters. The expression
 * finds candidates; which of them are this keyword is decided here, by where the gaps are:
 * - none: the letters run together, within whatever (`my_password=1`, `DELETEALLROWS`), if it matches anywhere;
 * - between its words, as gaps or as humps of camelCase (`secret_key`, `secretKey`): the last word must end there too
 *   (`secret keys`, not `secret keyboard`), and no sentence may (`…and delete. All rights…`);
 * - within its words (`p a s s w o r d`, `pass-word`): it must stand apart from other letters.
 * A keyword that matches as a word needs word edges around it, and its letters spelled with one gap throughout.
 *
 * In the view `letters` a one may stand for an i or an l, so there the three are one letter; and since many a number
 * reads as three letters there, a word has to stand alone.
 */

import type { Keyword } from '../policy.js'
import type { Rule } from '../rule.js'
import { FoldedText } from '../views/folded.js'
import type { ViewName } from '../views/view.js'
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
  /** The same, word by word. */
  readonly words: readonly string[]
  readonly #match: Keyword['match']
  /** After how many letters a new word begins. */
  readonly #wordBreaks: ReadonlySet<number>

  /** Throws where the phrase has no letter or digit. */
  constructor({ phrase, match }: Keyword, rule: Rule = ruleOfKeyword({ phrase, match })) {
    const words = wordsOf(phrase)
    this.rule = rule
    this.words = words
    this.letters = words.join('')
    this.#match = match
    this.#wordBreaks = new Set(words.slice(0, -1).map((_, i) => words.slice(0, i + 1).join('').length))
  }

  /** The end of this keyword, where it is written at `start` of a text in this view. */
  endAt(text: string, start: number, view: ViewName = 'folded'): number | undefined {
    const writing = this.#read(text, start, view === 'letters')
    if (writing === undefined || !this.#accepts(text, writing)) return undefined
    return view === 'letters' && this.#match === 'word' && !isApart(text, writing) ? undefined : writing.end
  }

  /** The keyword's letters from `start` on, with whatever gaps. */
  #read(text: string, start: number, asLetters: boolean): Writing | undefined {
    const gaps: Gap[] = []
    let at = start
    for (let letter = 0; letter < this.letters.length; letter += 1) {
      const gapStart = at
      if (letter > 0) while (isGapUnit(text.charCodeAt(at))) at += 1
      if (at > gapStart) gaps.push({ before: letter, start: gapStart, end: at })
      if (!isSameLetter(lowerCase(text, at), this.letters.charCodeAt(letter), asLetters)) return undefined
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

/** Lower case, folded. Throws where there is none. */
function wordsOf(phrase: string): readonly string[] {
  const words = new FoldedText(phrase).text.toLowerCase().match(wordExpression)
  if (words === null) throw new Error(`the keyword ${JSON.stringify(phrase)} has no letter`)
  return words
}

/** What rules that are made of a phrase are named by: `secret-key`. */
export function nameOfPhrase(phrase: string): string {
  return wordsOf(phrase).join('-')
}

function ruleOfKeyword({ phrase, match }: Keyword): Rule {
  return {
    id: `keyword.${nameOfPhrase(phrase)}`,
    reason: 'SENSITIVE_KEYWORD',
    summary: `it says "${phrase}"`,
    finds: `"${phrase}", in any writing${match === 'word' ? ', as a word of its own' : ''}.`,
    hits: [phrase],
    misses: [],
  }
}

/**
 * One expression that finds where any of these could start, in the view `letters` or in the others. No `u` flag: with
 * it, it takes 17 times as long.
 */
export function candidatesOf(patterns: readonly KeywordPattern[], asLetters: boolean): RegExp {
  // What begins with the letters of another is found by the other. They are letters and digits: nothing to escape.
  const letters = patterns.map((pattern) => pattern.letters)
  const needed = letters.filter((one) => !letters.some((other) => other !== one && one.startsWith(other)))
  const expressions = [...new Set(needed)].map((one) =>
    [...one].map((letter) => (asLetters && /[il1]/.test(letter) ? '[il1]' : letter)).join(gapExpression),
  )
  return new RegExp(expressions.join('|'), 'gi')
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

const small1 = 0x31
const smallI = 0x69
const smallL = 0x6c

function isSameLetter(unit: number, letter: number, asLetters: boolean): boolean {
  if (unit === letter) return true
  return asLetters && isOneLike(unit) && isOneLike(letter)
}

function isOneLike(unit: number): boolean {
  return unit === small1 || unit === smallI || unit === smallL
}

/** No letter and no digit on either side. */
function isApart(text: string, { start, end }: Writing): boolean {
  return isGapOrEnd(text, start - 1) && isGapOrEnd(text, end)
}

function isGapOrEnd(text: string, at: number): boolean {
  return at < 0 || at >= text.length || isGapUnit(text.charCodeAt(at))
}
