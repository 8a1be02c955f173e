/** Texts that are made to stall a search: what begins like a secret, again and again. */
import { describe, expect, test } from 'vitest'
import { secretsFilter } from '../../../src/safety/filters/secrets/secretsFilter.js'
import { lookAt } from './look.js'

const repeated = (unit: string, length: number): string => unit.repeat(Math.ceil(length / unit.length)).slice(0, length)

const begun = [
  'eyJ',
  'eyJ.',
  'eyJ.\n',
  'eyJhbGciOi\n',
  'ghp_n0tAR\n',
  'curl;',
  'curl -u a:$B ',
  `curl '"\\"`,
  `${'eyJ'.repeat(300)}.eyJ.`,
  '-----BEGIN ',
  `-----BEGIN PRIVATE ${'KEY'}-----\nabc `,
  '://',
  'a://b:c@',
  'password=',
  'password="',
  'api_key: ',
  'token AbC1',
  'ghp_',
  '-MT',
  'Q~',
  ':AA',
  'basic aGVsbG8 ',
  'bearer a',
  'aws key ',
  'sessionid=',
  'secret_key_',
  '\\"',
  'PuTTY-User-Key-File-',
]

describe('hostile texts', () => {
  test.each(begun)('[SC20] %j over and over is looked through to its end', (unit) => {
    const secret = `glpat-${'n0tAR3alT0ken4Anyb0dy'}`
    for (const length of [4_096, 262_144]) {
      const text = `${repeated(unit, length)}\n\n${secret}`
      let places = 0
      secretsFilter().look({ view: 'folded', text, inKey: false, label: () => '' }, (_, { start, end }) => {
        places += 1
        expect(start).toBeLessThan(end)
        expect(end).toBeLessThanOrEqual(text.length)
      })
      expect(places).toBeGreaterThan(0)
      expect(places).toBeLessThanOrEqual(256)
    }
  })

  test('[SC20] lone surrogates and control characters are texts like others', () => {
    expect(lookAt('\ud800\u0000token=\udfff')).toEqual([])
  })
})

describe('what only looks like a secret', () => {
  test.each([
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    'commit 9fceb02d0ae598e95dc970b74767f19372d61af8',
    '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    'V1StGXR8_Z5jdHi6B-myT',
    '"integrity": "sha512-5LwGyIjXAMvX0pQ9Ypg7BfEnG0hU9aCHj8pHJ4M7sBdT0bJwMSu0pw3t4Qq8lYvzZfZ1yVtT1qTqgqDg7xkL0A=="',
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'var t=function(e,n){return e.token===n.token?e.key:n.key};',
    'export function makeToken(secret: Uint8Array): string',
    'password reset was requested by the user',
    'https://example.org/reset?step=2',
    '{"usage":{"prompt_tokens":412,"completion_tokens":1284}}',
    'the secretary keeps the keys',
    'X-PGP-Rsakey: 0xCAA67415',
    'classid="clsid:D27CDB6E-AE6D-11cf-96B8-444553540000"',
    'see src/main/tokenSecret.ts and SECRET_KEY_NAMES',
  ])('[SC21] %j passes', (text) => {
    expect(lookAt(text)).toEqual([])
  })

  test('[SC22] a field that is named like a secret is one by its value', () => {
    expect(lookAt('correct horse', 'db password')).toMatchObject([{ rule: 'secret.assignment' }])
    expect(lookAt('n0tAR3alT0ken', 'auth token')).toMatchObject([{ rule: 'secret.assignment' }])
    expect(lookAt('3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'heroku key')).toHaveLength(1)
    expect(lookAt('changeme', 'password')).toEqual([])
    expect(lookAt('bearer', 'token type')).toEqual([])
    expect(lookAt('n0tAR3alT0ken', 'next page token')).toEqual([])
    expect(lookAt('n0tAR3alT0ken', 'auth token', true)).toEqual([])
  })

  test('[SC23] of several ways to be a secret the one that says most is told', () => {
    const token = `ghp_${'n0tAR3alT0ken4Anyb0dy'.repeat(2)}`
    expect(lookAt(`api_key="${token}"`)).toEqual([{ rule: 'secret.github-pat', text: token }])
  })
})
