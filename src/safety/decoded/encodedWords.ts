/**
 * Words that are base64, base64url or hex of a text: alone, within a longer word (`id_70617373…`), broken over lines.
 * Looked at is what has digits or capitals where no word has them.
 */

import { Buffer } from 'node:buffer'
import { digit, encodedSign, hexDigit, kindOf, letterOrDigit, lower, upper } from '../views/traits.js'
import type { Span } from '../views/view.js'
import { bytesText } from './bytesText.js'
import type { DecodedText } from './decoded.js'

const leastUnits = 4
const leastHexUnits = 6
/** From here on the first bytes alone don't tell that it is noise. */
const longUnits = 64
const leastPart = 8
const lineBreak = /[ \t]*\r?\n[ \t]*/y

export function readEncodedWords(text: string): readonly DecodedText[] {
  const found: DecodedText[] = []
  const hasLines = text.includes('\n')
  let at = 0
  while (at < text.length) {
    if (!isEncodedUnit(text.charCodeAt(at))) {
      at += 1
      continue
    }
    const end = wordEnd(text, at)
    const lines = hasLines && isLineEnd(text, end) ? wordsOverLines(text, at) : undefined
    const whole = lines === undefined || lines.length < 2 ? undefined : decodeLines(text, lines)
    if (whole !== undefined) found.push(whole)
    else if (lines === undefined) decodeWord(text, at, end, found)
    else for (const line of lines) decodeWord(text, line.start, line.end, found)
    at = lines?.at(-1)?.end ?? end
  }
  return found
}

function isLineEnd(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return unit === 0x0a || unit === 0x0d || unit === 0x20 || unit === 0x09
}

/** The word that starts here, and those that it goes on with on the lines below. */
function wordsOverLines(text: string, start: number): readonly Span[] {
  const words: Span[] = []
  let at = start
  for (;;) {
    const end = wordEnd(text, at)
    words.push({ start: at, end })
    lineBreak.lastIndex = end
    if (!lineBreak.test(text) || !isEncodedUnit(text.charCodeAt(lineBreak.lastIndex))) return words
    at = lineBreak.lastIndex
  }
}

function wordEnd(text: string, start: number): number {
  let end = start
  while (end < text.length && isEncodedUnit(text.charCodeAt(end))) end += 1
  return end
}

function decodeLines(text: string, lines: readonly Span[]): DecodedText | undefined {
  const joined = lines.map(({ start, end }) => text.slice(start, end)).join('')
  const span = { start: lines[0]?.start ?? 0, end: lines.at(-1)?.end ?? 0 }
  const decoded = looksEncoded(joined, 0, joined.length) ? decodeAt(joined, 0, joined.length) : undefined
  return decoded === undefined ? undefined : { ...decoded, toEncoded: () => span }
}

/** The word as a whole, or what stands in it between signs, or after some units that don't belong to it. */
function decodeWord(text: string, start: number, end: number, found: DecodedText[]): void {
  if (!looksEncoded(text, start, end)) return
  const whole = decodeAt(text, start, end)
  if (whole !== undefined) {
    found.push(whole)
    return
  }
  for (let from = start, at = start; at <= end; at += 1) {
    if (at < end && (kindOf(text.charCodeAt(at)) & letterOrDigit) !== 0) continue
    const part = at - from >= leastPart && looksEncoded(text, from, at) ? decodePart(text, from, at) : undefined
    if (part !== undefined) found.push(part)
    from = at + 1
  }
}

function decodePart(text: string, start: number, end: number): DecodedText | undefined {
  for (let skipped = 0; skipped < 4 && end - start - skipped >= leastPart; skipped += 1) {
    const decoded = decodeAt(text, start + skipped, end)
    if (decoded !== undefined) return decoded
  }
  return undefined
}

function decodeAt(text: string, start: number, end: number): DecodedText | undefined {
  const span = { start, end }
  const hex = isHex(text, start, end) ? fromHex(text.slice(start, end)) : undefined
  if (hex !== undefined) return { way: 'hex', text: hex, toEncoded: () => span }
  if (end - start < longUnits && !startsAsText(text, start, end)) return undefined
  const read = bytesText(Buffer.from(text.slice(start, end), 'base64'))
  return read === undefined ? undefined : { way: 'base64', text: read, toEncoded: () => span }
}

function isHex(text: string, start: number, end: number): boolean {
  const from = hasHexMark(text, start) ? start + 2 : start
  for (let at = from; at < end; at += 1) {
    if ((kindOf(text.charCodeAt(at)) & hexDigit) === 0) return false
  }
  return end - from >= leastHexUnits
}

/** `0x` before it. */
function hasHexMark(text: string, start: number): boolean {
  return text.charCodeAt(start) === 0x30 && (text.charCodeAt(start + 1) | 0x20) === 0x78
}

function fromHex(word: string): string | undefined {
  const digits = hasHexMark(word, 0) ? word.slice(2) : word
  const first = Number.parseInt(digits.slice(0, 2), 16)
  // The first byte of a text isn't a control, but for line breaks and the zeros of UTF-16.
  if (digits.length < longUnits && first < 0x20 && first !== 0 && (first < 0x09 || first > 0x0d)) return undefined
  return bytesText(Buffer.from(digits.slice(0, digits.length - (digits.length % 2)), 'hex'))
}

/** Are the first bytes such as texts have? Of noise that fits into so short a word, most is told by them. */
function startsAsText(text: string, start: number, end: number): boolean {
  const bits = quadAt(text, start)
  if (mayStartText(bits >> 16, (bits >> 8) & 0xff, bits & 0xff)) return true
  if (end - start < 8) return false
  // UTF-16: of the high bytes two are the same, or one is zero.
  const more = quadAt(text, start + 4)
  const a = (bits >> 8) & 0xff
  const b = more >> 16
  const c = more & 0xff
  return a === b || b === c || a === c || a === 0 || b === 0 || c === 0
}

/** The 24 bits of four units of base64. */
function quadAt(text: string, at: number): number {
  let bits = 0
  for (let i = at; i < at + 4; i += 1) bits = (bits << 6) | sextet(text.charCodeAt(i))
  return bits
}

/** ASCII without controls, or UTF-8. */
function mayStartText(first: number, second: number, third: number): boolean {
  if (first < 0x80)
    return isPrintable(first) && (second < 0x80 ? isPrintable(second) && mayStart(third) : mayGoOn(second, third))
  return mayGoOn(first, second) && (first < 0xe0 ? mayStart(third) : isContinuation(third))
}

function mayGoOn(lead: number, next: number): boolean {
  return lead >= 0xc2 && lead <= 0xf4 && isContinuation(next)
}

function mayStart(byte: number): boolean {
  return byte < 0x80 ? isPrintable(byte) : byte >= 0xc2 && byte <= 0xf4
}

const isContinuation = (byte: number): boolean => byte >= 0x80 && byte <= 0xbf

/** Zeros and line breaks too. */
const isPrintable = (byte: number): boolean =>
  (byte >= 0x20 && byte < 0x7f) || byte === 0 || (byte >= 0x09 && byte <= 0x0d)

function sextet(unit: number): number {
  if (unit >= 0x61 && unit <= 0x7a) return unit - 0x61 + 26
  if (unit >= 0x41 && unit <= 0x5a) return unit - 0x41
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30 + 52
  return unit === 0x2b || unit === 0x2d ? 62 : 63
}

/** Has it what few words have: a digit among letters, a capital that isn't its first letter; or is it digits alone? */
function looksEncoded(text: string, start: number, end: number): boolean {
  if (end - start < leastUnits) return false
  let kinds = 0
  for (let at = start; at < end; at += 1) {
    const kind = kindOf(text.charCodeAt(at))
    if ((kind & upper) !== 0 && (kinds & (lower | upper)) !== 0) return true
    kinds |= kind & (lower | upper | digit)
    if ((kinds & digit) !== 0 && (kinds & (lower | upper)) !== 0) return true
  }
  return kinds === digit && end - start >= leastHexUnits
}

function isEncodedUnit(unit: number): boolean {
  return (kindOf(unit) & (letterOrDigit | encodedSign)) !== 0
}
