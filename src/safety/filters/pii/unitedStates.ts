/** Numbers of people in the United States: SSA's ranges since 2011, and the IRS's for those without an SSN. */

import type { Rule } from '../../rule.js'
import type { NumberShape } from './numberShape.js'

export const ssnRule: Rule = {
  id: 'pii.us-ssn',
  reason: 'PII',
  severity: 'high',
  summary: 'it holds a US social security number',
  finds:
    'Nine digits in groups of three, two and four, in ranges that the SSA gives out (not 000, 666 or 900 and up, no group of zeros). Written together, only with words such as "SSN" or "social security" near by.',
  hits: ['123-45-6789', 'hers is 536 22 8726', 'SSN: 536228726', 'my social security number is 536.22.8726'],
  misses: ['000-45-6789', '666-45-6789', '123-00-6789', '123-45-0000', 'order 536228726', '1123-45-6789'],
}

export const itinRule: Rule = {
  id: 'pii.us-itin',
  reason: 'PII',
  severity: 'high',
  summary: 'it holds a US taxpayer identification number',
  finds:
    'Nine digits from 900 on, in groups of three, two and four, whose fourth and fifth are in the IRS’s ranges (50–65, 70–88, 90–92, 94–99). Written together, only with words such as "ITIN" or "taxpayer" near by.',
  hits: ['912-70-1234', 'ITIN 912701234', 'taxpayer id 999-88-1234'],
  misses: ['912-69-1234', '912-93-1234', 'ticket 912701234'],
}

function isSsn(digits: string): boolean {
  const area = digits.slice(0, 3)
  if (area === '000' || area === '666' || area >= '900') return false
  return digits.slice(3, 5) !== '00' && digits.slice(5) !== '0000'
}

function isItin(digits: string): boolean {
  if (digits.charAt(0) !== '9') return false
  const group = Number(digits.slice(3, 5))
  return group >= 50 && group !== 89 && group !== 93 && !(group >= 66 && group <= 69)
}

const nine = {
  lengths: [9],
  groupings: [[3, 2, 4]],
  freely: ['grouped'],
  separators: ' -.',
} as const

export const ssnShape: NumberShape = { ...nine, rule: ssnRule, context: 'ssn', isNumber: isSsn }
export const itinShape: NumberShape = { ...nine, rule: itinRule, context: 'itin', isNumber: isItin }
