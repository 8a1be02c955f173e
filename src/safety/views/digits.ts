/**
 * Letters as the digits that they stand for, within numbers: runs of at least seven digits, groups apart by one space,
 * dot, slash or hyphen, of which at least three in five are digits as they are (`O78-O5-l120`).
 */

import { Edits } from './rewriting.js'
import { digit, digitLike, kindOf, letterOrDigit } from './traits.js'

const standsFor: Readonly<Record<string, string>> = {
  O: '0',
  o: '0',
  Q: '0',
  D: '0',
  l: '1',
  I: '1',
  i: '1',
  '|': '1',
  S: '5',
  s: '5',
  B: '8',
}
const separators = ' .-/'
const leastDigits = 7
const digitRun = /[0-9]+/g

export function readDigits(text: string): Edits {
  const edits = new Edits()
  digitRun.lastIndex = 0
  for (let found = digitRun.exec(text); found !== null; found = digitRun.exec(text)) {
    const end = readNumber(text, found.index, edits)
    digitRun.lastIndex = Math.max(end, found.index + found[0].length)
  }
  return edits
}

/** Reads the number that this digit is part of; says where it ends. */
function readNumber(text: string, at: number, edits: Edits): number {
  let start = at
  while (start > 0 && isLike(text, start - 1)) start -= 1
  let end = groupEnd(text, start)
  if (end === undefined || isWordBefore(text, start)) return wordEnd(text, at)
  for (;;) {
    if (!separators.includes(text.charAt(end)) || end >= text.length) break
    const next = groupEnd(text, end + 1)
    if (next === undefined) break
    end = next
  }
  const units = countIn(text, start, end)
  if (units.like < leastDigits || units.like === units.digits || units.digits * 5 < units.like * 3) return end
  for (let i = start; i < end; i += 1) {
    const stood = standsFor[text.charAt(i)]
    if (stood !== undefined) edits.replace(i, i + 1, stood)
  }
  return end
}

/** The end of a group of digits and what looks like them; none where it goes on as a word, or has no digit. */
function groupEnd(text: string, start: number): number | undefined {
  let end = start
  let hasDigit = false
  while (isLike(text, end)) {
    if ((kindOf(text.charCodeAt(end)) & digit) !== 0) hasDigit = true
    end += 1
  }
  return end === start || !hasDigit || (kindOf(text.charCodeAt(end)) & letterOrDigit) !== 0 ? undefined : end
}

function countIn(text: string, start: number, end: number): { readonly like: number; readonly digits: number } {
  let like = 0
  let digits = 0
  for (let at = start; at < end; at += 1) {
    if (isLike(text, at)) like += 1
    if ((kindOf(text.charCodeAt(at)) & digit) !== 0) digits += 1
  }
  return { like, digits }
}

function isLike(text: string, at: number): boolean {
  return (kindOf(text.charCodeAt(at)) & digitLike) !== 0
}

function isWordBefore(text: string, at: number): boolean {
  return at > 0 && (kindOf(text.charCodeAt(at - 1)) & letterOrDigit) !== 0
}

function wordEnd(text: string, at: number): number {
  let end = at
  while (end < text.length && (isLike(text, end) || (kindOf(text.charCodeAt(end)) & letterOrDigit) !== 0)) end += 1
  return end
}
