/** Accounts that have no IBAN: routing numbers of US banks, and account numbers beside words that say so. */

import type { Rule } from '../../rule.js'
import { weightedSum } from './checkDigits/weighted.js'
import type { NumberShape } from './numberShape.js'

export const routingRule: Rule = {
  id: 'pii.us-routing',
  reason: 'PII',
  severity: 'high',
  summary: 'it holds the routing number of a US bank',
  finds:
    'Nine digits in the ranges of the American Bankers Association whose last is right (weights 3, 7, 1), with words such as "routing" or "ABA" near by.',
  hits: ['routing number 021000021', 'ABA: 011401533'],
  misses: ['routing number 021000022', 'ticket 021000021', 'ABA: 991000021'],
}

export const accountRule: Rule = {
  id: 'pii.bank-account',
  reason: 'PII',
  severity: 'high',
  summary: 'it holds a bank account number',
  finds:
    'Six to seventeen digits with words such as "account number", "Kontonummer" or "numéro de compte" near by; a British sort code beside its name.',
  hits: [
    'account number 12345678',
    'Kontonummer: 532013000',
    'acct 000123456789',
    'sort code 20-00-00',
    'cuenta bancaria 0200051332',
  ],
  misses: ['12345678', 'on account of 12345678', 'account number 123', '20-00-00'],
}

export const accountShapes: readonly NumberShape[] = [
  {
    rule: routingRule,
    lengths: [9],
    groupings: [[4, 4, 1]],
    freely: [],
    separators: '',
    context: 'routing',
    isNumber: isRouting,
  },
  {
    rule: accountRule,
    lengths: [6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17],
    groupings: [],
    freely: [],
    separators: '',
    context: 'account',
    isNumber: (digits) => !/^(?:19|20)\d\d(?:0\d|1[0-2])[0-3]\d/.test(digits),
  },
  {
    rule: accountRule,
    lengths: [6],
    groupings: [[2, 2, 2]],
    freely: [],
    separators: '',
    context: 'sortCode',
    isNumber: () => true,
  },
]

/** 00–12 are Federal Reserve districts, 21–32 thrifts, 61–72 electronic, 80 traveller's cheques. */
function isRouting(digits: string): boolean {
  const range = Number(digits.slice(0, 2))
  const isGivenOut = range <= 12 || (range >= 21 && range <= 32) || (range >= 61 && range <= 72) || range === 80
  return isGivenOut && weightedSum(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0 && digits !== '000000000'
}
