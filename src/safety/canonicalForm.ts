/**
 * One text for one value: two values have the same canonical form if and only if they say the same.
 *
 * It is RFC 8785 (JSON canonicalisation: names sorted by UTF-16 units, numbers as ECMAScript writes them, no space)
 * of the protocol's JSON form, which is what makes it defined for everything that MessagePack can say:
 * - a name that starts with `$` gets another `$`, so that no value can pass for one of the forms below;
 * - binary is `{"$bin": base64}`;
 * - an integer that isn't exact in a double's safe range, from -2^63 to 2^64 - 1, is `{"$int": digits}`, whether it
 *   came as an integer or as a double; a smaller one is a number in either case; -0 is 0;
 * - NaN and the infinities, which no frame may hold, are `{"$num": "NaN"}` and so on, so that the form always exists;
 * - lone surrogates are escaped (`\ud800`); undefined is null, and in a map as if the name were missing.
 */

import { Buffer } from 'node:buffer'
import { MessageMap, readValue } from './messageValue.js'

/** A container that is being written: a map's names in order or an array's items, and which of them it is at. */
type Level =
  | { readonly map: MessageMap; readonly items: readonly string[]; at: number }
  | { readonly map?: never; readonly items: readonly unknown[]; at: number }

/** Throws UnreadableValue for what no message can hold. Depth costs memory, not stack. */
export function canonicalForm(value: unknown): string {
  const levels: Level[] = []
  let form = begin(value, levels)
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    level.at += 1
    if (level.at >= level.items.length) {
      form += level.map === undefined ? ']' : '}'
      levels.pop()
      continue
    }
    if (level.at > 0) form += ','
    if (level.map === undefined) {
      form += begin(level.items[level.at], levels)
    } else {
      const name = level.items[level.at] ?? ''
      form += `${nameForm(name)}:`
      form += begin(level.map.get(name), levels)
    }
  }
  return form
}

/** The whole of a scalar; of a container the first character, with the rest left to do in `levels`. */
function begin(value: unknown, levels: Level[]): string {
  const read = readValue(value)
  if (read === null || typeof read === 'boolean' || typeof read === 'string') return JSON.stringify(read)
  if (typeof read === 'number') return numberForm(read)
  if (typeof read === 'bigint') return integerForm(read)
  if (read instanceof Uint8Array) return binaryForm(read)
  if (read instanceof MessageMap) {
    levels.push({ map: read, items: writtenNames(read), at: -1 })
    return '{'
  }
  levels.push({ items: read, at: -1 })
  return '['
}

/** Sorted; a `$` more at the start of some doesn't change the order. */
function writtenNames(map: MessageMap): readonly string[] {
  return map.names.filter((name) => map.get(name) !== undefined).sort()
}

function nameForm(name: string): string {
  return JSON.stringify(name.startsWith('$') ? `$${name}` : name)
}

function numberForm(n: number): string {
  if (!Number.isFinite(n)) return `{"$num":"${n}"}`
  const isBigInteger = Number.isInteger(n) && !Number.isSafeInteger(n) && n >= -(2 ** 63) && n < 2 ** 64
  return isBigInteger ? integerForm(BigInt(n)) : JSON.stringify(n)
}

function integerForm(n: bigint): string {
  const isSafe = n >= BigInt(Number.MIN_SAFE_INTEGER) && n <= BigInt(Number.MAX_SAFE_INTEGER)
  return isSafe ? String(n) : `{"$int":"${n}"}`
}

function binaryForm(bytes: Uint8Array): string {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  return `{"$bin":"${base64}"}`
}
