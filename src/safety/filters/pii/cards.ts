/** Payment cards: issuer ranges and lengths by ISO/IEC 7812 and the networks' own documents, and Luhn's digit. */

import type { Rule } from '../../rule.js'
import { isLuhn } from './checkDigits/luhn.js'
import type { NumberShape } from './numberShape.js'

export const cardRule: Rule = {
  id: 'pii.payment-card',
  reason: 'PII',
  severity: 'high',
  summary: 'it holds the number of a payment card',
  finds:
    'Card numbers of 12 to 19 digits in the ranges of Visa, Mastercard, American Express, Discover, Diners Club, JCB, UnionPay, Maestro, Mir, RuPay, Troy, Elo and Hipercard whose last digit is right by Luhn, written together or in groups.',
  hits: [
    '4111 1111 1111 1111',
    'pay with 5555-5555-5555-4444 please',
    '378282246310005',
    '3782 822463 10005',
    '3056.930902.5904',
    'card6011000990139424',
    '2223 0000 4841 0010',
  ],
  misses: ['4111 1111 1111 1112', '1234 5678 9012 3452', '0.4111111111111111', '1731234567123'],
}

type Range = {
  readonly from: string
  readonly to: string
  readonly lengths: readonly number[]
}

const maestro = [12, 13, 14, 15, 16, 17, 18, 19]

/** The first digits, from and to, and how many digits there are in all. */
const ranges: readonly Range[] = [
  { from: '4', to: '4', lengths: [13, 16, 19] },
  { from: '51', to: '55', lengths: [16] },
  { from: '2221', to: '2720', lengths: [16] },
  { from: '34', to: '34', lengths: [15] },
  { from: '37', to: '37', lengths: [15] },
  { from: '300', to: '305', lengths: [14, 16, 19] },
  { from: '3095', to: '3095', lengths: [14, 16, 19] },
  { from: '36', to: '36', lengths: [14, 16, 19] },
  { from: '38', to: '39', lengths: [14, 16, 19] },
  { from: '3528', to: '3589', lengths: [16, 17, 18, 19] },
  { from: '6011', to: '6011', lengths: [16, 19] },
  { from: '622126', to: '622925', lengths: [16, 19] },
  { from: '644', to: '659', lengths: [16, 19] },
  { from: '62', to: '62', lengths: [16, 17, 18, 19] },
  { from: '81', to: '82', lengths: [16, 17, 18, 19] },
  { from: '60', to: '60', lengths: [16] },
  { from: '508', to: '508', lengths: [16] },
  { from: '353', to: '353', lengths: [16] },
  { from: '356', to: '356', lengths: [16] },
  { from: '2200', to: '2204', lengths: [16, 17, 18, 19] },
  { from: '5018', to: '5018', lengths: maestro },
  { from: '5020', to: '5020', lengths: maestro },
  { from: '5038', to: '5038', lengths: maestro },
  { from: '5893', to: '5893', lengths: maestro },
  { from: '6304', to: '6304', lengths: maestro },
  { from: '6759', to: '6759', lengths: maestro },
  { from: '6761', to: '6763', lengths: maestro },
  { from: '9792', to: '9792', lengths: [16] },
  { from: '636297', to: '636369', lengths: [16] },
  { from: '5067', to: '5067', lengths: [16] },
  { from: '3841', to: '3841', lengths: [16, 19] },
]

export function isCardNumber(digits: string): boolean {
  return isLuhn(digits) && ranges.some((range) => isWithin(digits, range))
}

function isWithin(digits: string, { from, to, lengths }: Range): boolean {
  const first = digits.slice(0, from.length)
  return first >= from && first <= to && lengths.includes(digits.length)
}

export const cardShape: NumberShape = {
  rule: cardRule,
  lengths: maestro,
  groupings: [
    [4, 4, 4],
    [4, 4, 4, 4],
    [4, 4, 4, 4, 3],
    [4, 6, 5],
    [4, 6, 4],
    [4, 4, 4, 3],
    [4, 4, 4, 1],
    [4, 4, 5],
    [6, 13],
    [6, 10],
    [8, 8],
    [4, 12],
    [5, 5, 5],
    [4, 5, 6],
  ],
  freely: ['solid', 'grouped', 'whole'],
  separators: ' \t\r\n-./_,|*\u00b7',
  isDistinct: true,
  isNumber: isCardNumber,
}
