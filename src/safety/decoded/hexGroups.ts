/** Hex with something between: `70 61 73 73`, `70:61:73:73`, `0x70, 0x61`, `7061 7373`. Three groups at the least. */

import { Buffer } from 'node:buffer'
import { kindOf, letterOrDigit } from '../views/traits.js'
import { bytesText } from './bytesText.js'
import type { DecodedText } from './decoded.js'

const leastGroups = 3
const longestGroup = 10
const longestGap = 3
const group = /^(?:0[xX])?((?:[0-9a-fA-F]{2}){1,4})$/

/** Groups with one and the same gap between them. */
type Run = { readonly start: number; end: number; gap: string | undefined; readonly digits: string[] }

export function readHexGroups(text: string): readonly DecodedText[] {
  const found: DecodedText[] = []
  let run: Run | undefined
  let at = 0
  while (at < text.length) {
    if (!isLetterOrDigit(text, at)) {
      at += 1
      continue
    }
    const start = at
    while (isLetterOrDigit(text, at)) at += 1
    const digits = at - start <= longestGroup ? group.exec(text.slice(start, at))?.[1] : undefined
    if (run !== undefined && digits !== undefined && goesOn(run, text, start)) {
      run.digits.push(digits)
      run.end = at
      continue
    }
    if (run !== undefined) found.push(...decode(run))
    run = digits === undefined ? undefined : { start, end: at, gap: undefined, digits: [digits] }
  }
  return run === undefined ? found : [...found, ...decode(run)]
}

/** Does the group that starts here belong to the run? Its first gap is everybody's. */
function goesOn(run: Run, text: string, start: number): boolean {
  if (start - run.end > longestGap) return false
  const gap = text.slice(run.end, start)
  run.gap ??= gap
  return gap === run.gap
}

function decode({ start, end, digits }: Run): readonly DecodedText[] {
  if (digits.length < leastGroups) return []
  const text = bytesText(Buffer.from(digits.join(''), 'hex'))
  return text === undefined ? [] : [{ way: 'hex', text, toEncoded: () => ({ start, end }) }]
}

function isLetterOrDigit(text: string, at: number): boolean {
  return at < text.length && (kindOf(text.charCodeAt(at)) & letterOrDigit) !== 0
}
