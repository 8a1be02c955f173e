/**
 * Names as they stand in the folder: byte strings, with one character for each UTF-8 byte.
 *
 * So JavaScript's `<` on them is the order of the pages on disk, and `length` is what counts there.
 */

const nameMaxBytes = 512

/** What a transaction asks for can never be done. Caught where the transaction is carried out. */
export class InvalidWrite extends Error {
  override readonly name = 'InvalidWrite'
}

const notAscii = /[^\0-\x7f]/
const loneSurrogate = /\p{Surrogate}/u

/** The byte string of a name: 1 to 512 bytes of well-formed text. */
export function byteString(name: string): string {
  const bytes = notAscii.test(name) ? transcode(name) : name
  if (bytes.length === 0 || bytes.length > nameMaxBytes) {
    throw new InvalidWrite(`a name has 1 to ${nameMaxBytes} bytes, this one has ${bytes.length}`)
  }
  return bytes
}

function transcode(name: string): string {
  if (loneSurrogate.test(name)) throw new InvalidWrite('a name is well-formed text, this one has half a character')
  return Buffer.from(name, 'utf8').toString('latin1')
}

/** The name back from its byte string. */
export const nameOf = (bytes: string): string =>
  notAscii.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes

/** A byte string with its length before it, so that what follows can't be mistaken for a part of it. */
export const measured = (bytes: string): string => String.fromCharCode(bytes.length >> 8, bytes.length & 255) + bytes

const scoreBuffer = Buffer.alloc(8)
const scoreView = new DataView(scoreBuffer.buffer, scoreBuffer.byteOffset, 8)

/** Many members come with the same score, one after the other. */
let lastScore = 0
let lastScoreString = '\x80\0\0\0\0\0\0\0'

/** A finite number as 8 bytes that sort as the numbers do. */
export function scoreString(score: number): string {
  if (score === lastScore) return lastScoreString
  scoreView.setFloat64(0, score + 0)
  const high = scoreView.getUint32(0)
  const isNegative = high >>> 31 === 1
  scoreView.setUint32(0, isNegative ? ~high : high ^ 0x80000000)
  if (isNegative) scoreView.setUint32(4, ~scoreView.getUint32(4))
  lastScore = score
  lastScoreString = scoreBuffer.toString('latin1')
  return lastScoreString
}

/** The number back from its 8 bytes. */
export function scoreOf(text: string): number {
  for (let at = 0; at < 8; at++) scoreView.setUint8(at, text.charCodeAt(at))
  const high = scoreView.getUint32(0)
  const isNegative = high >>> 31 === 0
  scoreView.setUint32(0, isNegative ? ~high : high ^ 0x80000000)
  if (isNegative) scoreView.setUint32(4, ~scoreView.getUint32(4))
  return scoreView.getFloat64(0)
}
