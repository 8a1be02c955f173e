/**
 * Findings as they are shown: a secret stands in no excerpt, neither in its own nor in one of something that was found
 * beside it. At most a few characters of it are left, of those that all secrets of its kind begin with.
 *
 * The piece that a finding points at is covered in the original, however it was read: encoded, disguised or joined.
 */

import type { Finding } from '../tasks/verdict.js'
import { excerptStart } from './excerpt.js'

export const secretMask = '••••••'
const prefixShown = 4

type Exact = Finding & { readonly start: number; readonly end: number }

/** By which prefixes secrets of a rule may be known. */
export type PrefixesOf = (rule: string) => readonly string[]

/**
 * `secrets`: all that were found, listed or not; undefined where there are more than are known, so that any text may
 * hold one.
 */
export function maskedFindings(
  findings: readonly Finding[],
  secrets: readonly Finding[] | undefined,
  prefixesOf: PrefixesOf,
): readonly Finding[] {
  if (secrets === undefined) return findings.map((finding) => ({ ...finding, excerpt: shownWhole(finding) }))
  if (secrets.length === 0) return findings
  const byPlace = new Map<string, Finding[]>()
  for (const secret of secrets) {
    const place = placeOf(secret)
    byPlace.set(place, [...(byPlace.get(place) ?? []), secret])
  }
  return findings.map((finding) => {
    const near = byPlace.get(placeOf(finding))
    return near === undefined ? finding : { ...finding, excerpt: coveredExcerpt(finding, near, prefixesOf) }
  })
}

/** A finding of the whole, as of its confidence, shows nothing that was read. */
const shownWhole = ({ start, path, excerpt }: Finding): string =>
  start === undefined && path === '' ? excerpt : secretMask

const placeOf = ({ path, inKey, start }: Finding): string => `${start === undefined ? '?' : inKey === true} ${path}`

const isExact = (finding: Finding): finding is Exact => finding.start !== undefined && finding.end !== undefined

function coveredExcerpt(finding: Finding, secrets: readonly Finding[], prefixesOf: PrefixesOf): string {
  if (!isExact(finding)) return secretMask
  const { excerpt } = finding
  const from = excerptStart(finding.start)
  // Before what it shows of the text, an excerpt that doesn't begin with it has a sign.
  const lead = from > 0 ? 1 : 0
  const offset = (at: number): number => Math.min(Math.max(at - from + lead, lead), excerpt.length)
  let shown = ''
  let shownTo = 0
  for (const { rule, start, end } of secrets.filter(isExact).sort((a, b) => a.start - b.start)) {
    const coverFrom = Math.max(offset(start), shownTo)
    const coverTo = offset(end)
    if (coverTo <= coverFrom) continue
    const prefix = start < from ? '' : shownPrefix(excerpt.slice(offset(start), coverTo), prefixesOf(rule))
    shown += excerpt.slice(shownTo, coverFrom) + prefix + secretMask
    shownTo = coverTo
  }
  return shown + excerpt.slice(shownTo)
}

function shownPrefix(secret: string, prefixes: readonly string[]): string {
  const prefix = prefixes.find((one) => secret.startsWith(one)) ?? ''
  return prefix.slice(0, prefixShown)
}
