/**
 * Numbers that registers of people give out, told by their check digits: Brazil (CPF), Canada (SIN), France (NIR),
 * Germany (tax id), India (Aadhaar), the United Kingdom (NHS). The algorithms are as the registers publish them.
 */

import type { Rule } from '../../rule.js'
import { isLuhn } from './checkDigits/luhn.js'
import { isMod11of10 } from './checkDigits/mod11of10.js'
import { mod97 } from './checkDigits/mod97.js'
import { isVerhoeff } from './checkDigits/verhoeff.js'
import { digitAt, weightedSum } from './checkDigits/weighted.js'
import type { NumberShape } from './numberShape.js'

const national = { reason: 'PII', severity: 'high' } as const

export const aadhaarRule: Rule = {
  ...national,
  id: 'pii.in-aadhaar',
  summary: 'it holds an Indian Aadhaar number',
  finds:
    'Twelve digits that begin with 2 to 9 and whose last is right by Verhoeff, together or in three groups of four. Three years in a row are none, and a date with its time is none.',
  hits: ['2341 2341 2346', 'Aadhaar 499118665246', '4991-1866-5246'],
  misses: ['2341 2341 2347', '1341 2341 2346', '2001 2002 2003', 'see 202503101230'],
}

export const nhsRule: Rule = {
  ...national,
  id: 'pii.uk-nhs',
  summary: 'it holds an NHS number',
  finds:
    'Ten digits whose last is right modulo 11, in groups of three, three and four with spaces. Written together, only with words such as "NHS" or "patient" near by.',
  hits: ['943 476 5919', 'NHS number 9434765919', 'patient 943-476-5919'],
  misses: ['943 476 5918', 'ticket 9434765919'],
}

export const sinRule: Rule = {
  ...national,
  id: 'pii.ca-sin',
  summary: 'it holds a Canadian social insurance number',
  finds:
    'Nine digits whose last is right by Luhn, in groups of three. Written together, or beginning with 0 or 8, which nobody has, only with words such as "SIN" near by.',
  hits: ['130 692 544', '130-692-544', 'SIN: 130692544', 'social insurance number 046 454 286'],
  misses: ['130 692 545', '130,692,544', 'order 130692544'],
}

export const cpfRule: Rule = {
  ...national,
  id: 'pii.br-cpf',
  summary: 'it holds a Brazilian CPF',
  finds: 'Eleven digits, not all the same, whose last two are right modulo 11.',
  hits: ['529.982.247-25', 'CPF 52998224725', '529 982 247 25'],
  misses: ['529.982.247-24', '111.111.111-11'],
}

export const taxIdRule: Rule = {
  ...national,
  id: 'pii.de-tax-id',
  summary: 'it holds a German tax id',
  finds:
    'Eleven digits that don’t begin with 0, of which one comes two or three times among the first ten and the others at most once, and whose last is right by ISO 7064.',
  hits: ['86095742719', '86 095 742 719', 'Steuer-ID: 47 036 892 816'],
  misses: ['86095742718', '11111111111', '12345678903'],
}

export const nirRule: Rule = {
  ...national,
  id: 'pii.fr-nir',
  summary: 'it holds a French social security number',
  finds:
    'Fifteen digits (sex, year and month of birth, place, number) whose last two are right modulo 97, with 2A and 2B for Corsica.',
  hits: ['2 55 08 14 168 025 38', '255081416802538', '1 84 12 2A 004 002 47'],
  misses: ['2 55 08 14 168 025 39', '9 55 08 14 168 025 38', '2 55 19 14 168 025 38'],
}

const year = /^(?:19|20)\d\d/
const years = /^(?:19|20)\d\d(?:19|20)\d\d(?:19|20)\d\d$/
const dateAndTime = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d$/

function isAadhaar(digits: string): boolean {
  if (digits < '2' || !isVerhoeff(digits)) return false
  return !year.test(digits) || (!years.test(digits) && !dateAndTime.test(digits))
}

function isNhs(digits: string): boolean {
  const check = (11 - (weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11
  return check === digitAt(digits, 9) && !isOneDigit(digits)
}

function isSin(digits: string): boolean {
  return isLuhn(digits) && !isOneDigit(digits)
}

export function isCpf(digits: string): boolean {
  if (isOneDigit(digits)) return false
  const first = ((weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10
  const second = ((weightedSum(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10
  return first === digitAt(digits, 9) && second === digitAt(digits, 10)
}

export function isTaxId(digits: string): boolean {
  if (digits.startsWith('0') || !isMod11of10(digits)) return false
  const counts = new Map<string, number>()
  for (const digit of digits.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1)
  const repeated = [...counts.values()].filter((count) => count > 1)
  return repeated.length === 1 && (repeated[0] ?? 0) <= 3
}

/** INSEE: 01–12 is a month, 20–42 and 50–99 stand for one that isn't known. Corsica's letters are told elsewhere. */
export function isNir(digits: string): boolean {
  if (!'123478'.includes(digits.charAt(0))) return false
  const month = Number(digits.slice(3, 5))
  if (month === 0 || (month > 12 && month < 20) || (month > 42 && month < 50)) return false
  return mod97(digits.slice(0, 13)) === 97 - Number(digits.slice(13))
}

function isOneDigit(digits: string): boolean {
  return digits === digits.charAt(0).repeat(digits.length)
}

const spaced = ' \t\r\n-._/,'

export const registerShapes: readonly NumberShape[] = [
  {
    rule: aadhaarRule,
    lengths: [12],
    groupings: [[4, 4, 4]],
    freely: ['solid', 'grouped'],
    separators: ' -.',
    context: 'aadhaar',
    isNumber: isAadhaar,
  },
  {
    rule: nhsRule,
    lengths: [10],
    groupings: [[3, 3, 4]],
    freely: ['grouped'],
    separators: ' ',
    context: 'health',
    isNumber: isNhs,
  },
  {
    rule: sinRule,
    lengths: [9],
    groupings: [[3, 3, 3]],
    freely: ['grouped'],
    separators: ' -',
    isNumber: (digits) => !digits.startsWith('0') && !digits.startsWith('8') && isSin(digits),
  },
  {
    rule: sinRule,
    lengths: [9],
    groupings: [[3, 3, 3]],
    freely: [],
    separators: '',
    context: 'socialInsurance',
    isNumber: isSin,
  },
  {
    rule: cpfRule,
    lengths: [11],
    groupings: [
      [3, 3, 3, 2],
      [9, 2],
    ],
    freely: ['solid', 'grouped', 'whole'],
    separators: spaced,
    isNumber: isCpf,
  },
  {
    rule: taxIdRule,
    lengths: [11],
    groupings: [
      [2, 3, 3, 3],
      [3, 3, 3, 2],
    ],
    freely: ['solid', 'grouped', 'whole'],
    separators: spaced,
    isNumber: isTaxId,
  },
  {
    rule: nirRule,
    lengths: [15],
    groupings: [
      [1, 2, 2, 2, 3, 3, 2],
      [13, 2],
      [1, 2, 2, 5, 3, 2],
      [1, 4, 5, 3, 2],
    ],
    freely: ['solid', 'grouped', 'whole'],
    separators: spaced,
    isDistinct: true,
    isNumber: isNir,
  },
]
