/** The numbers themselves, as capitals and digits without separators: which are possible, and the control letters. */

import { mod97 } from './checkDigits/mod97.js'

/** HMRC, NIM39110: letters that are not used, pairs that are not given out. */
const nino = /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/

export const isNino = (signs: string): boolean => nino.test(signs)

const ukLicence = /^(?:[A-Z]{5}|[A-Z]{4}9|[A-Z]{3}99|[A-Z]{2}999|[A-Z]9999)\d[0156]\d[0-3]\d\d[A-Z][A-Z9]\d[A-Z]{2}$/

export function isUkLicence(signs: string): boolean {
  if (!ukLicence.test(signs)) return false
  const month = Number(signs.slice(6, 8)) % 50
  const day = Number(signs.slice(8, 10))
  return month >= 1 && month <= 12 && day >= 1 && day <= 31
}

/** Real Decreto 1553/2005: the rest modulo 23 as a letter. */
const dniLetters = 'TRWAGMYFPDXBNJZSQVHLCKE'
const dni = /^\d{8}[A-Z]$/
const nie = /^[XYZ]\d{7}[A-Z]$/

export function isDni(signs: string): boolean {
  return dni.test(signs) && dniLetters.charAt(Number(signs.slice(0, 8)) % 23) === signs.charAt(8)
}

export function isNie(signs: string): boolean {
  return nie.test(signs) && isDni('XYZ'.indexOf(signs.charAt(0)) + signs.slice(1))
}

/** Decreto ministeriale 23 December 1976: months as letters, digits that may be letters, and the control letter. */
const codiceFiscale = /^[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPR-T][0-7LMNP-T][0-9LMNP-V][A-Z][0-9LMNP-V]{3}[A-Z]$/
const omocodia = 'LMNPQRSTUV'
const oddValues = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]

export function isCodiceFiscale(signs: string): boolean {
  if (!codiceFiscale.test(signs)) return false
  const day = Number([...signs.slice(9, 11)].map(digitOf).join(''))
  if (day < 1 || (day > 31 && day < 41) || day > 71) return false
  let sum = 0
  for (let at = 0; at < 15; at += 1) {
    const value = valueOfSign(signs, at)
    sum += at % 2 === 0 ? (oddValues[value] ?? 0) : value
  }
  return signs.charCodeAt(15) === 0x41 + (sum % 26)
}

function digitOf(sign: string): number {
  const letter = omocodia.indexOf(sign)
  return letter < 0 ? Number(sign) : letter
}

function valueOfSign(signs: string, at: number): number {
  const unit = signs.charCodeAt(at)
  return unit < 0x40 ? unit - 0x30 : unit - 0x41
}

const corsican = /^[1-478]\d\d(?:0[1-9]|1[0-2]|[2-9]\d)2[AB]\d{8}$/

/** INSEE: for the key, 2A counts as 19 and 2B as 18. */
export function isCorsicanNir(signs: string): boolean {
  if (!corsican.test(signs)) return false
  const place = signs.charAt(6) === 'A' ? '19' : '18'
  return mod97(signs.slice(0, 5) + place + signs.slice(7, 13)) === 97 - Number(signs.slice(13))
}
