/**
 * Arbitrary free values, and MessagePack by the other implementation, as a judge of ours.
 */
import fc from 'fast-check'
import { Packr, Unpackr } from 'msgpackr'

/** Finite, and without -0, which is 0 on the wire. */
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
)
/** Beyond what a number can say, within 64 bits. */
const large = fc.oneof(
  fc.bigInt({ min: 2n ** 53n + 1n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) - 1n }),
)
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string())
const key = fc
  .oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('$bin', '$int', '$', '$$a', 'toString'))
  .filter((name) => name !== '__proto__')

/** Any free value. Binaries are plain Uint8Arrays. */
export const freeValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, depthSize: 'medium' },
    fc.constant(null),
    fc.boolean(),
    number,
    large,
    text,
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(key, tie('value'), { maxKeys: 24, noNullPrototype: true }),
  ),
})).value

const packr = new Packr({ useRecords: false, variableMapSize: true })
const unpackr = Object.assign(new Unpackr({ useRecords: false, mapsAsObjects: true }), { int64AsType: 'auto' })

export const packByOther = (value: unknown): Buffer => packr.pack(value)
export const unpackByOther = (bytes: Uint8Array): unknown => plain(unpackr.unpack(bytes))

/** The same value with Buffers as Uint8Arrays, which compare differently. */
export const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Uint8Array.from(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]))
}
