/** International bank account numbers: ISO 13616, lengths by SWIFT's registry of IBANs and of those that are in use. */

import type { Rule } from '../../rule.js'
import { mod97 } from './checkDigits/mod97.js'
import type { Finder } from './finder.js'
import { isFreeAfter, isFreeBefore, readSigns } from './signs.js'
import { isLetter } from './tokens.js'

export const ibanRule: Rule = {
  id: 'pii.iban',
  reason: 'PII',
  severity: 'high',
  summary: 'it holds an IBAN',
  finds:
    'A country’s two letters, two check digits that are right modulo 97, and as many signs as that country’s IBANs have; together or in groups, in capitals or small letters.',
  hits: [
    'DE89 3704 0044 0532 0130 00',
    'GB29NWBK60161331926819',
    'pay to fr14 2004 1010 0505 0001 3m02 606, please',
    'NL91-ABNA-0417-1643-00',
    'NO9386011117947',
  ],
  misses: [
    'DE89 3704 0044 0532 0130 01',
    'DE89 3704 0044 0532 0130 0',
    'XX89 3704 0044 0532 0130 00',
    'mk0000146 lorem ipsum',
  ],
}

const countries =
  'AD24 AE23 AL28 AO25 AT20 AZ28 BA20 BE16 BF28 BG22 BH22 BI27 BJ28 BR29 BY28 CF27 CG27 CH21 CI28 CM27 CR22 CV25 ' +
  'CY28 CZ24 DE22 DJ27 DK18 DO28 DZ26 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GA27 GB22 GE22 GI23 GL18 GQ27 GR27 GT28 ' +
  'GW25 HN28 HR21 HU28 IE22 IL23 IQ23 IR26 IS26 IT27 JO30 KM27 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MA28 ' +
  'MC27 MD24 ME22 MG27 MK19 ML28 MN20 MR27 MT31 MU30 MZ25 NE28 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 ' +
  'RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SN28 SO23 ST25 SV28 TD27 TG28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 ' +
  'YE30'

/** By a country's two letters, in whichever case: how many signs its IBANs have. 0: none. */
const lengthByLetters = new Uint8Array(32 * 32)
for (const one of countries.split(' '))
  lengthByLetters[placeOf(one.charCodeAt(0), one.charCodeAt(1))] = Number(one.slice(2))

/** Of two letters. */
function placeOf(first: number, second: number): number {
  return ((first & 31) << 5) | (second & 31)
}

const impossibleChecks: ReadonlySet<string> = new Set(['00', '01', '99'])

export const ibanFinder: Finder = {
  rules: [ibanRule],
  find({ text, tokens }, found) {
    for (let i = 0; i < tokens.length; i += 1) {
      const start = countryBefore(text, tokens.digitStart(i))
      if (start === undefined) continue
      const end = endOfIban(text, start)
      if (end !== undefined) found(ibanRule, { start, end })
    }
  },
}

/** Where two letters stand right before these digits, or one separator before. */
function countryBefore(text: string, digits: number): number | undefined {
  if (isLetter(text.charCodeAt(digits - 1))) {
    return isLetter(text.charCodeAt(digits - 2)) ? digits - 2 : undefined
  }
  const areApart = isLetter(text.charCodeAt(digits - 2)) && isLetter(text.charCodeAt(digits - 3))
  return areApart && isFreeBefore(text, digits - 3) ? digits - 3 : undefined
}

function endOfIban(text: string, start: number): number | undefined {
  const length = lengthByLetters[placeOf(text.charCodeAt(start), text.charCodeAt(start + 1))] ?? 0
  if (length === 0) return undefined
  const signs = readSigns(text, start, length)
  if (signs === undefined || !isFreeAfter(text, signs.end)) return undefined
  const [check, account] = [signs.text.slice(2, 4), signs.text.slice(4)]
  // They are 98 less a rest of 97, so never these; and each country's numbers have at least five digits.
  if (impossibleChecks.has(check) || account.replace(/\D/g, '').length < 5) return undefined
  return mod97(account + signs.text.slice(0, 4)) === 1 ? signs.end : undefined
}
