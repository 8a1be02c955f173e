/**
 * The text in binary. What is UTF-8 is read as such. In the rest (pictures, archives, text in other encodings) the
 * runs of at least 8 printable ASCII characters are read and everything else is blanked: one wrong byte hides nothing,
 * and noise seldom spells a word. There, an offset in the text is the offset of the byte.
 */

import { Buffer, isUtf8 } from 'node:buffer'

const shortestRun = 8
const printable = /[\t\n\r\x20-\x7e]+/g

export function binaryText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return isUtf8(bytes) ? buffer.toString('utf8') : printableRuns(buffer.toString('latin1'))
}

function printableRuns(text: string): string {
  let kept = ''
  for (const run of text.matchAll(printable)) {
    if (run[0].length >= shortestRun) kept = kept.padEnd(run.index, '\0') + run[0]
  }
  return kept
}
