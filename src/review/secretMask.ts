/**
 * Secrets that the gate found, hidden wherever they stand in a value.
 *
 * A secret is masked in every text that contains it, keys too, so the same one in the payload, or twice in an output,
 * doesn't show either. Where a finding's place can't be made out, the whole value is masked.
 */
import type { Finding } from '../tasks/verdict.js'

export const mask = '••••••'

/** Hides secrets in a value; the value is taken apart for it, so it must be the caller's own. */
export type Masking = (value: unknown) => unknown

/** For the findings of an output, which is read only where one of them is a secret; else null. */
export const maskingOf = (read: () => unknown, findings: readonly Finding[]): Masking | null => {
  const found = findings.filter(({ reason }) => reason === 'SECRET')
  if (found.length === 0) return null
  const output = read()
  const secrets: string[] = []
  for (const finding of found) {
    const text = textAt(output, finding)
    if (text === null || text === '') return () => mask
    secrets.push(text)
  }
  // The longest first: one may be a part of another.
  secrets.sort((a, b) => b.length - a.length)
  return (value) => maskValue(value, (text) => secrets.reduce((shown, secret) => shown.replaceAll(secret, mask), text))
}

/** What a finding points at, as the gate read it. */
const textAt = (output: unknown, { path, start, end, inKey }: Finding): string | null => {
  const tokens = path.split('/').slice(1).map(unescapePointer)
  let value = output
  for (const token of tokens) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return null
    value = (value as Readonly<Record<string, unknown>>)[token]
  }
  const text = inKey === true ? tokens.at(-1) : textOf(value)
  return text?.slice(start, end) ?? null
}

const unescapePointer = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~')

const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length).toString() : undefined
}

type Place = Record<string, unknown>

/** Keeps a stack of its own: values nest deeper than the engine's would carry. */
const maskValue = (root: unknown, hide: (text: string) => string): unknown => {
  const holder: Place = { root }
  const open: Place[] = [holder]
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    for (const [key, value] of Object.entries(place)) {
      const isBranch = typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
      const shown = isBranch ? value : maskLeaf(value, hide)
      if (isBranch) open.push(value as Place)
      const shownKey = Array.isArray(place) || place === holder ? key : hide(key)
      if (shownKey !== key) delete place[key]
      place[shownKey] = shown
    }
  }
  return holder.root
}

const maskLeaf = (value: unknown, hide: (text: string) => string): unknown => {
  const text = textOf(value)
  if (text === undefined) return value
  const shown = hide(text)
  if (shown === text) return value
  return typeof value === 'string' ? shown : mask
}
