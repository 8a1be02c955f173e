/** Numbers with check digits, against another library: what it calls valid is found, what it doesn't is not. */
import fc from 'fast-check'
import { stdnum } from 'stdnum'
import { describe, expect, test } from 'vitest'
import { isCardNumber } from '../../../src/safety/filters/pii/cards.js'
import { isLuhn } from '../../../src/safety/filters/pii/checkDigits/luhn.js'
import { mod97 } from '../../../src/safety/filters/pii/checkDigits/mod97.js'
import { isVerhoeff } from '../../../src/safety/filters/pii/checkDigits/verhoeff.js'
import { isCodiceFiscale, isDni, isNie, isNino } from '../../../src/safety/filters/pii/letteredNumbers.js'
import { rulesIn } from './look.js'

/** What the other library says of it. */
function oracle(country: string, name: string, number: string): boolean {
  const validator = stdnum[country]?.[name]
  if (validator === undefined) throw new Error(`no ${country}.${name}`)
  return validator.validate(number).isValid
}

const digits = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((all) => all.join(''))
const letters = (length: number, of = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') =>
  fc.array(fc.constantFrom(...of), { minLength: length, maxLength: length }).map((all) => all.join(''))

/** All ways to end it; those that the oracle calls valid are numbers. */
const endings = (body: string, length: number): readonly string[] =>
  Array.from({ length: 10 ** length }, (_, end) => body + String(end).padStart(length, '0'))

type Register = {
  readonly rule: string
  readonly label: string
  readonly bodies: fc.Arbitrary<string>
  readonly ends: (body: string) => readonly string[]
  readonly isValid: (number: string) => boolean
}

const bySex = (body: string) =>
  endings(body, 2).concat(
    endings(`${body.slice(0, 5)}2A${body.slice(7)}`, 2),
    endings(`${body.slice(0, 5)}2B${body.slice(7)}`, 2),
  )

const registers: readonly Register[] = [
  {
    rule: 'pii.in-aadhaar',
    label: '',
    // Dates with times and years in a row are left out by this rule alone.
    bodies: digits(11).filter((body) => body >= '21'),
    ends: (body) => endings(body, 1),
    isValid: (number) => oracle('IN', 'aadhaar', number),
  },
  {
    rule: 'pii.ca-sin',
    label: 'sin',
    bodies: digits(8).filter((body) => body > '1'),
    ends: (body) => endings(body, 1),
    isValid: (number) => oracle('CA', 'sin', number),
  },
  {
    rule: 'pii.br-cpf',
    label: '',
    bodies: digits(9),
    ends: (body) => endings(body, 2),
    isValid: (number) => oracle('BR', 'cpf', number),
  },
  {
    rule: 'pii.de-tax-id',
    label: '',
    bodies: fc
      .tuple(fc.shuffledSubarray([...'0123456789'], { minLength: 9, maxLength: 9 }), fc.nat(8), fc.nat(9))
      .map(([nine, which, where]) => nine.toSpliced(where, 0, nine[which] ?? '').join(''))
      .filter((body) => !body.startsWith('0')),
    ends: (body) => endings(body, 1),
    isValid: (number) => oracle('DE', 'idnr', number),
  },
  {
    rule: 'pii.fr-nir',
    label: '',
    bodies: fc
      .tuple(
        fc.constantFrom('1', '2'),
        digits(2),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 95 }),
        digits(6),
      )
      .map(
        ([sex, year, month, place, rest]) =>
          sex + year + String(month).padStart(2, '0') + String(place).padStart(2, '0') + rest,
      ),
    ends: bySex,
    isValid: (number) => oracle('FR', 'nir', number),
  },
  {
    rule: 'pii.us-ssn',
    label: 'ssn',
    bodies: digits(8),
    ends: (body) => endings(body, 1),
    // It knows three numbers that were printed in advertisements, to us like any other, and lets zeros end a number.
    isValid: (number) =>
      !number.endsWith('0000') &&
      (oracle('US', 'ssn', number) || ['078051120', '457555462', '219099999'].includes(number)),
  },
  {
    rule: 'pii.es-dni',
    label: '',
    bodies: fc.oneof(
      digits(8),
      fc.tuple(fc.constantFrom('X', 'Y', 'Z'), digits(7)).map(([first, rest]) => first + rest),
    ),
    ends: (body) => [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => body + letter),
    isValid: (number) => (/^\d/.test(number) ? oracle('ES', 'dni', number) : oracle('ES', 'nie', number)),
  },
  {
    rule: 'pii.it-codice-fiscale',
    label: '',
    bodies: fc
      .tuple(
        letters(6),
        digits(2),
        fc.constantFrom(...'ABCDEHLMPRST'),
        fc.integer({ min: 1, max: 28 }),
        fc.boolean(),
        letters(1),
        digits(3),
      )
      .map(([names, year, month, day, isWoman, place, code]) =>
        [names, year, month, String(isWoman ? day + 40 : day).padStart(2, '0'), place, code].join(''),
      ),
    ends: (body) => [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => body + letter),
    // It asks besides for names that could be abbreviated so, which we don't.
    isValid: (number) => oracle('IT', 'codicefiscale', number),
  },
]

describe('numbers of registers', () => {
  test.each(registers)(
    '[PI4] $rule: what the oracle calls valid is found, together and not glued to more digits',
    (register) => {
      const { rule, label, bodies, ends, isValid } = register
      let valid = 0
      fc.assert(
        fc.property(bodies, (body) => {
          for (const number of ends(body)) {
            if (!isValid(number)) continue
            valid += 1
            expect(rulesIn(number, label), number).toContain(rule)
            expect(rulesIn(`it is ${number}.`, label), number).toContain(rule)
          }
        }),
        { numRuns: 200 },
      )
      expect(valid).toBeGreaterThan(100)
    },
  )

  test.each(registers.filter(({ rule }) => !/ssn|codice/.test(rule)))(
    '[PI5] $rule: what the oracle calls wrong is not found',
    ({ rule, label, bodies, ends, isValid }) => {
      fc.assert(
        fc.property(bodies, (body) => {
          for (const number of ends(body)) {
            if (!isValid(number)) expect(rulesIn(number, label), number).not.toContain(rule)
          }
        }),
        { numRuns: 100 },
      )
    },
  )

  test('[PI5] a codice fiscale is found with one letter of 26 at its end, whichever digits are letters', () => {
    const body = registers.find(({ rule }) => rule.endsWith('fiscale'))?.bodies ?? fc.constant('')
    fc.assert(
      fc.property(body, fc.subarray([6, 7, 9, 10, 12, 13]), (plain, places) => {
        const written = [...plain]
          .map((sign, at) => (places.includes(at) ? 'LMNPQRSTUV'.charAt(Number(sign)) : sign))
          .join('')
        const right = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].filter((letter) => isCodiceFiscale(written + letter))
        expect(right).toHaveLength(1)
        expect(rulesIn(written + right[0])).toContain('pii.it-codice-fiscale')
      }),
    )
  })

  test('[PI5] a NINO is found where the oracle knows its prefix', () => {
    fc.assert(
      fc.property(letters(2), digits(6), letters(1), (prefix, number, suffix) => {
        const signs = prefix + number + suffix
        expect(isNino(signs), signs).toBe(oracle('GB', 'nino', signs))
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('check digits', () => {
  const changed = (number: string, at: number, by: number) =>
    number.slice(0, at) + ((Number(number.charAt(at)) + by) % 10) + number.slice(at + 1)
  const oneChange = fc.tuple(fc.nat(10), fc.integer({ min: 1, max: 9 }))

  test('[PI6] one digit changed is noticed: Luhn, Verhoeff, MOD 97-10', () => {
    fc.assert(
      fc.property(digits(11), oneChange, (body, [at, by]) => {
        for (const check of [isLuhn, isVerhoeff]) {
          const right = endings(body, 1).filter(check)
          expect(right).toHaveLength(1)
          expect(check(changed(right[0] ?? '', at, by))).toBe(false)
        }
        expect(mod97(body)).toBe(Number(BigInt(body) % 97n))
        expect(mod97(changed(body, at, by))).not.toBe(mod97(body))
      }),
    )
  })

  test('[PI6] two neighbours swapped are noticed by Verhoeff', () => {
    fc.assert(
      fc.property(digits(11), fc.nat(9), (body, at) => {
        const right = endings(body, 1).find(isVerhoeff) ?? ''
        const swapped = right.slice(0, at) + right.charAt(at + 1) + right.charAt(at) + right.slice(at + 2)
        expect(isVerhoeff(swapped)).toBe(swapped === right)
      }),
    )
  })

  test('[PI6] one digit changed is noticed by DNI and NIE', () => {
    fc.assert(
      fc.property(digits(8), fc.nat(7), fc.integer({ min: 1, max: 9 }), (body, at, by) => {
        for (const [first, check] of [
          [body.charAt(0), isDni],
          ['X', isNie],
        ] as const) {
          const plain = first + body.slice(1)
          const right = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => plain + letter).find(check) ?? ''
          expect(right).not.toBe('')
          if (at > 0) expect(check(changed(right, at, by))).toBe(false)
        }
      }),
    )
  })
})

describe('payment cards', () => {
  const kinds: readonly (readonly [
    network: string,
    prefix: fc.Arbitrary<string>,
    length: number,
    groups: readonly number[],
  ])[] = [
    ['Visa', fc.constant('4'), 16, [4, 4, 4, 4]],
    ['Visa, short', fc.constant('4'), 13, [4, 4, 5]],
    ['Visa, long', fc.constant('4'), 19, [4, 4, 4, 4, 3]],
    ['Mastercard', fc.integer({ min: 51, max: 55 }).map(String), 16, [4, 4, 4, 4]],
    ['Mastercard, new', fc.integer({ min: 2221, max: 2720 }).map(String), 16, [4, 4, 4, 4]],
    ['American Express', fc.constantFrom('34', '37'), 15, [4, 6, 5]],
    ['Diners Club', fc.constantFrom('300', '305', '36', '38', '39'), 14, [4, 6, 4]],
    ['Discover', fc.constantFrom('6011', '644', '649', '65', '622126', '622925'), 16, [4, 4, 4, 4]],
    ['JCB', fc.integer({ min: 3528, max: 3589 }).map(String), 16, [4, 4, 4, 4]],
    ['UnionPay', fc.constant('62'), 19, [6, 13]],
    ['Maestro', fc.constantFrom('5018', '5020', '5038', '5893', '6304', '6759', '6761', '6763'), 12, [4, 4, 4]],
    ['Mir', fc.integer({ min: 2200, max: 2204 }).map(String), 16, [4, 4, 4, 4]],
  ]
  const grouped = (number: string, groups: readonly number[], sign: string) => {
    const starts = groups.map((_, i) => groups.slice(0, i).reduce((sum, size) => sum + size, 0))
    return groups.map((size, i) => number.slice(starts[i], (starts[i] ?? 0) + size)).join(sign)
  }

  test.each(kinds)(
    '[PI7] %s is found in its groups, whatever is between them, and not with another check digit',
    (...kind) => {
      const [, prefixes, length, groups] = kind
      fc.assert(
        fc.property(
          prefixes,
          digits(19),
          fc.constantFrom('', ' ', '-', '.', '/', '_', '\n', ' - ', '  ', '\u00a0', '\u2013'),
          (prefix, rest, sign) => {
            const body = (prefix + rest).slice(0, length - 1)
            for (const number of endings(body, 1)) {
              const text = `paid with ${grouped(number, groups, sign)}, thanks`
              if (isLuhn(number)) expect(rulesIn(text), text).toContain('pii.payment-card')
              // In groups, some of them may be a shorter number.
              else if (sign === '') expect(rulesIn(text), text).not.toContain('pii.payment-card')
            }
          },
        ),
      )
    },
  )

  test('[PI7] other ranges and lengths are none', () => {
    for (const number of [
      '0000000000000000',
      '1234567812345670',
      '7992739871300000',
      '9999999999999995',
      '411111111111',
    ]) {
      expect(isCardNumber(number), number).toBe(false)
    }
  })
})
