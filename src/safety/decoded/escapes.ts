/**
 * Characters written as escapes, read where they stand, so that what is only partly escaped reads whole: percent
 * (`pass%77ord`), entities (`p&#97;ssword`), backslashes (`\u0070`, `\x70`, `\160`).
 */

import { Buffer } from 'node:buffer'
import { Edits, rewriteNear } from '../views/rewriting.js'
import type { DecodedText, Way } from './decoded.js'
import { entityOf } from './entities.js'

const hexPair = '[0-9a-fA-F]{2}'
const escapes = new RegExp(
  [
    `(?<percent>(?:%${hexPair})+|%u${hexPair}${hexPair})`,
    '(?<entity>&(?:#[0-9]{1,10};?|#[xX][0-9a-fA-F]{1,8};?|[A-Za-z][A-Za-z0-9]{1,31};))',
    `(?<bytes>(?:\\\\x${hexPair})+)`,
    `(?<point>\\\\u${hexPair}${hexPair}|\\\\u\\{[0-9a-fA-F]{1,6}\\}|\\\\U${hexPair}${hexPair}${hexPair}${hexPair})`,
    '(?<octal>\\\\[0-3][0-7]{2})',
    '(?<sign>\\\\[nrtfv0"\'\\\\/])',
  ].join('|'),
  'g',
)
const signs: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: ' ', v: ' ', 0: '' }
const startsEscape = /[uUxnrt0-7]/
const softBreakOrBytes = /=\r?\n|(?:=[0-9A-F]{2})+/g

/** Percent, entities and backslashes, all at once. */
export function readEscapes(text: string): readonly DecodedText[] {
  const edits = new Edits()
  const ways = new Set<Way>()
  for (const found of text.matchAll(escapes)) {
    const way = readEscape(text, found, edits)
    if (way !== undefined) ways.add(way)
  }
  // Signs alone (`\"`) hide nothing.
  return ways.size === 0 ? [] : decodedNear(text, edits, [...ways].join('+'))
}

/** `=70=61`, and lines broken by a `=` at their end. */
export function readQuotedPrintable(text: string): readonly DecodedText[] {
  const edits = new Edits()
  for (const { 0: found, index } of text.matchAll(softBreakOrBytes)) {
    if (found.endsWith('\n')) edits.replace(index, index + found.length, '')
    else readBytes(edits, index, 3, Buffer.from(found.replaceAll('=', ''), 'hex'))
  }
  return decodedNear(text, edits, 'quoted-printable')
}

function decodedNear(text: string, edits: Edits, way: string): readonly DecodedText[] {
  return rewriteNear(text, edits).map((rewritten) => ({
    way,
    text: rewritten.text,
    toEncoded: (span) => rewritten.toBase(span),
  }))
}

/** Notes what to read in place of an escape; says which kind it is, if it hides anything. */
function readEscape(text: string, { 0: found, index, groups = {} }: RegExpMatchArray, edits: Edits): Way | undefined {
  const start = index ?? 0
  const put = (read: string | undefined): boolean => {
    if (read !== undefined) edits.replace(start, start + found.length, read)
    return read !== undefined
  }
  if (groups.percent !== undefined) {
    if (found.charAt(1) === 'u') put(pointOf(found.slice(2), 16))
    else readBytes(edits, start, 3, Buffer.from(found.replaceAll('%', ''), 'hex'))
    return 'percent'
  }
  if (groups.entity !== undefined) return put(entityOf(found)) ? 'entities' : undefined
  if (groups.bytes !== undefined) readBytes(edits, start, 4, Buffer.from(found.replaceAll('\\x', ''), 'hex'))
  else if (groups.point !== undefined) put(pointOf(found.slice(2).replace(/[{}]/g, ''), 16))
  else if (groups.octal !== undefined) put(pointOf(found.slice(1), 8))
  else {
    const sign = found.charAt(1)
    put(signs[sign] ?? sign)
    return sign in signs || (sign === '\\' && startsEscape.test(text.charAt(start + 2))) ? 'escapes' : undefined
  }
  return 'escapes'
}

function pointOf(digits: string, base: number): string | undefined {
  const code = Number.parseInt(digits, base)
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}

/** Bytes of UTF-8, each written in so many units: those of ASCII one by one, others together. */
function readBytes(edits: Edits, start: number, unitsPerByte: number, bytes: Buffer): void {
  let from = 0
  while (from < bytes.length) {
    let to = from + 1
    if ((bytes[from] ?? 0) >= 0x80) while (to < bytes.length && (bytes[to] ?? 0) >= 0x80) to += 1
    edits.replace(start + from * unitsPerByte, start + to * unitsPerByte, bytes.toString('utf8', from, to))
    from = to
  }
}
