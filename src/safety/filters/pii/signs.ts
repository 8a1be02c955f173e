/** Reads numbers that have letters among their digits, with at most one separator between any two signs. */

import { isTokenUnit } from './tokens.js'

export type Signs = {
  /** Letters and digits alone, in capitals. */
  readonly text: string
  /** After the last. */
  readonly end: number
}

const separators = ' -./_'
const lineFeed = 0x0a
const carriageReturn = 0x0d

/** The next `count` letters and digits from `start` on; undefined where something else comes before. */
export function readSigns(text: string, start: number, count: number): Signs | undefined {
  let signs = ''
  let at = start
  while (signs.length < count) {
    if (!isTokenUnit(text.charCodeAt(at))) {
      at = afterSeparator(text, at)
      if (signs === '' || !isTokenUnit(text.charCodeAt(at))) return undefined
    }
    signs += text.charAt(at)
    at += 1
  }
  return { text: signs.toUpperCase(), end: at }
}

/** Does nothing go on here that could be a part of it? */
export function isFreeBefore(text: string, start: number): boolean {
  return !isTokenUnit(text.charCodeAt(start - 1))
}

export function isFreeAfter(text: string, end: number): boolean {
  return !isTokenUnit(text.charCodeAt(end))
}

function afterSeparator(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  if (unit === lineFeed) return at + 1
  if (unit === carriageReturn && text.charCodeAt(at + 1) === lineFeed) return at + 2
  return at < text.length && separators.includes(text.charAt(at)) ? at + 1 : at
}
