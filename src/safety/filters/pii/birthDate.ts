/** Dates of birth: dates in whatever writing, near words such as "born". */

import type { Rule } from '../../rule.js'
import type { Span } from '../../views/view.js'
import type { Finder } from './finder.js'
import type { Page } from './page.js'

export const birthDateRule: Rule = {
  id: 'pii.birth-date',
  reason: 'PII',
  severity: 'normal',
  summary: 'it holds a date of birth',
  finds:
    'A date from 1900 on, in digits or with the month’s name, with words such as "born", "DOB", "geboren" or "date de naissance" near by.',
  hits: [
    'DOB: 03/14/1985',
    'born on 14 March 1985',
    'born March 14th, 1985',
    'geboren am 14.03.1985',
    'née le 14 mars 1985',
    'fecha de nacimiento 14-3-85',
    'date of birth: 1985-03-14T00:00:00Z',
    'dob=19850314',
  ],
  misses: ['14 March 1985', 'born in 1985', 'DOB: 31/31/1985', 'born on 14.03.1785', 'the airborne unit of 14.03.1985'],
}

const months =
  'jan|gen|ene|feb|fev|mar|mae|apr|avr|abr|may|mai|mei|mag|maj|jun|juin|giu|jul|juil|lug|aug|aou|ago|sep|set|oct|okt|ott|out|nov|dec|dez|dic'
const dayAndMonth = new RegExp(
  `\\b\\d{1,2}(?:st|nd|rd|th|er)?[ .-]{1,3}(?:of |de |di )?(?:${months})[a-z]{0,7}[ .,-]{0,3}(?:de |del )?$`,
  'i',
)
const monthAndDay = new RegExp(`\\b(?:${months})[a-z]{0,7}[ .,-]{1,3}\\d{1,2}(?:st|nd|rd|th)?[ .,-]{1,3}$`, 'i')
const namedMaxChars = 32
const signs = './- '

export const birthDateFinder: Finder = {
  rules: [birthDateRule],
  find(page, found) {
    if (!page.mentions('birth')) return
    for (let i = 0; i < page.tokens.length; i += 1) {
      const span = inDigits(page, i) ?? solid(page, i) ?? withName(page, i)
      if (span !== undefined && page.isAbout('birth', span)) found(birthDateRule, span)
    }
  },
}

/** `14.03.1985`, `3/14/85`, `1985-03-14T…`: three numbers with the same sign between. */
function inDigits({ text, tokens }: Page, first: number): Span | undefined {
  if (!tokens.isJoined(first + 1) || !tokens.isJoined(first + 2)) return undefined
  const sign = text.slice(tokens.end(first), tokens.start(first + 1))
  if (sign.length !== 1 || !signs.includes(sign)) return undefined
  if (text.slice(tokens.end(first + 1), tokens.start(first + 2)) !== sign) return undefined
  const parts = [first, first + 1, first + 2].map((i) => text.slice(tokens.digitStart(i), tokens.digitEnd(i)))
  const [a = '', b = '', c = ''] = parts
  const isDate = a.length === 4 ? isYear(a) && isDayAndMonth(b, c) : isYear(c) && isDayAndMonth(a, b)
  return isDate ? { start: tokens.digitStart(first), end: tokens.digitEnd(first + 2) } : undefined
}

function solid({ text, tokens }: Page, i: number): Span | undefined {
  if (tokens.digits(i) !== 8) return undefined
  const span = { start: tokens.digitStart(i), end: tokens.digitEnd(i) }
  const digits = text.slice(span.start, span.end)
  const isYearFirst = isYear(digits.slice(0, 4)) && isDayAndMonth(digits.slice(4, 6), digits.slice(6))
  const isYearLast = isYear(digits.slice(4)) && isDayAndMonth(digits.slice(0, 2), digits.slice(2, 4))
  return isYearFirst || isYearLast ? span : undefined
}

/** `14 March 1985`, `March 14th, 1985`: told from the year backwards. */
function withName({ text, tokens }: Page, i: number): Span | undefined {
  const end = tokens.digitEnd(i)
  if (tokens.digits(i) !== 4 || !isYear(text.slice(tokens.digitStart(i), end))) return undefined
  const from = Math.max(0, tokens.start(i) - namedMaxChars)
  const before = text.slice(from, tokens.start(i))
  const named = dayAndMonth.exec(before) ?? monthAndDay.exec(before)
  return named === null ? undefined : { start: from + named.index, end }
}

function isYear(digits: string): boolean {
  return digits.length === 2 || (digits.length === 4 && digits >= '1900' && digits < '2100')
}

function isDayAndMonth(a: string, b: string): boolean {
  if (a.length > 2 || b.length > 2) return false
  const [less, more] = [Math.min(Number(a), Number(b)), Math.max(Number(a), Number(b))]
  return less >= 1 && less <= 12 && more <= 31
}
