/**
 * Text in MessagePack: is it UTF-8, and which string is it.
 *
 * Node's Buffer reads short texts several times faster than TextDecoder. It is used where the bytes happen to be one,
 * without importing anything of Node: browsers read the same frames.
 */

type MaybeBuffer = Uint8Array & { readonly latin1Slice?: (from: number, to: number) => string }

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** What bytes are as text: `ascii` and `utf8` can be read; `bad` also stands for encoded surrogates. */
export const textKind = (view: DataView, from: number, to: number): 'ascii' | 'utf8' | 'bad' => {
  let at = from
  // Four at a time.
  while (at + 4 <= to && (view.getInt32(at) & 0x8080_8080) === 0) at += 4
  while (at < to && view.getUint8(at) < 0x80) at++
  return at === to ? 'ascii' : isUtf8(view, at, to) ? 'utf8' : 'bad'
}

/** RFC 3629: shortest forms alone, no surrogates, nothing above U+10FFFF. */
const isUtf8 = (view: DataView, from: number, to: number): boolean => {
  let at = from
  while (at < to) {
    const lead = view.getUint8(at++)
    if (lead < 0x80) continue
    const more = lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1
    if (more < 0 || at + more > to) return false
    const second = view.getUint8(at)
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
    if (second < low || second > high) return false
    for (let i = 1; i < more; i++) if ((view.getUint8(at + i) & 0xc0) !== 0x80) return false
    at += more
  }
  return true
}

/** The string that bytes of a known kind stand for. */
export const readText = (bytes: MaybeBuffer, from: number, to: number, kind: 'ascii' | 'utf8'): string => {
  if (from === to) return ''
  if (kind === 'ascii' && bytes.latin1Slice !== undefined) return bytes.latin1Slice(from, to)
  return decoder.decode(bytes.subarray(from, to))
}

/** Keys come again and again: the last one seen for each of 1,024 hashes is kept. */
const knownKeys = new Array<{ readonly bytes: Uint8Array; readonly key: string } | undefined>(1_024).fill(undefined)
const knownKeyBytes = 32

/** As `readText`, for texts that recur, such as map keys. Undefined where they are none. */
export const readKey = (bytes: Uint8Array, view: DataView, from: number, to: number): string | undefined => {
  const length = to - from
  if (length > knownKeyBytes) return readWhole(bytes, view, from, to)
  let hash = length
  for (let at = from; at < to; at++) hash = (hash * 31 + view.getUint8(at)) | 0
  const slot = (hash ^ (hash >>> 10)) & 1_023
  const known = knownKeys[slot]
  if (known !== undefined && isSame(known.bytes, view, from, length)) return known.key
  const key = readWhole(bytes, view, from, to)
  if (key !== undefined) knownKeys[slot] = { bytes: Uint8Array.from(bytes.subarray(from, to)), key }
  return key
}

const readWhole = (bytes: Uint8Array, view: DataView, from: number, to: number): string | undefined => {
  const kind = textKind(view, from, to)
  return kind === 'bad' ? undefined : readText(bytes, from, to, kind)
}

const isSame = (known: Uint8Array, view: DataView, from: number, length: number): boolean => {
  if (known.length !== length) return false
  for (let i = 0; i < length; i++) if (known[i] !== view.getUint8(from + i)) return false
  return true
}
