/**
 * The first bytes of a value's JSON text, for lists: a value of half a megabyte is shown by its beginning.
 *
 * It is written straight from MessagePack, and stops as soon as there is enough, so that its cost doesn't depend on the
 * value's size. The words are those of the HTTP API: `$bin`, `$int`, and `$` before a key's own `$`.
 */
import { Unpacking } from '../protocol/unpacking.js'

/** A list or map that is being written: how much of it is to come, keys and values counted apart. */
type Open = { readonly isMap: boolean; left: number; readonly up: Open | undefined }

/** At most `maxBytes` of UTF-8, ending between two characters. */
export const jsonPrefix = (bytes: Uint8Array, maxBytes: number): string => {
  const input = new Unpacking(bytes)
  let written = ''
  let open: Open | undefined
  do {
    const isKey = open?.isMap === true && open.left % 2 === 0
    const token = input.next()
    if (token === 'list' || token === 'map') {
      written += token === 'list' ? '[' : '{'
      open = { isMap: token === 'map', left: token === 'map' ? input.size * 2 : input.size, up: open }
    } else {
      written += token === 'text' ? jsonText(beginning(input, maxBytes), isKey) : scalar(input, token, maxBytes)
      if (open !== undefined) open.left--
    }
    while (open !== undefined && open.left === 0) {
      written += open.isMap ? '}' : ']'
      open = open.up
      if (open !== undefined) open.left--
    }
    if (open !== undefined) written += separator(open, written)
  } while (open !== undefined && written.length < maxBytes)
  return cutText(written, maxBytes)
}

/** What stands before the next key or value, unless it is the first. */
const separator = (open: Open, written: string): string => {
  if (open.isMap && open.left % 2 === 1) return ':'
  const last = written.at(-1)
  return last === '[' || last === '{' ? '' : ','
}

const jsonText = (text: string, isKey: boolean): string =>
  JSON.stringify(isKey && text.startsWith('$') ? `$${text}` : text)

/** The text that `next` announced, or as much of it as can be shown. What is cut through lies behind the cut. */
const beginning = (input: Unpacking, maxBytes: number): string => {
  if (input.size <= maxBytes) return input.text()
  const from = input.at
  input.at += input.size
  return Buffer.from(input.bytes.buffer, input.bytes.byteOffset + from, maxBytes).toString('utf8')
}

const scalar = (
  input: Unpacking,
  token: Exclude<ReturnType<Unpacking['next']>, 'list' | 'map' | 'text'>,
  maxBytes: number,
): string => {
  const value = input.scalar(token)
  if (typeof value === 'bigint') return `{"$int":"${value}"}`
  if (value instanceof Uint8Array) {
    // Three bytes make four characters, so that a cut at a multiple of three doesn't show in what is before it.
    const shown = value.subarray(0, Math.ceil(maxBytes / 3) * 3)
    return `{"$bin":"${Buffer.from(shown.buffer, shown.byteOffset, shown.length).toString('base64')}"}`
  }
  return JSON.stringify(value)
}

/** Cuts a text to so many bytes of UTF-8, between two characters. */
const cutText = (text: string, maxBytes: number): string => {
  const bytes = Buffer.from(text)
  if (bytes.length <= maxBytes) return text
  let end = maxBytes
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}
