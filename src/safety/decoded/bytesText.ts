/**
 * The text that bytes are, if they are mostly text: UTF-8, UTF-16 of either order, or text with some bytes of something
 * else. Noise isn't: a third of its bytes are printable, and here seven in ten must be.
 */

import { type Buffer, isUtf8 } from 'node:buffer'
import { binaryText, utf16Text } from '../binaryText.js'

export function bytesText(bytes: Buffer): string | undefined {
  if (bytes.length < 2) return undefined
  const wide = utf16Text(bytes)
  if (wide !== undefined) return wide
  const { printable, controls } = countUnits(bytes)
  if (isUtf8(bytes) && (controls - countZeros(bytes)) * 8 <= bytes.length) return bytes.toString('utf8')
  if (printable * 10 >= bytes.length * 7 && bytes.length >= longEnough) return binaryText(bytes)
  return isWide(bytes) ? bytes.toString('utf16le') : undefined
}

/** Are these UTF-16 of whatever script? Then their high bytes are a few, over and over. */
function isWide(bytes: Buffer): boolean {
  if (bytes.length % 2 !== 0 || bytes.length < leastWideBytes) return false
  const high = new Set<number>()
  for (let at = 1; at < bytes.length; at += 2) high.add(bytes[at] ?? 0)
  const units = bytes.length / 2
  return high.size <= (units < 6 ? 2 : 3 + Math.floor(units / 12))
}

/** With fewer bytes, one that is no UTF-8 says that this is no text. */
const longEnough = 12
const leastWideBytes = 6

function countUnits(bytes: Buffer): { readonly printable: number; readonly controls: number } {
  let printable = 0
  let controls = 0
  for (const byte of bytes) {
    if ((byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d)) printable += 1
    else if (byte < 0x20 || byte === 0x7f) controls += 1
  }
  return { printable, controls }
}

function countZeros(bytes: Buffer): number {
  let zeros = 0
  for (const byte of bytes) if (byte === 0) zeros += 1
  return zeros
}
