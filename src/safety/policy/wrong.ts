/** Reading JSON that a person wrote: whatever is wrong is told by its path and what was expected there. */

import { nearNames } from './nearNames.js'

/** A JSON pointer, and why what stands there can't be taken. */
export class Wrong extends Error {
  override readonly name = 'Wrong'
  readonly path: string
  readonly reason: string

  constructor(path: string, reason: string) {
    super(`${path === '' ? 'the document' : path}: ${reason}`)
    this.path = path
    this.reason = reason
  }
}

export type JsonMap = Readonly<Record<string, unknown>>

const tokenOf = (key: string | number): string => String(key).replaceAll('~', '~0').replaceAll('/', '~1')

export const below = (path: string, key: string | number): string => `${path}/${tokenOf(key)}`

/** Short, whatever it is: it is told to people. */
const told = (value: unknown): string => {
  const text = JSON.stringify(value) ?? typeof value
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}

export const expected = (path: string, what: string, got: unknown): Wrong =>
  new Wrong(path, `expected ${what}, got ${told(got)}`)

export function mapAt(value: unknown, path: string): JsonMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw expected(path, 'a map', value)
  return value as JsonMap
}

/** Refuses names that aren't among these. */
export function onlyNames(map: JsonMap, path: string, names: readonly string[]): void {
  for (const name of Object.keys(map)) {
    if (names.includes(name)) continue
    const near = nearNames(name, names)
    throw new Wrong(below(path, name), `there is no such field${near || `; expected one of ${names.join(', ')}`}`)
  }
}

export function listAt(value: unknown, path: string, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw expected(path, 'a list', value)
  if (value.length > most) throw new Wrong(path, `expected at most ${most}, got ${value.length}`)
  return value
}

export function numberAt(value: unknown, path: string, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value
  throw expected(path, `a number from ${least} to ${most}`, value)
}

export function integerAt(value: unknown, path: string, least: number, most: number): number {
  if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value)
  throw expected(path, `an integer from ${least} to ${most}`, value)
}

export function textAt(value: unknown, path: string, mostUnits: number): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= mostUnits) return value
  throw expected(path, `a text of 1 to ${mostUnits} characters`, value)
}

export function oneOf<const Word extends string>(value: unknown, path: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value)
  if (found === undefined) throw expected(path, `one of ${words.join(', ')}`, value)
  return found
}

/** As policies weigh things. */
export const severityWords = ['low', 'normal', 'high'] as const
