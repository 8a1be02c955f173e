/**
 * What was said as JSON, for a schema to be held against: the form that HTTP shows. Binary is `{"$bin": base64}`, an
 * integer beyond 2^53 is `{"$int": digits}`, and a name that starts with `$` gets another `$`.
 */

import { Buffer } from 'node:buffer'
import { MessageMap, readValue } from '../../messageValue.js'

export type JsonForm = null | boolean | number | string | JsonForm[] | { [name: string]: JsonForm }

/** Deeper than a schema is ever held against: those who follow one level by a call have no more than their stack. */
export class TooDeep extends Error {
  override readonly name = 'TooDeep'
}

/** Throws TooDeep, and UnreadableValue for what no message can hold. */
export function jsonFormOf(value: unknown, depth: number): JsonForm {
  const read = readValue(value)
  if (read === null || typeof read === 'boolean' || typeof read === 'string') return read
  if (typeof read === 'number') return Number.isFinite(read) ? read : { $num: String(read) }
  if (typeof read === 'bigint') return Number.isSafeInteger(Number(read)) ? Number(read) : { $int: String(read) }
  if (read instanceof Uint8Array) return { $bin: base64Of(read) }
  if (depth === 0) throw new TooDeep('it is nested deeper than a schema is held against')
  if (!(read instanceof MessageMap)) return read.map((item) => jsonFormOf(item, depth - 1))
  // Made of entries: a name such as `__proto__` is a name like any other.
  return Object.fromEntries(
    read.names.map((name) => [name.startsWith('$') ? `$${name}` : name, jsonFormOf(read.get(name), depth - 1)]),
  )
}

/** The pointer in what was said, of one in its JSON form: names as they were sent, binary and integers as wholes. */
export function sentPointer(pointer: string): string {
  const tokens: string[] = []
  for (const token of pointer.split('/').slice(1)) {
    if (token === '$bin' || token === '$int' || token === '$num') break
    tokens.push(token.startsWith('$$') ? token.slice(1) : token)
  }
  return tokens.map((token) => `/${token}`).join('')
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
