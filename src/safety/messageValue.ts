/**
 * What a value that came in a message can be, as JavaScript holds it. Whoever walks through what an agent said asks
 * here, so that the gate and the hash can't disagree on what a value contains: anything else is refused, never skipped.
 */

/** A map, by its names. Values are asked for one by one: listing those of a large map costs more than look-ups. */
export class MessageMap {
  readonly names: readonly string[]
  readonly #fields: Readonly<Record<string, unknown>>

  constructor(fields: Readonly<Record<string, unknown>>) {
    this.names = Object.keys(fields)
    this.#fields = fields
  }

  get(name: string): unknown {
    return this.#fields[name]
  }
}

export type MessageValue = null | boolean | number | bigint | string | Uint8Array | MessageMap | readonly unknown[]

/** A value that MessagePack can't say, or that this project doesn't let through. */
export class UnreadableValue extends Error {
  override readonly name = 'UnreadableValue'
}

const int64Min = -(2n ** 63n)
const uint64Max = 2n ** 64n - 1n

/** Throws UnreadableValue for functions, dates, instances of classes, integers over 64 bits, names that are no text. */
export function readValue(value: unknown): MessageValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value
    case 'undefined':
      return null
    case 'object':
      return value === null ? null : readObject(value)
    case 'bigint':
      if (value >= int64Min && value <= uint64Max) return value
      throw new UnreadableValue('an integer needs more than 64 bits')
    default:
      throw new UnreadableValue(`a ${typeof value} is no value of a message`)
  }
}

function readObject(value: object): MessageValue {
  if (Array.isArray(value)) return value
  if (isPlainObject(value)) return new MessageMap(value)
  if (value instanceof Uint8Array) return value
  if (value instanceof Map) return new MessageMap(fieldsOf(value))
  throw new UnreadableValue('an instance of a class is no value of a message')
}

function isPlainObject(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function fieldsOf(map: ReadonlyMap<unknown, unknown>): Readonly<Record<string, unknown>> {
  for (const name of map.keys()) {
    if (typeof name !== 'string') throw new UnreadableValue(`a map has a name that is no text but ${typeof name}`)
  }
  return Object.fromEntries(map)
}
