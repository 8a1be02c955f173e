/**
 * Telephone numbers: with a country's code (ITU-T E.164), in the groups of North America, and whatever else stands
 * beside words such as "phone".
 */

import type { Rule } from '../../rule.js'
import type { Span } from '../../views/view.js'
import type { Finder } from './finder.js'
import type { Page } from './page.js'
import { isPhoneAbroad } from './phonePlan.js'
import { isTokenUnit } from './tokens.js'

export const phoneRule: Rule = {
  id: 'pii.phone',
  reason: 'PII',
  severity: 'normal',
  summary: 'it holds a telephone number',
  finds:
    'A + with a country’s code and as many digits as numbers there have; ten digits as in North America, (212) 555-0123, 212-555-0123 or 212.555.0123; seven to fifteen digits with words such as "phone" or "mobil" near by. Dates and IP addresses are none.',
  hits: [
    '+49 30 1234567',
    '+44 (0)20 7946 0958',
    '+14155552671',
    '(212) 555-0123',
    '212-555-0123',
    '1-800-555-0199',
    'Tel. 030 / 901820',
    'téléphone : 06 12 34 56 78',
    'call 5550123',
    'name,phone,city\nAnn,2125550123,Leeds',
    'téléphone 01.99.00.12.34',
  ],
  misses: [
    '+1 23',
    '+0 1234567',
    'a+49301234567',
    '2025-03-10',
    '212,555,0123',
    'phone home in 2024',
    '5550123',
    'call for click/8616191',
    'tool_calls: call_5f 1587648747',
    'phone sales: 1,215,550 dollars',
  ],
}

const separators = ' -./()'
/** What stands before parts of paths, amounts and fractions. */
const notBefore = '/#.$'
const thousand = 3
const digitsMin = 7
const digitsMax = 15
const tokensMax = 8

export const phoneFinder: Finder = {
  rules: [phoneRule],
  find(page, found) {
    const { tokens } = page
    if (tokens.longestRow < digitsMin) return
    const hasPlus = page.text.includes('+')
    if (!hasPlus && tokens.longestRow < northAmericanDigits && !page.mentions('phone')) return
    for (let i = 0; i < tokens.length; i += 1) {
      const span = (hasPlus ? abroad(page, i) : undefined) ?? northAmerican(page, i) ?? named(page, i)
      if (span === undefined) continue
      found(phoneRule, span)
      while (i + 1 < tokens.length && tokens.start(i + 1) < span.end) i += 1
    }
  },
}

/** `+49 30 1234567`: of the ways to end it, the longest that the country's plan allows. */
function abroad(page: Page, first: number): Span | undefined {
  const { text, tokens } = page
  const start = tokens.digitStart(first) - 1
  if (text.charAt(start) !== '+' || isTokenUnit(text.charCodeAt(start - 1))) return undefined
  let digits = ''
  let longest: Span | undefined
  for (let i = first; i < first + tokensMax; i += 1) {
    if (i > first && !goesOn(page, i)) break
    if (tokens.digits(i) === 0) break
    // A zero in brackets is dialled at home alone.
    if (text.slice(tokens.start(i) - 1, tokens.end(i) + 1) !== '(0)') {
      digits += text.slice(tokens.digitStart(i), tokens.digitEnd(i))
    }
    if (digits.length > digitsMax) break
    if (isPhoneAbroad(digits)) longest = { start, end: tokens.digitEnd(i) }
  }
  return longest
}

const northAmericanSizes = [3, 3, 4]
const northAmericanDigits = 10

function northAmerican(page: Page, first: number): Span | undefined {
  const { text, tokens } = page
  for (const [i, size] of northAmericanSizes.entries()) {
    if (tokens.digits(first + i) !== size || (i > 0 && !goesOn(page, first + i))) return undefined
  }
  const last = first + 2
  const start = tokens.digitStart(first)
  const inBrackets = text.charAt(start - 1) === '(' && text.charAt(tokens.end(first)) === ')'
  const inner = text.slice(tokens.end(first + 1), tokens.start(last))
  const isWritten = inBrackets || (inner !== ' ' && inner === text.slice(tokens.end(first), tokens.start(first + 1)))
  if (!isWritten || inner.length !== 1 || text.charAt(start) < '2') return undefined
  // In a longer row with the same sign it is something else, unless it is the 1 that is dialled before.
  const isLonger = tokens.isJoined(last + 1) && text.slice(tokens.end(last), tokens.start(last + 1)) === inner
  return isLonger || isPartOfRow(page, first, inner) ? undefined : { start, end: tokens.digitEnd(last) }
}

function isPartOfRow({ text, tokens }: Page, first: number, inner: string): boolean {
  if (!tokens.isJoined(first)) return false
  const before = text.slice(tokens.end(first - 1), tokens.start(first))
  return before === inner && text.slice(tokens.start(first - 1), tokens.end(first - 1)) !== '1'
}

/** Whatever numbers in a row, where a word says that it is a phone. */
function named(page: Page, first: number): Span | undefined {
  const { tokens } = page
  let digits = tokens.digits(first)
  if (digits === 0 || !tokens.beginsWithDigit(first)) return undefined
  if (digits < digitsMin && !tokens.isJoined(first + 1)) return undefined
  if (!page.mentions('phone')) return undefined
  let last = first
  while (last - first < tokensMax && goesOn(page, last + 1) && digits + tokens.digits(last + 1) <= digitsMax) {
    last += 1
    digits += tokens.digits(last)
  }
  if (digits < digitsMin || digits > digitsMax || isDateOrAddress(page, first, last)) return undefined
  if (!tokens.endsWithDigit(last)) return undefined
  const start = tokens.digitStart(first)
  const span = { start, end: tokens.digitEnd(last) }
  if (start > 0 && isPartBefore(page, first)) return undefined
  return page.isAbout('phone', span) ? span : undefined
}

/** Of a path or an amount; a comma also stands between the fields of a row. */
function isPartBefore({ text, tokens }: Page, first: number): boolean {
  const start = tokens.digitStart(first)
  if (text.charAt(start - 1) !== ',') return notBefore.includes(text.charAt(start - 1))
  return tokens.digits(first) <= thousand && /\d/.test(text.charAt(start - 2))
}

function goesOn({ text, tokens }: Page, i: number): boolean {
  if (!tokens.isJoined(i) || tokens.digits(i) === 0) return false
  if (!tokens.beginsWithDigit(i) || !tokens.endsWithDigit(i - 1)) return false
  for (let at = tokens.end(i - 1); at < tokens.start(i); at += 1) {
    if (!separators.includes(text.charAt(at))) return false
  }
  return true
}

const dateOrAddress =
  /^(?:(?:19|20)\d\d[-./]\d\d?[-./]\d\d?|\d\d?[-./]\d\d?[-./](?:19|20)\d\d|\d{1,3}(?:\.\d{1,3}){3})(?!\.?\d)/
const dateOrAddressMaxChars = 16

function isDateOrAddress({ text, tokens }: Page, first: number, last: number): boolean {
  const start = tokens.digitStart(first)
  return last > first && dateOrAddress.test(text.slice(start, start + dateOrAddressMaxChars))
}
