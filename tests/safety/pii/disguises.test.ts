/** What is held plain is held in each disguise that numbers can have, and in every two of them. */
import { describe, expect, test } from 'vitest'
import { combined, disguisesOf, scatterings } from '../disguises.js'
import { findingsIn } from './look.js'

const numbers: readonly (readonly [rule: string, text: string])[] = [
  ['pii.payment-card', '4111 1111 1111 1111'],
  ['pii.payment-card', '378282246310005'],
  ['pii.us-ssn', 'SSN 536-22-8726'],
  ['pii.in-aadhaar', '2341 2341 2346'],
  ['pii.br-cpf', '529.982.247-25'],
  ['pii.de-tax-id', '86095742719'],
  ['pii.fr-nir', '255081416802538'],
]

const rulesOf = (value: unknown) => findingsIn(value).map(({ rule }) => rule)

describe.each(numbers)('%s: %s', (rule, text) => {
  test.each(disguisesOf('digits').map((one) => [one.name, one] as const))('[PI8] is found in %s', (_, { apply }) => {
    expect(rulesOf(apply(text)), apply(text)).toContain(rule)
  })

  // Spelling takes the gaps out of a number: over signs that nobody sees it leaves others behind, of unequal length.
  // Base64 of UTF-16 in other scripts isn't told from a picture.
  test('[PI9] is found in two disguises, the second of them not a spelling', () => {
    const pairs = combined('digits').filter(({ layer, name }) => layer !== 'spelling' && !name.endsWith('of UTF-16'))
    expect(pairs.length).toBeGreaterThan(700)
    const missed = pairs.filter(({ apply }) => !rulesOf(apply(text)).includes(rule))
    expect(missed.map(({ name }) => name)).toEqual([])
  })

  test.each(scatterings.filter(({ hides }) => hides.includes('digits')).map((one) => [one.name, one] as const))(
    '[PI8] is found in %s',
    (_, { apply }) => {
      expect(rulesOf(apply(text))).toContain(rule)
    },
  )
})
