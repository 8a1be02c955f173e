/**
 * An allowance: what a rule finds, and somebody decided is no reason to hold. It names one rule and where it is allowed,
 * it ends, it says why, and each time it is used that is on record.
 */

import { createHash } from 'node:crypto'
import type { Finding, Lift } from '../../tasks/verdict.js'
import { binaryText } from '../binaryText.js'
import { MessageMap, readValue } from '../messageValue.js'

export type Allowance = {
  readonly rule: string
  /** Exactly this was found. */
  readonly text?: string
  /** SHA-256 of what was found, in hex, for what isn't to be written down. */
  readonly sha256?: string
  /** JSON pointer to where it was found; `*` stands for any one name or number. */
  readonly path?: string
  /** ms since the epoch; from then on it no longer holds. */
  readonly until: number
  readonly why: string
}

/** The first allowance that holds for this finding. `value`: all that was said; `at`: when. */
export function liftOf(
  allowances: readonly Allowance[],
  { rule, finding, value, at }: { rule: string; finding: Finding; value: unknown; at: number },
): Lift | undefined {
  for (const allowance of allowances) {
    if (allowance.rule !== rule || at >= allowance.until || !isWithin(allowance, finding, value)) continue
    const { path, until, why } = allowance
    return { rule, ...(path === undefined ? {} : { path }), until, why }
  }
  return undefined
}

function isWithin({ text, sha256, path }: Allowance, finding: Finding, value: unknown): boolean {
  if (path !== undefined && !isAt(path, finding)) return false
  if (text === undefined && sha256 === undefined) return true
  const found = foundText(finding, value)
  if (found === undefined || (text !== undefined && found !== text)) return false
  return sha256 === undefined || createHash('sha256').update(found, 'utf8').digest('hex') === sha256
}

function isAt(path: string, finding: Finding): boolean {
  // Without offsets the pointer may be of a place above (`textWalk.ts`): that isn't the place that was allowed.
  if (finding.start === undefined && finding.reason !== 'SCHEMA') return false
  const wanted = path.split('/')
  const there = finding.path.split('/')
  return wanted.length === there.length && wanted.every((token, at) => token === '*' || token === there[at])
}

/** The exact piece of what was sent; undefined where the finding has no such piece. */
function foundText({ path, start, end, inKey }: Finding, value: unknown): string | undefined {
  if (start === undefined || end === undefined) return undefined
  const tokens = path.split('/').slice(1).map(unescapeToken)
  if (inKey === true) return tokens.at(-1)?.slice(start, end)
  let at: unknown = value
  for (const token of tokens) {
    const container = readValue(at)
    if (container instanceof MessageMap) at = container.get(token)
    else if (Array.isArray(container)) at = container[Number(token)]
    else return undefined
  }
  const read = readValue(at)
  if (typeof read === 'string') return read.slice(start, end)
  if (typeof read === 'number' || typeof read === 'bigint') return String(read).slice(start, end)
  return read instanceof Uint8Array ? binaryText(read).slice(start, end) : undefined
}

const unescapeToken = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~')
