/** Values of fields: what may be one, and when two are the same. Texts are kept as UTF-8, so half a character isn't. */
import type { Scalar } from '../port.js'
import { byteString, InvalidWrite } from './names.js'

const halfCharacter = /[\ud800-\udfff]/
const longBytes = 1_024

/** A value as it is kept: bytes are copied, as the caller's may be a piece of something large. */
export function checkedScalar(value: unknown): Scalar {
  if (typeof value === 'string') return halfCharacter.test(value) ? Buffer.from(value, 'utf8').toString('utf8') : value
  if (typeof value === 'boolean') return value
  if (value instanceof Uint8Array) return Buffer.from(value)
  return finite(value)
}

export function finite(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value + 0
  throw new InvalidWrite(`${typeof value === 'number' ? value : `a value of type ${typeof value}`} can't be kept`)
}

/** Throws where it can't be the name of a field. Objects carry fields, and have no room for one called `__proto__`. */
export function checkFieldName(name: string): string {
  byteString(name)
  if (name === '__proto__') throw new InvalidWrite("a field can't be called __proto__")
  return name
}

/** Kept apart from its record, so that a change of status doesn't write it again. */
export const isLong = (value: Scalar): boolean =>
  (typeof value === 'string' || typeof value === 'object') && value.length > longBytes

export function isSame(left: Scalar | undefined, right: Scalar): boolean {
  if (left === right) return true
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right) === 0
  return typeof right === 'string' && halfCharacter.test(right) && left === checkedScalar(right)
}

/** Roughly what a value weighs in a message. */
export const bytesOf = (value: Scalar): number =>
  typeof value === 'string' || typeof value === 'object' ? value.length : 8
