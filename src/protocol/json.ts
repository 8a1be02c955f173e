/**
 * Free values in JSON, which has no binary, no integers beyond 2^53 and no map keys to spare for saying so.
 *
 * `{"$bin": base64}` and `{"$int": "…"}` stand for them; a map key that starts with `$` gets another `$`. JSON is for
 * people and HTTP: values deeper than `jsonDepth` are refused, where those who print or parse them would give up.
 */
import { Unsayable } from './packing.js'
import { placeName } from './place.js'

export const jsonDepth = 1_000

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** Throws `Unsayable`, naming the place, for what is deeper than `jsonDepth` or no value of the protocol. */
export const toJson = (value: unknown): Json => toJsonAt(value, undefined)

/** Throws `Unsayable`, naming the place. Takes what `JSON.parse` gives. */
export const fromJson = (json: unknown): unknown => fromJsonAt(json, undefined)

/** Where in the value: told only when something is wrong there. */
type Place = { readonly step: string | number; readonly up: Place | undefined; readonly depth: number }

const toJsonAt = (value: unknown, place: Place | undefined): Json => {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : refuse(place, 'a finite number', value)
  if (typeof value === 'bigint') return { $int: value.toString() }
  if (value instanceof Uint8Array) return { $bin: base64(value) }
  if (Array.isArray(value)) return value.map((item, i) => toJsonAt(item, below(place, i)))
  if (typeof value !== 'object') return refuse(place, 'a value of the protocol', typeof value)
  const json: Record<string, Json> = {}
  for (const [key, field] of Object.entries(value))
    if (field !== undefined) json[key.startsWith('$') ? `$${key}` : key] = toJsonAt(field, below(place, key))
  return json
}

const fromJsonAt = (json: unknown, place: Place | undefined): unknown => {
  if (typeof json === 'string')
    return loneSurrogate.test(json) ? refuse(place, 'well-formed text', 'a lone surrogate') : json
  // JSON.parse makes an infinity of 1e999.
  if (typeof json === 'number') return Number.isFinite(json) ? json : refuse(place, 'a finite number', json)
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map((item, i) => fromJsonAt(item, below(place, i)))
  if ('$bin' in json || '$int' in json) return special(json, place)
  const value: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(json)) value[keyOf(key, place)] = fromJsonAt(field, below(place, key))
  return value
}

const loneSurrogate = /\p{Surrogate}/u

const keyOf = (key: string, place: Place | undefined): string => {
  if (key === '__proto__') return refuse(below(place, key), 'another key than __proto__')
  if (loneSurrogate.test(key)) return refuse(place, 'well-formed keys', 'a lone surrogate')
  if (!key.startsWith('$')) return key
  return key.startsWith('$$')
    ? key.slice(1)
    : refuse(below(place, key), '$bin, $int, or a key with another $ before it')
}

const special = (json: object, place: Place | undefined): unknown => {
  const [entry, more] = Object.entries(json)
  if (entry === undefined || more !== undefined) return refuse(place, '$bin or $int alone in its map')
  const [key, said] = entry
  if (typeof said !== 'string') return refuse(below(place, key), 'a text', typeof said)
  return key === '$bin' ? binaryOf(said, below(place, key)) : integerOf(said, below(place, key))
}

const integerOf = (text: string, place: Place): number | bigint => {
  if (!/^(0|-?[1-9][0-9]{0,19})$/.test(text)) return refuse(place, 'an integer')
  const value = BigInt(text)
  if (BigInt.asIntN(64, value) !== value && BigInt.asUintN(64, value) !== value)
    return refuse(place, 'an integer of at most 64 bits')
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

const binaryOf = (text: string, place: Place): Uint8Array => {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return refuse(place, 'base64')
  return Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0))
}

/** In pieces: a call takes only so many arguments. */
const base64 = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192))
  return btoa(text)
}

const below = (up: Place | undefined, step: string | number): Place => {
  const depth = (up?.depth ?? 0) + 1
  return depth > jsonDepth ? refuse(up, `at most ${jsonDepth} levels`) : { step, up, depth }
}

const refuse = (place: Place | undefined, expected: string, got?: unknown): never => {
  const path = placeName(stepsOf(place))
  throw new Unsayable(path, got === undefined ? `expected ${expected}` : `expected ${expected}, got ${got}`)
}

/** From the value outwards. */
function* stepsOf(place: Place | undefined): Iterable<string | number> {
  for (let at = place; at !== undefined; at = at.up) yield at.step
}
