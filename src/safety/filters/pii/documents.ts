/** Passports and driving licences: numbers in many shapes, told by words near by; and the lines of a passport that machines read. */

import type { Rule } from '../../rule.js'
import { digitAt } from './checkDigits/weighted.js'
import type { Finder } from './finder.js'
import type { NumberShape } from './numberShape.js'
import type { Page } from './page.js'
import type { ContextKind } from './surroundings.js'

export const passportRule: Rule = {
  id: 'pii.passport',
  reason: 'PII',
  severity: 'high',
  summary: 'it holds a passport number',
  finds:
    'Six to nine letters and digits, at least four digits among them, or nine of those that German passports have, with words such as "passport", "Reisepass" or "pasaporte" near by; and the second line that machines read (ICAO 9303), by its check digits.',
  hits: [
    'passport C01X00T47',
    'Passport No: 536228726',
    'Reisepass-Nr. c01x00t47',
    'Passport No CFGHJKLM7',
    'pasaporte AAB123456',
    'L898902C36UTO7408122F1204159ZE184226B<<<<<10',
  ],
  misses: [
    'part C01X00T47',
    'passport expires in 2031',
    'passport office, floor 12',
    'passport form REVIEWED1',
    'L898902C37UTO7408122F1204159ZE184226B<<<<<10',
  ],
}

export const licenceRule: Rule = {
  id: 'pii.driving-licence',
  reason: 'PII',
  severity: 'high',
  summary: 'it holds a driving licence number',
  finds:
    'Six to eighteen letters and digits, at least five digits among them, together or in groups, with words such as "driver’s license", "Führerschein" or "permis de conduire" near by.',
  hits: [
    'driver’s license D123-4567-8901',
    'DL no. I1234562',
    'Führerscheinnummer B072RRE2I55',
    'permis de conduire 12 34 56 78 90 12',
  ],
  misses: ['D123-4567-8901', 'driving licence since 2004', 'license: MIT, version 12.4'],
}

export const documentShapes: readonly NumberShape[] = [
  {
    rule: passportRule,
    lengths: [6, 7, 8, 9],
    groupings: [],
    freely: [],
    separators: '',
    context: 'passport',
    isNumber: (digits) => !date.test(digits),
  },
  {
    rule: licenceRule,
    lengths: [7, 8, 9, 10, 11, 12, 13, 14],
    groupings: [],
    freely: [],
    separators: '',
    context: 'drivingLicence',
    isNumber: (digits) => !date.test(digits),
  },
]

const date = /^(?:(?:19|20)\d\d(?:0\d|1[0-2])[0-3]\d|[0-3]\d[01]\d(?:19|20)\d\d)$/
const machineLine = /[A-Z\d<]{9}\d[A-Z<]{3}\d{7}[MFX<]\d{7}/g

type Sizes = { readonly fewest: number; readonly most: number; readonly digits: number; readonly also?: RegExp }

/** Bundesdruckerei, Seriennummer: neither vowels nor what is taken for a digit, so that it spells nothing. */
const germanPassport = /^[CFGHJK][CFGHJKLMNPRTVWXYZ\d]{8}$/

export const documentFinder: Finder = {
  rules: [],
  find(page, found) {
    tellAll(page, passportRule, 'passport', { fewest: 6, most: 9, digits: 4, also: germanPassport })
    tellAll(page, licenceRule, 'drivingLicence', { fewest: 6, most: 18, digits: 5 })
    const { text } = page
    if (!text.includes('<')) return
    machineLine.lastIndex = 0
    for (let hit = machineLine.exec(text); hit !== null; hit = machineLine.exec(text)) {
      if (isMachineLine(hit[0])) found(passportRule, { start: hit.index, end: hit.index + hit[0].length })
      machineLine.lastIndex = hit.index + 1
    }

    function tellAll(page: Page, rule: Rule, context: ContextKind, sizes: Sizes): void {
      if (!page.mentions(context)) return
      for (let i = 0; i < page.tokens.length; i += 1) {
        const start = page.tokens.start(i)
        const end = endOfDocument(page, i, sizes)
        if (end !== undefined && page.isAbout(context, { start, end })) found(rule, { start, end })
      }
    }
  },
}

/** The end of letters and digits, mixed, that goes on over groups of digits. */
function endOfDocument(
  { text, tokens }: Page,
  first: number,
  { fewest, most, digits, also }: Sizes,
): number | undefined {
  if (tokens.isPure(first) && tokens.digits(first) > 0) return undefined
  let last = first
  let size = tokens.end(first) - tokens.start(first)
  while (tokens.isJoined(last + 1) && tokens.digits(last + 1) > 0 && tokens.start(last + 1) === tokens.end(last) + 1) {
    const next = size + tokens.end(last + 1) - tokens.start(last + 1)
    if (next > most) break
    size = next
    last += 1
  }
  const written = text.slice(tokens.start(first), tokens.end(last))
  const count = written.replace(/\D/g, '').length
  const isOne = count >= digits || also?.test(written) === true
  return size >= fewest && size <= most && isOne ? tokens.end(last) : undefined
}

/** ICAO 9303-4: weights 7, 3, 1 over number, date of birth and date of expiry. */
function isMachineLine(line: string): boolean {
  return isChecked(line, 0, 9) && isChecked(line, 13, 19) && isChecked(line, 21, 27)
}

const weights = [7, 3, 1]

function isChecked(line: string, start: number, end: number): boolean {
  let sum = 0
  for (let at = start; at < end; at += 1) sum += valueOfSign(line.charCodeAt(at)) * (weights[(at - start) % 3] ?? 0)
  return sum % 10 === digitAt(line, end)
}

function valueOfSign(unit: number): number {
  if (unit === 0x3c) return 0
  return unit < 0x40 ? unit - 0x30 : unit - 0x37
}
