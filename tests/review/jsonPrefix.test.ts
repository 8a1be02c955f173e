import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toJson } from '../../src/protocol/json.js'
import { Raw } from '../../src/protocol/raw.js'
import { jsonPrefix } from '../../src/review/jsonPrefix.js'

const prefixOf = (value: unknown, maxBytes: number) => jsonPrefix(Raw.of(value).bytes, maxBytes)

const leaf = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 40 }),
  fc.bigInt({ min: 2n ** 60n, max: 2n ** 63n }),
)
const key = fc.string({ unit: 'grapheme' }).filter((name) => name !== '__proto__')
const value = fc.letrec((tie) => ({
  any: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('any')), fc.dictionary(key, tie('any'))),
})).any

describe('the beginning of a value as JSON', () => {
  it('[V10] of a value that fits is its JSON', () => {
    fc.assert(
      fc.property(value, (any) => {
        expect(prefixOf(any, 1_000_000)).toBe(JSON.stringify(toJson(any)))
      }),
    )
  })

  it('[V11] is what the whole JSON begins with, at most so many bytes, and never half a character', () => {
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 200 }), (any, maxBytes) => {
        const whole = JSON.stringify(toJson(any))
        const shown = prefixOf(any, maxBytes)
        expect(whole.startsWith(shown)).toBe(true)
        const bytes = Buffer.byteLength(shown)
        expect(bytes).toBeLessThanOrEqual(maxBytes)
        // Only a character that didn't fit may be missing.
        if (shown !== whole) expect(bytes).toBeGreaterThan(maxBytes - 4)
      }),
    )
  })

  it('[V12] escapes keys that start with $, integers beyond 2^53 and binaries as HTTP does', () => {
    const any = { $a: 2n ** 60n, b: Uint8Array.of(1, 2, 3) }
    expect(prefixOf(any, 1_000)).toBe('{"$$a":{"$int":"1152921504606846976"},"b":{"$bin":"AQID"}}')
  })

  it('[V13] reads a value of any depth and length', () => {
    const deep = Raw.of(Array.from({ length: 9_999 }).reduce<unknown>((inner) => [inner], 0)).bytes
    expect(jsonPrefix(deep, 4_096)).toBe('['.repeat(4_096))
    expect(prefixOf('é'.repeat(200_000), 4_096)).toBe(`"${'é'.repeat(2_047)}`)
    expect(prefixOf(new Uint8Array(200_000), 4_096)).toBe(`{"$bin":"${'A'.repeat(4_087)}`)
  })
})
