/**
 * JSON Web Tokens (RFC 7519), signed or encrypted: parts in base64url, of which the first is JSON with an `alg`. Most
 * are somebody's right to be let in.
 */

import { Buffer } from 'node:buffer'
import type { Rule } from '../../rule.js'
import { charSet } from './charSet.js'
import type { SecretFound } from './secretSearch.js'

const inBase64 = (text: string): string => Buffer.from(text).toString('base64url')

export const jwtRule: Rule = {
  id: 'secret.jwt',
  reason: 'SECRET',
  summary: 'it holds a JSON Web Token',
  finds:
    'A JSON Web Token: parts in base64url with dots between, the first of them JSON that names its `alg`; also where it is cut off after that.',
  hits: [
    `${inBase64('{"alg":"HS256"}')}.${inBase64('{"sub":"nobody"}')}.NotARealSignature`,
    `${inBase64('{"typ":"JWT","alg":"none"}')}.${inBase64('{"sub":"nobody"}')}.`,
    `${inBase64('{"alg":"HS256"}')}.eyJzdWIiOiJ\nub2JvZHkifQ.NotARealSignature`,
  ],
  misses: [
    `${inBase64('{"page":"7"}')}.${inBase64('{"sub":"nobody"}')}.NotARealSignature`,
    `${inBase64('{"alg":"HS256"}')} and nothing more`,
    'eyJ.eyJ.',
  ],
}

const part = charSet('A-Za-z0-9_-')
const headerLeast = 16
const cutLeast = 8
const headerMost = 2_048
const tokenMost = 16_384
/** A run may begin by something else. Where more than so many `eyJ` stand in one, it counts without a look inside. */
const startsMost = 8

export function findJsonWebTokens(text: string, found: SecretFound): void {
  let run = { end: -1, tokenEnd: undefined as number | undefined, starts: 0 }
  let at = text.indexOf('eyJ')
  while (at !== -1) {
    if (at >= run.end) {
      const end = endOfPart(text, at, text.length)
      run = { end, tokenEnd: endOfToken(text, end), starts: 0 }
    }
    const end = run.tokenEnd
    let next = at + 3
    if (end !== undefined && run.end - at <= headerMost) {
      run.starts += 1
      if (run.starts > startsMost || isHeader(text.slice(at, run.end))) {
        found(jwtRule, { start: at, end })
        next = end
      }
    }
    at = text.indexOf('eyJ', next)
  }
}

/** From the first dot on. Encrypted tokens have five parts, of which the second may be empty. */
function endOfToken(text: string, firstDot: number): number | undefined {
  if (text[firstDot] !== '.') return undefined
  const most = firstDot + tokenMost
  const second = overBreak(text, firstDot + 1)
  let end = endOfPart(text, text.startsWith('eyJ', second) ? second : firstDot + 1, most)
  // Cut off in what it says.
  if (text[end] !== '.') return text.startsWith('eyJ', second) && end - firstDot > cutLeast ? end : undefined
  for (let parts = 0; parts < 3 && text[end] === '.'; parts += 1) end = endOfPart(text, end + 1, most)
  // `eyJ….eyJ….` without a signature is one; three dots in a row are none.
  return end - firstDot > 4 ? end : undefined
}

const lineBreak = /^[ \t]{0,4}\r?\n[ \t]{0,8}(?=\.?[\w-]{4})/

/** Where the next line goes on, if a line ends here. */
function overBreak(text: string, at: number): number {
  return at + (lineBreak.exec(text.slice(at, at + 24))?.[0].length ?? 0)
}

/** Over the ends of lines, as mails and terminals wrap them; where `eyJ` begins a line, it begins another token. */
function endOfPart(text: string, from: number, most: number): number {
  let end = part.endOfRun(text, from, most)
  while (end < most) {
    const next = overBreak(text, end)
    if (next === end || text.startsWith('eyJ', next)) break
    end = part.endOfRun(text, next, most)
  }
  return end
}

/** The text of an object that names its `alg`; whether it is JSON to the last sign makes no difference to anybody. */
function isHeader(encoded: string): boolean {
  if (encoded.length < headerLeast) return false
  const header = Buffer.from(encoded, 'base64url').toString('latin1')
  return header.endsWith('}') && header.includes('"alg"')
}
