import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalForm } from '../../src/safety/canonicalForm.js'
import { hashOfOutput } from '../../src/safety/outputHash.js'

describe('canonical form', () => {
  test('[S10] what JSON can say is written as RFC 8785 has it', () => {
    // The example of its section 3.2.2 and 3.2.3.
    const value: unknown = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`)
    expect(canonicalForm(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
    const names = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 }
    expect(Object.values(JSON.parse(canonicalForm(names)))).toHaveLength(7)
    expect(canonicalForm(names)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\u{1f600}":5,"\ufb33":3}')
  })

  test('[S10] it is JSON, and reading it back changes nothing', () => {
    fc.assert(
      fc.property(plainJson(), (value) => {
        expect(JSON.parse(canonicalForm(value))).toEqual(value)
      }),
    )
  })

  test.each([
    [-0, '0'],
    [2 ** 53, '{"$int":"9007199254740992"}'],
    [2n ** 53n, '{"$int":"9007199254740992"}'],
    [7n, '7'],
    [-(2n ** 63n), '{"$int":"-9223372036854775808"}'],
    [2n ** 64n - 1n, '{"$int":"18446744073709551615"}'],
    [1e300, '1e+300'],
    [Number.NaN, '{"$num":"NaN"}'],
    [Number.NEGATIVE_INFINITY, '{"$num":"-Infinity"}'],
    [new Uint8Array([0, 255]), '{"$bin":"AP8="}'],
    [{ $bin: 'AP8=' }, '{"$$bin":"AP8="}'],
    [
      new Map([
        ['b', 1],
        ['a', 2],
      ]),
      '{"a":2,"b":1}',
    ],
    [[undefined, { a: undefined, b: null }], '[null,{"b":null}]'],
    ['\ud800', '"\\ud800"'],
    [undefined, 'null'],
  ])('[S11] %s is %s', (value, form) => {
    expect(canonicalForm(value)).toBe(form)
  })

  test('[S11] order of names makes no difference to the hash, and any other change does', () => {
    expect(hashOfOutput({ a: 1, b: [2, '3'] })).toBe(hashOfOutput({ b: [2, '3'], a: 1 }))
    fc.assert(
      fc.property(messageValue(), messageValue(), (one, other) => {
        const isSame = canonicalForm(one) === canonicalForm(other)
        expect(hashOfOutput(one) === hashOfOutput(other)).toBe(isSame)
      }),
    )
    const different = [
      null,
      false,
      0,
      '',
      '0',
      [],
      {},
      [[]],
      [null],
      { a: null },
      '{}',
      new Uint8Array(0),
      { $bin: '' },
      [0, 1],
      '0,1',
    ]
    expect(new Set(different.map(hashOfOutput)).size).toBe(different.length)
  })

  test('[S11] the hash is the SHA-256 of the form', () => {
    expect(hashOfOutput({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a')
  })

  test('[S11] depth costs no stack', () => {
    let value: unknown = 1
    for (let i = 0; i < 100_000; i += 1) value = i % 2 === 0 ? [value] : { k: value }
    expect(hashOfOutput(value)).toMatch(/^[0-9a-f]{64}$/)
  })

  test.each([[new Date(0)], [() => 1], [Symbol('x')], [2n ** 64n], [new Set()], [new Map([[1, 2]])]])(
    '[S11] %s has no hash',
    (value) => {
      expect(() => hashOfOutput([value])).toThrow()
    },
  )
})

function plainJson(): fc.Arbitrary<unknown> {
  return fc
    .jsonValue()
    .filter((value) => !/"\$|-0|e\+|\d{16}|__proto__/.test(JSON.stringify(value)) && !hasNegativeZero(value))
}

function hasNegativeZero(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Object.is(value, -0)
  return Object.values(value).some(hasNegativeZero)
}

function messageValue(): fc.Arbitrary<unknown> {
  return fc.anything({
    maxDepth: 2,
    withBigInt: false,
    withDate: false,
    withSet: false,
    withTypedArray: false,
    withObjectString: false,
  })
}
