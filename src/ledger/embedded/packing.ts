/**
 * Values as bytes, in the folder: a tag, then what it needs. Made for short texts and keys, which is nearly all there is;
 * a general format costs three times as much there.
 */

/** What stands behind a key in the folder. Numbers are finite; texts are well-formed. */
export type Stored =
  | string
  | number
  | boolean
  | Uint8Array
  | readonly Stored[]
  | { readonly [name: string]: Stored }
  | typeof apart
  | null

/** In a row: the field's value lies apart. */
export const apart = Symbol('apart')

export const tags = {
  nil: 0,
  true: 1,
  false: 2,
  /** 32 bits, unsigned. */
  whole: 3,
  /** 64 bits. */
  float: 4,
  /** A length, then one byte a character: those up to U+00FF. */
  narrow: 5,
  /** A length, then UTF-8. */
  text: 6,
  /** A length, then as many. */
  bytes: 7,
  /** A count, then values. */
  list: 8,
  /** A count, then names and values in turn. */
  map: 9,
  apart: 10,
} as const

const scratchBytes = 1 << 16
/** From here on the system's own writing of texts is faster than a loop. */
const longText = 40
const shortCopy = 32
const wide = /[^\0-\xff]/

/** Writes values, one after the other, into a buffer that it uses over and over. */
export class Packer {
  #bytes: Buffer
  #at = 0

  constructor(bytes = scratchBytes) {
    this.#bytes = Buffer.allocUnsafeSlow(bytes)
  }

  /** What it returns is gone with the next call. */
  pack(value: Stored): Uint8Array {
    this.begin()
    this.value(value)
    return this.end()
  }

  begin(): void {
    this.#at = 0
  }

  /** All since `begin`, until the next. */
  end(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  get length(): number {
    return this.#at
  }

  /** Bytes that were packed before. */
  copy(source: Uint8Array, from: number, to: number): void {
    const bytes = this.#room(to - from)
    if (to - from > shortCopy) bytes.set(source.subarray(from, to), this.#at)
    else for (let at = from, into = this.#at; at < to; at++, into++) bytes[into] = source[at] ?? 0
    this.#at += to - from
  }

  tag(tag: number): void {
    this.#room(1)[this.#at++] = tag
  }

  value(value: Stored): void {
    if (typeof value === 'string') this.#text(value)
    else if (typeof value === 'number') this.#number(value)
    else if (value === null) this.tag(tags.nil)
    else if (typeof value === 'boolean') this.tag(value ? tags.true : tags.false)
    else if (value === apart) this.tag(tags.apart)
    else if (value instanceof Uint8Array) this.#blob(value)
    else if (Array.isArray(value)) this.#list(value)
    else this.#map(value as { readonly [name: string]: Stored })
  }

  #text(text: string): void {
    // At most 3 bytes a character, and the head.
    this.#room(text.length * 3 + 6)
    if (text.length > longText || !this.#shortText(text)) this.#longText(text)
  }

  /** Nothing is written where a character doesn't fit into a byte. */
  #shortText(text: string): boolean {
    const bytes = this.#bytes
    let at = this.#head(tags.narrow, text.length)
    for (let place = 0; place < text.length; place++) {
      const code = text.charCodeAt(place)
      if (code > 255) return false
      bytes[at++] = code
    }
    this.#at = at
    return true
  }

  #longText(text: string): void {
    const isNarrow = !wide.test(text)
    const length = isNarrow ? text.length : Buffer.byteLength(text)
    const at = this.#head(isNarrow ? tags.narrow : tags.text, length)
    this.#at = at + this.#bytes.write(text, at, isNarrow ? 'latin1' : 'utf8')
  }

  #number(n: number): void {
    const bytes = this.#room(9)
    if (n >>> 0 === n) {
      const at = this.#at
      bytes[at] = tags.whole
      bytes[at + 1] = n
      bytes[at + 2] = n >>> 8
      bytes[at + 3] = n >>> 16
      bytes[at + 4] = n >>> 24
      this.#at = at + 5
    } else {
      bytes[this.#at] = tags.float
      this.#at = bytes.writeDoubleLE(n, this.#at + 1)
    }
  }

  #blob(blob: Uint8Array): void {
    const bytes = this.#room(blob.length + 6)
    const at = this.#head(tags.bytes, blob.length)
    bytes.set(blob, at)
    this.#at = at + blob.length
  }

  #list(list: readonly Stored[]): void {
    this.#room(6)
    this.#at = this.#head(tags.list, list.length)
    for (const one of list) this.value(one)
  }

  #map(map: { readonly [name: string]: Stored }): void {
    const entries = Object.entries(map)
    this.#room(6)
    this.#at = this.#head(tags.map, entries.length)
    for (const [name, value] of entries) {
      this.#text(name)
      this.value(value)
    }
  }

  /** A tag and a length of up to 32 bits, seven bits a byte; says where it ends. There is room. */
  #head(tag: number, length: number): number {
    const bytes = this.#bytes
    let at = this.#at
    bytes[at++] = tag
    let rest = length
    for (; rest > 127; rest >>>= 7) bytes[at++] = (rest & 127) | 128
    bytes[at++] = rest
    return at
  }

  #room(needed: number): Buffer {
    if (this.#at + needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#at + needed))
      larger.set(this.#bytes.subarray(0, this.#at))
      this.#bytes = larger
    }
    return this.#bytes
  }
}

const packer = new Packer()

export const pack = (value: Stored): Uint8Array => Buffer.from(packer.pack(value))
