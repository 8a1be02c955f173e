/**
 * Numbers of people that have letters at fixed places: the British NINO and driving licence, the Spanish DNI and NIE,
 * the Italian codice fiscale, the French NIR of people born in Corsica.
 */

import type { Rule } from '../../rule.js'
import type { Found } from '../filter.js'
import type { Finder } from './finder.js'
import { isCodiceFiscale, isCorsicanNir, isDni, isNie, isNino, isUkLicence } from './letteredNumbers.js'
import type { Page } from './page.js'
import { nirRule } from './registers.js'
import { isFreeAfter, isFreeBefore } from './signs.js'
import { isDigit, isLetter, isTokenUnit } from './tokens.js'

const national = { reason: 'PII', severity: 'high' } as const

export const ninoRule: Rule = {
  ...national,
  id: 'pii.uk-nino',
  summary: 'it holds a UK national insurance number',
  finds:
    'Two letters that HMRC gives out, six digits, and a letter from A to D. Without that last letter only with words such as "national insurance" near by.',
  hits: ['AB123456C', 'AB 12 34 56 C', 'ab-12-34-56-c', 'national insurance: JG103759'],
  misses: ['QQ123456C', 'BG123456C', 'AO123456C', 'AB123456E', 'AB123456', 'XAB123456C', 'AB1234567C'],
}

export const ukLicenceRule: Rule = {
  ...national,
  id: 'pii.uk-driving-licence',
  summary: 'it holds a UK driving licence number',
  finds:
    'The 16 signs of a driver number in Great Britain: five of the surname, decade, month (51 to 62 for women), day and year of birth, two initials, three more.',
  hits: ['MORGA657054SM9IJ', 'FOX99 812109 J99CD'],
  misses: ['MORGA699054SM9IJ', 'MORGA657994SM9IJ', 'MORGA657054SM9I'],
}

export const dniRule: Rule = {
  ...national,
  id: 'pii.es-dni',
  summary: 'it holds a Spanish DNI or NIE',
  finds:
    'Eight digits, or X, Y or Z and seven digits, and the control letter that belongs to them (the rest modulo 23).',
  hits: ['12345678Z', '12.345.678-Z', 'X1234567L', 'NIE y-1234567-x', '12345678 z'],
  misses: ['12345678A', 'X1234567A', '20020912T101112', 'w1234567l', '112345678Z'],
}

export const codiceFiscaleRule: Rule = {
  ...national,
  id: 'pii.it-codice-fiscale',
  summary: 'it holds an Italian codice fiscale',
  finds:
    'Sixteen signs: six letters of the names, year, month and day of birth, place, and the control letter that belongs to them. Letters in place of digits (omocodia) are read as well, as long as one digit is left.',
  hits: ['RSSMRA85T10A562S', 'rss mra 85t10 a562s', 'RSSMRA85T10A56NH'],
  misses: ['RSSMRA85T10A562T', 'RSSMRA85Q10A562S', 'RSSMRA85T10A5621'],
}

type Lettered = {
  readonly rule: Rule
  /**
   * L is a letter, D a digit, X either; between groups may stand one separator.
   */
  readonly shape: string
  /** How many letters there are before the first digit. */
  readonly lettersBefore: readonly number[]
  /** How many digits there are from the first on, together. */
  readonly firstDigits: readonly number[]
  readonly isNumber: (signs: string) => boolean
  /** Told apart from part numbers by what is around it alone. */
  readonly context?: 'nationalInsurance'
}

const kinds: readonly Lettered[] = [
  { rule: ninoRule, shape: 'LL DD DD DD L', firstDigits: [6, 2], lettersBefore: [2], isNumber: isNino },
  {
    rule: ninoRule,
    shape: 'LL DD DD DD',
    firstDigits: [6, 2],
    lettersBefore: [2],
    isNumber: (signs) => isNino(`${signs}A`),
    context: 'nationalInsurance',
  },
  { rule: dniRule, shape: 'DD DDD DDD L', firstDigits: [8, 2], lettersBefore: [0], isNumber: isDni },
  { rule: dniRule, shape: 'L D DDD DDD L', firstDigits: [7, 1], lettersBefore: [1], isNumber: isNie },
  // The digits of year and day may be letters: then the first digit comes later.
  {
    rule: codiceFiscaleRule,
    shape: 'LLL LLL XXLXX LXXXL',
    firstDigits: [1, 2, 3],
    lettersBefore: [6, 7, 9, 10, 12, 13, 14],
    isNumber: isCodiceFiscale,
  },
  {
    rule: ukLicenceRule,
    shape: 'XXXXX DDDDDD XXXXX',
    firstDigits: [1, 2, 3, 4, 6, 7, 8, 9, 10],
    lettersBefore: [1, 2, 3, 4, 5],
    isNumber: isUkLicence,
  },
  { rule: nirRule, shape: 'D DD DD DL DDD DDD DD', firstDigits: [6, 1], lettersBefore: [0], isNumber: isCorsicanNir },
]

const separators = ' -./_\n'
const firstDigitsMax = 10
/** By how many digits stand first, then by how many letters stand before these. */
const table: readonly (readonly (readonly Lettered[])[] | undefined)[] = Array.from(
  { length: firstDigitsMax + 1 },
  (_, digits) => {
    const possible = kinds.filter(({ firstDigits }) => firstDigits.includes(digits))
    if (possible.length === 0) return undefined
    const most = Math.max(...possible.flatMap(({ lettersBefore }) => lettersBefore))
    return Array.from({ length: most + 1 }, (__, letters) =>
      possible.filter(({ lettersBefore }) => lettersBefore.includes(letters)),
    )
  },
)

export const letteredFinder: Finder = {
  rules: [ninoRule, dniRule, codiceFiscaleRule, ukLicenceRule],
  find(page, found) {
    const { text, tokens } = page
    for (let i = 0; i < tokens.length; i += 1) {
      let start = tokens.digitStart(i)
      const byLetters = table[tokens.digitEnd(i) - start]
      if (byLetters === undefined) continue
      // Steps back letter by letter, over one separator at most between any two.
      for (let letters = 0; letters < byLetters.length; letters += 1) {
        const possible = byLetters[letters] ?? []
        if (possible.length > 0 && isFreeBefore(text, start)) {
          for (const kind of possible) tellAt(page, kind, start, found)
        }
        const before = letterBefore(text, start)
        if (before === undefined) break
        start = before
      }
    }
  },
}

function tellAt(page: Page, { rule, shape, isNumber, context }: Lettered, start: number, found: Found): void {
  const end = endOfShape(page.text, start, shape)
  if (end === undefined || !isFreeAfter(page.text, end)) return
  if (!isNumber(page.text.slice(start, end).replace(notSigns, '').toUpperCase())) return
  const span = { start, end }
  if (context === undefined || page.isAbout(context, span)) found(rule, span)
}

const notSigns = /[^A-Za-z\d]/g

function endOfShape(text: string, start: number, shape: string): number | undefined {
  let at = start
  for (let i = 0; i < shape.length; i += 1) {
    const wanted = shape.charCodeAt(i)
    const unit = text.charCodeAt(at)
    if (wanted === 0x20) {
      if (!isTokenUnit(unit) && at < text.length && separators.includes(text.charAt(at))) at += 1
      continue
    }
    const fits = wanted === 0x44 ? isDigit(unit) : wanted === 0x4c ? isLetter(unit) : isTokenUnit(unit)
    if (!fits) return undefined
    at += 1
  }
  return at
}

function letterBefore(text: string, start: number): number | undefined {
  const before = text.charCodeAt(start - 1)
  if (isLetter(before)) return start - 1
  return (before === 0x20 || before === 0x2d || before === 0x2e) && isLetter(text.charCodeAt(start - 2))
    ? start - 2
    : undefined
}
