/** Where the filter looks, how it leads back, and what the worst texts do to it. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findingsIn, rulesIn, seenIn } from './look.js'

describe('what is around a number', () => {
  test('[PI10] words up to 40 characters before or after count, farther ones do not', () => {
    expect(rulesIn(`social security${' '.repeat(40)}536228726`)).toContain('pii.us-ssn')
    expect(rulesIn(`536228726${' '.repeat(40)}SSN it is`)).toContain('pii.us-ssn')
    expect(rulesIn(`social security${' '.repeat(60)}536228726`)).not.toContain('pii.us-ssn')
  })

  test('[PI10] short words count as words of their own, also in names with humps', () => {
    expect(rulesIn('classname 536228726')).toEqual([])
    expect(rulesIn('userSSN 536228726')).toContain('pii.us-ssn')
    expect(rulesIn('hotel 5550123')).toEqual([])
  })

  test('[PI10] the names of the fields that it stands in count', () => {
    expect(findingsIn({ person: { ssn: 536228726 } }).map(({ rule }) => rule)).toContain('pii.us-ssn')
    expect(findingsIn({ person: { passportNumber: 'C01X00T47' } }).map(({ rule }) => rule)).toContain('pii.passport')
    expect(findingsIn({ clients: [{ order: 536228726 }] })).toEqual([])
  })
})

describe('findings', () => {
  test('[PI11] name the number and nothing around it', () => {
    expect(seenIn('Card: 4111 1111 1111 1111, thanks')).toEqual([
      { rule: 'pii.payment-card', text: '4111 1111 1111 1111' },
    ])
    expect(seenIn('to <ann@example.org>.')).toEqual([{ rule: 'pii.email', text: 'ann@example.org' }])
    expect(seenIn('(IBAN DE89 3704 0044 0532 0130 00)')).toEqual([
      { rule: 'pii.iban', text: 'DE89 3704 0044 0532 0130 00' },
    ])
  })

  test('[PI11] lead to the place in the value, keys included', () => {
    expect(findingsIn({ people: [{ 'ann@example.org': true }] })).toMatchObject([
      { rule: 'pii.email', path: '/people/0/ann@example.org', inKey: true, start: 0, end: 15 },
    ])
  })
})

describe('whatever is said', () => {
  const pieces = [
    '1 ',
    '12.',
    '123-45-6789 ',
    '4111 1111 1111 1112 ',
    '123456789 ',
    '@',
    'a@a.',
    'Via 1 ',
    '1 Main ',
    'passport 12345 ',
    'tel 1234567 ',
    'born 1.1.',
    'aa:',
    '00:11:',
    'DE89 3704 0044 0532 0130 01 ',
    'abcdefghijklmn1 ',
    'A B 1 ',
    '+49 30 1 2 ',
    '<<<A1',
    '333-333-4444-',
    'ab',
    '1',
    '.',
    '-',
    '\n',
    '\u4e2d',
  ]

  test('[PI12] spans are within the text, and not empty', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), (parts) => {
        const text = parts.join('')
        for (const seen of seenIn(text)) expect(text.includes(seen.text) && seen.text.length > 0).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test.each(pieces)('[PI12] a quarter of a megabyte of %j is read to its end', (piece) => {
    const text = `${piece.repeat(262_144 / piece.length)} ann@example.org`
    expect(rulesIn(text)).toContain('pii.email')
  })
})
