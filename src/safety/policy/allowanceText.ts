/** An allowance as a policy's author writes it. */

import type { Allowance } from './allowance.js'
import { below, expected, mapAt, onlyNames, textAt, Wrong } from './wrong.js'

const scopes = ['text', 'sha256', 'path'] as const
const names = ['rule', ...scopes, 'until', 'why'] as const
const timeText = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/
const textUnits = 4_096

/** `isOfQueue`: it stands under a queue, which bounds it already. Throws `Wrong`. */
export function readAllowance(value: unknown, path: string, isOfQueue: boolean): Allowance {
  const says = mapAt(value, path)
  onlyNames(says, path, names)
  if (!isOfQueue && scopes.every((scope) => says[scope] === undefined)) {
    throw new Wrong(
      path,
      `expected one of ${scopes.join(', ')}, or that it stands under a queue: it would allow too much`,
    )
  }
  const { text, sha256, path: place } = says
  return {
    rule: textAt(says.rule, below(path, 'rule'), 128),
    ...(text === undefined ? {} : { text: textAt(text, below(path, 'text'), textUnits) }),
    ...(sha256 === undefined ? {} : { sha256: hashAt(sha256, below(path, 'sha256')) }),
    ...(place === undefined ? {} : { path: pointerAt(place, below(path, 'path')) }),
    until: timeAt(says.until, below(path, 'until')),
    why: textAt(says.why, below(path, 'why'), 1_024),
  }
}

function hashAt(value: unknown, path: string): string {
  if (typeof value === 'string' && /^[0-9a-fA-F]{64}$/.test(value)) return value.toLowerCase()
  throw expected(path, 'SHA-256 as 64 hex digits', value)
}

function pointerAt(value: unknown, path: string): string {
  if (typeof value === 'string' && /^(?:\/(?:[^~/]|~[01])*)*$/.test(value) && value.length <= 1_024) return value
  throw expected(path, 'a JSON pointer such as /items/*/name', value)
}

/** A day ends where it begins, in UTC. */
function timeAt(value: unknown, path: string): number {
  const at = typeof value === 'string' && timeText.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(at)) throw expected(path, 'a time such as 2027-01-31T12:00:00Z, when it ends', value)
  return at
}
