/**
 * Secrets that the gate found, hidden wherever they stand in a value.
 *
 * A secret is masked in every text that contains it, keys too, so the same one in the payload, or twice in an output,
 * doesn't show either; a binary that holds one is masked whole. Where a finding's place can't be made out, where there
 * may be secrets that no finding names, or where a piece is so short that it stands everywhere, the whole value is.
 */
import { Buffer, isUtf8 } from 'node:buffer'
import type { Finding } from '../tasks/verdict.js'

export const mask = '••••••'

/** Hides secrets in a value; the value is taken apart for it, so it must be the caller's own. */
export type Masking = (value: unknown) => unknown

const all: Masking = () => mask

/** A verdict has no more findings: of what has so many, others may be left out. */
const findingsMost = 64
/** A secret that is joined from pieces this short can't be told from the text around it. */
const pieceLeast = 4
/** These failed to look at the whole; any of it may be a secret. The other parts of the gate look for other things. */
const looksForSecrets = ['gate.policy', 'gate.reading', 'gate.secrets']

/** For the findings of an output, which is read only where one of them is a secret; else null. */
export const maskingOf = (read: () => unknown, findings: readonly Finding[]): Masking | null => {
  if (findings.some(({ rule }) => looksForSecrets.includes(rule))) return all
  const found = findings.filter(({ reason }) => reason === 'SECRET')
  if (found.length === 0) return null
  if (findings.length >= findingsMost) return all
  const output = read()
  const secrets: string[] = []
  const binaries: Uint8Array[] = []
  for (const finding of found) {
    const holder = holderOf(output, finding)
    if (holder instanceof Uint8Array) binaries.push(holder)
    const text = textIn(holder, finding)
    if (text === null || text.length < pieceLeast) return all
    secrets.push(text)
  }
  // The longest first: one may be a part of another.
  secrets.sort((a, b) => b.length - a.length)
  const hide = (text: string) => secrets.reduce((shown, secret) => shown.replaceAll(secret, mask), text)
  return (value) => maskValue(value, hide, binaries)
}

/** Findings as they may be shown: a secret may be the name of a field on the way to one. */
export const withMaskedPaths = (findings: readonly Finding[], masking: Masking | null): readonly Finding[] => {
  if (masking === null) return findings
  const shown = (token: string) => escapePointer(String(masking(unescapePointer(token))))
  return findings.map((finding) => {
    const [root = '', ...tokens] = finding.path.split('/')
    return { ...finding, path: [root, ...tokens.map(shown)].join('/') }
  })
}

/** The value, or the key, that a finding points at. */
const holderOf = (output: unknown, { path, inKey }: Finding): unknown => {
  const tokens = path.split('/').slice(1).map(unescapePointer)
  let value = output
  for (const token of tokens) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return null
    value = (value as Readonly<Record<string, unknown>>)[token]
  }
  return inKey === true ? tokens.at(-1) : value
}

/** What a finding points at. Of binary that isn't text, the gate counts bytes. */
const textIn = (holder: unknown, { start, end }: Finding): string | null => {
  if (holder instanceof Uint8Array && !isUtf8(holder)) return bytesOf(holder).toString('latin1').slice(start, end)
  return textOf(holder)?.slice(start, end) ?? null
}

const escapePointer = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1')

const unescapePointer = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~')

const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? bytesOf(value).toString() : undefined
}

const bytesOf = (value: Uint8Array): Buffer => Buffer.from(value.buffer, value.byteOffset, value.length)

type Place = Record<string, unknown>

/** Keeps a stack of its own: values nest deeper than the engine's would carry. */
const maskValue = (root: unknown, hide: (text: string) => string, binaries: readonly Uint8Array[]): unknown => {
  const holder: Place = { root }
  const open: Place[] = [holder]
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    for (const [key, value] of Object.entries(place)) {
      const isBranch = typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
      const shown = isBranch ? value : maskLeaf(value, hide, binaries)
      if (isBranch) open.push(value as Place)
      const shownKey = Array.isArray(place) || place === holder ? key : hide(key)
      if (shownKey !== key) delete place[key]
      place[shownKey] = shown
    }
  }
  return holder.root
}

const maskLeaf = (value: unknown, hide: (text: string) => string, binaries: readonly Uint8Array[]): unknown => {
  if (value instanceof Uint8Array && binaries.some((binary) => bytesOf(binary).equals(value))) return mask
  const text = textOf(value)
  if (text === undefined) return value
  const shown = hide(text)
  if (shown === text) return value
  return typeof value === 'string' ? shown : mask
}
