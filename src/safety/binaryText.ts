/**
 * The text in binary. What is UTF-16 or UTF-8 is read as such. In the rest (pictures, archives, text in other
 * encodings) the runs of at least 8 printable ASCII characters are read, with or without a zero beside each, and
 * everything else is blanked: one wrong byte hides nothing, and noise seldom spells a word. There, an offset in the text
 * is the offset of the byte.
 */

import { Buffer, isUtf8 } from 'node:buffer'

const shortestRun = 8
const printable = /[\t\n\r\x20-\x7e]+/g
const wideRuns = /(?:[\t\n\r\x20-\x7e]\0){8,}/g
const leastWideBytes = 4

export function binaryText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return utf16Text(buffer) ?? (isUtf8(bytes) ? buffer.toString('utf8') : printableRuns(buffer.toString('latin1')))
}

/** The text, where the bytes say that they are UTF-16: by a mark at their start, or by a zero in every other one. */
export function utf16Text(bytes: Buffer): string | undefined {
  if (bytes.length < leastWideBytes) return undefined
  const mark = bytes.readUInt16BE(0)
  if (mark === 0xfffe) return bytes.toString('utf16le', 2)
  if (mark === 0xfeff) return swapped(bytes).toString('utf16le', 2)
  if (bytes[0] !== 0 && bytes[1] !== 0) return undefined
  const { even, odd } = countZeros(bytes)
  const most = Math.floor(bytes.length / 2) * 0.6
  if (odd >= most && even === 0) return bytes.toString('utf16le') + lastByte(bytes)
  return even >= most && odd === 0 ? swapped(bytes).toString('utf16le') : undefined
}

/** A byte without its zero. */
function lastByte(bytes: Buffer): string {
  return bytes.length % 2 === 0 ? '' : bytes.toString('latin1', bytes.length - 1)
}

/** Each two bytes the other way round. */
function swapped(bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2))).swap16()
}

function countZeros(bytes: Buffer): { readonly even: number; readonly odd: number } {
  let even = 0
  let odd = 0
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] !== 0) continue
    if (at % 2 === 0) even += 1
    else odd += 1
  }
  return { even, odd }
}

function printableRuns(text: string): string {
  let kept = ''
  for (const run of text.matchAll(printable)) {
    if (run[0].length >= shortestRun) kept = kept.padEnd(run.index, '\0') + run[0]
  }
  if (!text.includes('\0')) return kept
  // Where text is wide, the zeros between stay: they are controls, which no view shows.
  const wide = [...text.matchAll(wideRuns)]
  return wide.length === 0 ? kept : withRuns(kept.padEnd(text.length, '\0'), wide)
}

function withRuns(text: string, runs: readonly RegExpExecArray[]): string {
  const parts: string[] = []
  let end = 0
  for (const run of runs) {
    parts.push(text.slice(end, run.index), run[0])
    end = run.index + run[0].length
  }
  return parts.join('') + text.slice(end)
}
