/**
 * What the fields of frames are made of: schemas whose `description` is what an error says was expected.
 */
import Type, { type TSchema } from 'typebox'
import { bytesBetween, type Format, formats, limits } from './formats.js'
import { Raw } from './raw.js'

/** A text of a format. */
export const text = (format: Format) =>
  Type.Refine(Type.String({ description: format.expected }), format.accepts, () => format.expected)

export const textUpTo = (maxBytes: number) => text(bytesBetween(0, maxBytes))

export const integer = (minimum: number, maximum: number) =>
  Type.Integer({ minimum, maximum, description: `an integer from ${minimum} to ${maximum}` })

export const flag = Type.Boolean({ description: 'true or false' })

/** One of these words; its type is their union. */
export const oneOf = <const Words extends readonly string[]>(...words: Words) =>
  Type.Enum<[...Words]>(words, { description: `one of ${words.join(', ')}` })

export const listOf = <const Item extends TSchema>(item: Item, minItems: number, maxItems: number, of: string) =>
  Type.Array(item, { minItems, maxItems, description: `a list of ${minItems} to ${maxItems} ${of}` })

/** Numbers a request among the sender's open ones; its reply carries it as `re`. */
export const requestId = integer(0, limits.uint32)

/** A free value, as it came. */
export const free = Type.Refine(
  Type.Unsafe<Raw>({ description: 'any value' }),
  (value) => value instanceof Raw,
  () => 'any value',
)

/** A free value that may be left out: nil is as if it were. */
export const optionalFree = Type.Refine(
  Type.Unsafe<Raw>({ description: 'any value' }),
  (value) => value instanceof Raw && !value.isNil,
  () => 'any value',
)

export const id = text(formats.id)
export const lease = text(formats.lease)
export const name = text(formats.name)

/** How much of a list, and from where on: `cursor` comes from the answer before. */
export const paging = {
  limit: Type.Optional(integer(1, limits.uint32)),
  cursor: Type.Optional(textUpTo(limits.cursorBytes)),
}
