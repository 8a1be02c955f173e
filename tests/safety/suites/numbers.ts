/**
 * People's numbers, made with their check digits straight from the registers' own words; the gate's arithmetic has no
 * part in it.
 */

import type { Dice } from './instance.js'

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)
const digitsOf = (text: string) => [...text].map(Number)
const letterOf = (alphabet: string, at: number) => alphabet[at] ?? ''
const capitals = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** ISO/IEC 7812-1, annex B: the digit that is tried until the sum ends in 0. */
export function withLuhn(start: string): string {
  for (let digit = 0; digit <= 9; digit += 1) {
    const whole = `${start}${digit}`
    const sum = sumOf(
      digitsOf(whole)
        .reverse()
        .map((number, at) => (at % 2 === 0 ? number : sumOf(digitsOf(String(2 * number))))),
    )
    if (sum % 10 === 0) return whole
  }
  throw new Error('no digit fits')
}

/** ISO 13616: the two digits for which the number as a whole leaves 1 by 97. */
export function withIbanCheck(country: string, account: string): string {
  const asNumber = (text: string) => [...text].map((char) => Number.parseInt(char, 36)).join('')
  const rest = BigInt(asNumber(`${account}${country}00`)) % 97n
  return `${country}${String(98n - rest).padStart(2, '0')}${account}`
}

/** Verhoeff's check (UIDAI for Aadhaar), by composing the permutation and the dihedral group D5 instead of tables. */
export function withVerhoeff(start: string): string {
  const multiply = (a: number, b: number): number =>
    a < 5 ? (b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5)) : b < 5 ? 5 + ((((a - b) % 5) + 5) % 5) : (a - b + 5) % 5
  const step = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
  const permuted = (digit: number, times: number) => {
    let at = digit
    for (let i = 0; i < times % 8; i += 1) at = step[at] ?? 0
    return at
  }
  for (let digit = 0; digit <= 9; digit += 1) {
    const whole = `${start}${digit}`
    const check = digitsOf(whole)
      .reverse()
      .reduce((sum, number, at) => multiply(sum, permuted(number, at)), 0)
    if (check === 0) return whole
  }
  throw new Error('no digit fits')
}

/** NHS Data Dictionary, NHS NUMBER: weights 10 to 2, eleven minus the rest; 10 is no number. */
export function nhsNumber(dice: Dice): string {
  for (;;) {
    const start = `${4 + dice.roll(3)}${dice.digits(8)}`
    const check = (11 - (sumOf(digitsOf(start).map((digit, at) => digit * (10 - at))) % 11)) % 11
    if (check < 10) return `${start}${check}`
  }
}

/** Receita Federal: two digits, each eleven minus the weighted rest, and 0 from ten on. */
export function cpf(dice: Dice): string {
  let number = dice.digits(9)
  for (const from of [10, 11]) {
    const rest = (sumOf(digitsOf(number).map((digit, at) => digit * (from - at))) * 10) % 11
    number += String(rest % 10)
  }
  return number
}

/** INSEE: 97 minus the rest of the thirteen digits. */
export function nir(dice: Dice): string {
  const month = String(1 + dice.roll(12)).padStart(2, '0')
  const place = String(1 + dice.roll(95))
    .padStart(2, '0')
    .replace('20', '21')
  const start = `${1 + dice.roll(2)}${dice.digits(2)}${month}${place}${1 + dice.roll(9)}${dice.digits(2)}${1 + dice.roll(9)}${dice.digits(2)}`
  return `${start}${String(97n - (BigInt(start) % 97n)).padStart(2, '0')}`
}

/** Bundeszentralamt für Steuern: ten digits of which one comes twice and one not at all, then ISO 7064 mod 11,10. */
export function germanTaxId(dice: Dice): string {
  for (;;) {
    const left = [...'0123456789']
    left.splice(dice.roll(10), 1)
    left.push(dice.pick(left))
    let start = ''
    while (left.length > 0) start += left.splice(dice.roll(left.length), 1)[0] ?? ''
    if (start.startsWith('0')) continue
    let product = 10
    for (const digit of digitsOf(start)) product = (((digit + product) % 10 || 10) * 2) % 11
    return `${start}${(11 - product) % 10}`
  }
}

/** Ministerio del Interior: the letter stands at the rest by 23; X, Y, Z of an NIE count as 0, 1, 2. */
export function dni(dice: Dice): string {
  const number = dice.digits(8)
  return `${number}${letterOf('TRWAGMYFPDXBNJZSQVHLCKE', Number(number) % 23)}`
}

export function nie(dice: Dice): string {
  const [first, rest] = [dice.roll(3), dice.digits(7)]
  return `${'XYZ'[first] ?? ''}${rest}${letterOf('TRWAGMYFPDXBNJZSQVHLCKE', Number(`${first}${rest}`) % 23)}`
}

/** Decreto 23.12.1976: odd places count by a table of their own, even ones by their order. */
export function codiceFiscale(dice: Dice): string {
  const consonants = 'BCDFGLMNPRSTVZ'
  const day = String(1 + dice.roll(28)).padStart(2, '0')
  const start = `${dice.letters(6, consonants)}${dice.digits(2)}${dice.pick([...'ABCDEHLMPRST'])}${day}${dice.pick(['H501', 'F205', 'L219', 'A944', 'D612'])}`
  const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]
  const orderOf = (char: string) => (/\d/.test(char) ? Number(char) : capitals.indexOf(char))
  const sum = sumOf([...start].map((char, at) => (at % 2 === 0 ? (odd[orderOf(char)] ?? 0) : orderOf(char))))
  return `${start}${letterOf(capitals, sum % 26)}`
}

/** ABA: weights 3, 7, 1 sum to a multiple of ten; the first two digits name a Federal Reserve district. */
export function routingNumber(dice: Dice): string {
  const start = `${String(1 + dice.roll(12)).padStart(2, '0')}${dice.digits(6)}`
  const sum = sumOf(digitsOf(start).map((digit, at) => digit * ([3, 7, 1][at % 3] ?? 0)))
  return `${start}${(10 - (sum % 10)) % 10}`
}
