/**
 * A text as it reads, whatever it is made of: compatibility forms (full-width, mathematical, circled letters,
 * ligatures) are plain letters, digits of every script plain digits, marks, controls and invisible characters are gone,
 * signs and spaces of every script are spaces; tag characters and regional indicators are what they spell. Case stays:
 * it tells where a word of `camelCase` begins.
 */

import { isPlain, PointwiseText } from './pointwise.js'

const invisible = /[\p{M}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]|(?![\t-\r\x85])\p{Cc}/gu
const sign = /[^\t\n\r\x20-\x7e\p{L}\p{N}]/gu
const decimalDigit = /^\p{Nd}$/u

/** What decomposition leaves alone and case folding (Unicode CaseFolding.txt) does not. */
const caseForms: ReadonlyMap<string, string> = new Map([
  ['ß', 'ss'],
  ['ẞ', 'SS'],
  ['ı', 'i'],
])

/** Points that stand for ASCII ones in the same order, and don't decompose: first, last, and what the first one is. */
const spellings: readonly (readonly [first: number, last: number, is: number])[] = [
  [0xe0020, 0xe007e, 0x20], // tag characters: invisible, and spell ASCII
  [0x1f1e6, 0x1f1ff, 0x41], // regional indicators
  [0x1f150, 0x1f169, 0x41], // negative circled letters
  [0x1f170, 0x1f189, 0x41], // negative squared letters
  [0x2776, 0x277e, 0x31], // negative circled digits
  [0x2780, 0x2788, 0x31], // circled sans-serif digits
  [0x278a, 0x2792, 0x31], // the same, negative
]

/** Folds that were made before. Emptied when full, so that it is bounded whatever agents say. */
const foldedPoints = new Map<string, string>()
const foldedPointsMax = 65_536

export class FoldedText extends PointwiseText {
  constructor(original: string) {
    super('folded', original, foldPoint)
  }
}

/** What one code point reads as. */
export function foldPoint(point: string): string {
  const known = foldedPoints.get(point)
  if (known !== undefined) return known
  const plain = makeFold(point)
  if (foldedPoints.size >= foldedPointsMax) foldedPoints.clear()
  foldedPoints.set(point, plain)
  return plain
}

function makeFold(point: string): string {
  if (isPlain(point)) return point
  const code = point.codePointAt(0) ?? 0
  const spelling = spellings.find(([first, last]) => code >= first && code <= last)
  if (spelling !== undefined) return String.fromCharCode(spelling[2] + code - spelling[0])
  const decomposed = caseForms.get(point) ?? point.normalize('NFKD')
  if (decimalDigit.test(decomposed)) return decimalValue(decomposed)
  return decomposed.replace(invisible, '').replace(sign, ' ')
}

/** Decimal digits stand in runs of ten, from zero to nine. */
function decimalValue(digit: string): string {
  const code = digit.codePointAt(0) ?? 0
  let before = 0
  while (decimalDigit.test(String.fromCodePoint(code - before - 1))) before += 1
  return String(before % 10)
}
