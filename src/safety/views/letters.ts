/**
 * Digits and signs as the letters that they stand for, within words: `p4$$w0rd`, `de1ete a1l`. A word keeps at least a
 * third of its letters, or it is a number; one of three, half of them. A sign at its end ends a sentence.
 *
 * A one is an l or an i; where there is one, there are two ways to read.
 */

import { Edits } from './rewriting.js'
import { digit, kindOf, letterOrDigit, letterSign, lower, upper } from './traits.js'

const standsFor: Readonly<Record<string, string>> = {
  '0': 'o',
  '2': 'z',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '6': 'g',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '+': 't',
}
/** These stand for an l or an i; the first is the one that each stands for more often. */
const ambiguous: Readonly<Record<string, readonly [string, string]>> = {
  '1': ['l', 'i'],
  '!': ['i', 'l'],
  '|': ['l', 'i'],
}
const hit = /[0-9@$!+|]/g
const shortWord = 3

/** What to replace in the text, for each of at most two ways to read it; none where no word has such digits or signs. */
export function readLetters(text: string): readonly Edits[] {
  const edits = new Edits()
  /** Which of them can be read otherwise. */
  const ambiguities: number[] = []
  hit.lastIndex = 0
  for (let found = hit.exec(text); found !== null; found = hit.exec(text)) {
    const word = wordAround(text, found.index)
    hit.lastIndex = word.next
    if (word.letters > 0 && word.letters * 3 >= word.end - word.start) readWord(text, word, edits, ambiguities)
  }
  if (edits.count === 0) return []
  return ambiguities.length === 0 ? [edits] : [edits, readOtherwise(text, edits, ambiguities)]
}

function readOtherwise(text: string, { starts, ends, texts }: Edits, ambiguities: readonly number[]): Edits {
  const others = [...texts]
  for (const i of ambiguities) {
    const other = ambiguous[text.charAt(starts[i] ?? 0)]?.[1] ?? ''
    others[i] = texts[i] === texts[i]?.toUpperCase() ? other.toUpperCase() : other
  }
  const edits = new Edits()
  starts.forEach((start, i) => {
    edits.replace(start, ends[i] ?? start, others[i] ?? '')
  })
  return edits
}

type Word = {
  readonly start: number
  readonly end: number
  /** After the signs at its end. */
  readonly next: number
  readonly letters: number
  readonly startsInCapitals: boolean
  /** Capitals after small letters: with digits among them, that's no word but an id, of which one reading will do. */
  readonly hasHumps: boolean
}

function readWord(text: string, word: Word, edits: Edits, ambiguities: number[]): void {
  const width = word.end - word.start
  const onlyOnes = width <= shortWord && word.letters * 2 < width
  // Each is written as the letter before it in the word.
  let isCapital = word.startsInCapitals
  for (let at = word.start; at < word.end; at += 1) {
    const letterCase = kindOf(text.charCodeAt(at)) & (lower | upper)
    if (letterCase !== 0) {
      isCapital = letterCase === upper
      continue
    }
    const unit = text.charAt(at)
    const either = ambiguous[unit]
    const one = either?.[0] ?? standsFor[unit]
    if (one === undefined || (onlyOnes && one !== 'l')) continue
    if (either !== undefined && !onlyOnes && !word.hasHumps) ambiguities.push(edits.count)
    edits.replace(at, at + 1, isCapital ? one.toUpperCase() : one)
  }
}

/** The letters, digits and signs around this one, without signs at the end. */
function wordAround(text: string, at: number): Word {
  let start = at
  while (start > 0 && isOfWord(text.charCodeAt(start - 1))) start -= 1
  let end = start
  let letters = 0
  let startsInCapitals = false
  let hasHumps = false
  let kinds = 0
  let next = start
  for (; next < text.length && isOfWord(text.charCodeAt(next)); next += 1) {
    const kind = kindOf(text.charCodeAt(next))
    if ((kind & letterOrDigit) !== 0) end = next + 1
    if ((kind & (lower | upper)) === 0) continue
    if (letters === 0) startsInCapitals = (kind & upper) !== 0
    if ((kind & upper) !== 0 && (kinds & lower) !== 0) hasHumps = true
    kinds |= kind
    letters += 1
  }
  return { start, end, next, letters, startsInCapitals, hasHumps }
}

function isOfWord(unit: number): boolean {
  return (kindOf(unit) & (lower | upper | digit | letterSign)) !== 0
}
