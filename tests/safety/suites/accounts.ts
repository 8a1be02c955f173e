/** Numbers of cards and accounts. Where an example is published, its source stands beside it. */

import { always, fours, grouped, type Kind, type Make } from './instance.js'
import * as numbers from './numbers.js'

const cardStarts: readonly (readonly [string, number])[] = [
  ['4', 16],
  ['51', 16],
  ['55', 16],
  ['2221', 16],
  ['2720', 16],
  ['34', 15],
  ['37', 15],
  ['6011', 16],
  ['65', 16],
  ['644', 16],
  ['36', 14],
  ['38', 14],
  ['3528', 16],
  ['3589', 16],
  ['62', 16],
  ['5018', 16],
  ['6759', 16],
  ['2200', 16],
]
const card: Make = (dice) => {
  const [start, size] = dice.pick(cardStarts)
  return numbers.withLuhn(start + dice.digits(size - 1 - start.length))
}
const cardInGroups =
  (sign: string): Make =>
  (dice) => {
    const number = card(dice)
    return number.length === 16
      ? grouped(number, [4, 4, 4, 4], sign)
      : number.length === 15
        ? grouped(number, [4, 6, 5], sign)
        : grouped(number, [4, 6, 4], sign)
  }

/** Lengths of the BBAN, of digits alone, by the SWIFT IBAN registry. */
const bbanSizes: readonly (readonly [string, number])[] = [
  ['DE', 18],
  ['AT', 16],
  ['BE', 12],
  ['DK', 14],
  ['FI', 14],
  ['ES', 20],
  ['PL', 24],
  ['PT', 21],
  ['SE', 20],
  ['NO', 11],
  ['CZ', 20],
  ['HU', 24],
  ['EE', 16],
  ['LT', 16],
  ['SI', 15],
  ['HR', 17],
  ['SK', 20],
  ['IS', 22],
  ['RS', 18],
]
const iban: Make = (dice) => {
  const [country, size] = dice.pick(bbanSizes)
  return numbers.withIbanCheck(country, dice.digits(size))
}
const letteredIban: Make = (dice) =>
  dice.pick([
    () => numbers.withIbanCheck('GB', `${dice.letters(4, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')}${dice.digits(14)}`),
    () => numbers.withIbanCheck('NL', `${dice.pick(['ABNA', 'INGB', 'RABO'])}${dice.digits(10)}`),
    () => numbers.withIbanCheck('IT', `X${dice.digits(22)}`),
    () => numbers.withIbanCheck('FR', `${dice.digits(20)}A${dice.digits(2)}`),
    () => numbers.withIbanCheck('CH', `${dice.digits(17)}`),
    () => numbers.withIbanCheck('IE', `AIBK${dice.digits(14)}`),
  ])()

export const accounts: readonly Kind[] = [
  {
    kind: 'card',
    labels: ['card number', 'credit card'],
    isPlain: true,
    make: [
      card,
      cardInGroups(' '),
      cardInGroups('-'),
      // The numbers with which Stripe, PayPal and Adyen have payments tried.
      ...always(
        '4242424242424242',
        '5555555555554444',
        '378282246310005',
        '6011111111111117',
        '3056930009020004',
        '3566002020360505',
        '6200000000000005',
        '4000 0566 5566 5556',
        '2223-0031-2200-3222',
        '5105105105105100',
        '6759649826438453',
        '4917610000000000',
      ),
    ],
  },
  {
    kind: 'IBAN',
    labels: ['IBAN', 'account'],
    isPlain: true,
    make: [
      iban,
      (dice) => fours(iban(dice)),
      letteredIban,
      (dice) => fours(letteredIban(dice)),
      (dice) => letteredIban(dice).toLowerCase(),
      // SWIFT IBAN registry, the example of each country.
      ...always(
        'GB29 NWBK 6016 1331 9268 19',
        'FR1420041010050500013M02606',
        'MT84MALT011000012345MTLCAST001S',
        'CH9300762011623852957',
        'NO9386011117947',
        'SA0380000000608010167519',
        'BR1800360305000010009795493C1',
        'KW81CBKU0000000000001234560101',
      ),
    ],
  },
  {
    kind: 'bank account',
    labels: ['account number', 'bank account', 'account no'],
    isPlain: false,
    make: [
      (dice) => `${1 + dice.roll(9)}${dice.digits(7)}`,
      (dice) => `${1 + dice.roll(9)}${dice.digits(9)}`,
      (dice) => `${1 + dice.roll(9)}${dice.digits(11)}`,
    ],
  },
  {
    kind: 'routing number',
    labels: ['routing number', 'ABA', 'RTN'],
    isPlain: false,
    make: [numbers.routingNumber, ...always('111000025', '021000021')],
  },
]
