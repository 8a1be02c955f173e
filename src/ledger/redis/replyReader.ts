/**
 * What the functions answer, read piece by piece: the part of MessagePack that Redis' `cmsgpack` writes. Its strings are
 * bytes; whoever reads knows which of them are text. Large values come beside the reply, which has their numbers.
 */
import type { Scalar } from '../port.js'

const textTag = 0x73
const numberTag = 0x6e
const bytesTag = 0x62
const trueTag = 0x74

/** A reply that no function of ours gives. */
const strange = (what: string): Error => new TypeError(`Redis: expected ${what} in the reply of a function`)

export class ReplyReader {
  readonly #bytes: Buffer
  readonly #large: readonly unknown[]
  #at = 0

  constructor(reply: unknown) {
    const [bytes, ...large] = Array.isArray(reply) ? reply : [reply]
    if (!Buffer.isBuffer(bytes)) throw strange('bytes')
    this.#bytes = bytes
    this.#large = large
  }

  /** Whether an array comes next. */
  get isList(): boolean {
    const head = this.#bytes[this.#at] ?? 0
    return (head & 0xf0) === 0x90 || head === 0xdc || head === 0xdd
  }

  get isText(): boolean {
    const head = this.#bytes[this.#at] ?? 0
    return (head & 0xe0) === 0xa0 || (head >= 0xd9 && head <= 0xdb)
  }

  /** Whether `false` comes next; it is passed then. */
  takeFalse(): boolean {
    if (this.#bytes[this.#at] !== 0xc2) return false
    this.#at++
    return true
  }

  /** How many values an array has. */
  list(): number {
    const head = this.#bytes[this.#at++] ?? 0
    if ((head & 0xf0) === 0x90) return head & 0x0f
    if (head === 0xdc) return this.#unsigned(2)
    if (head === 0xdd) return this.#unsigned(4)
    throw strange('an array')
  }

  flag(): boolean {
    const head = this.#bytes[this.#at++]
    if (head !== 0xc2 && head !== 0xc3) throw strange('a boolean')
    return head === 0xc3
  }

  number(): number {
    const bytes = this.#bytes
    const head = bytes[this.#at++] ?? 0
    if (head < 0x80) return head
    if (head >= 0xe0) return head - 256
    const at = this.#at
    if (head === 0xcb) {
      this.#at += 8
      return bytes.readDoubleBE(at)
    }
    if (head === 0xca) {
      this.#at += 4
      return bytes.readFloatBE(at)
    }
    if (head >= 0xcc && head <= 0xce) return this.#unsigned(1 << (head - 0xcc))
    if (head === 0xcf || head === 0xd3) {
      this.#at += 8
      const high = head === 0xcf ? bytes.readUInt32BE(at) : bytes.readInt32BE(at)
      return high * 2 ** 32 + bytes.readUInt32BE(at + 4)
    }
    if (head >= 0xd0 && head <= 0xd2) {
      const width = 1 << (head - 0xd0)
      this.#at += width
      return bytes.readIntBE(at, width)
    }
    throw strange('a number')
  }

  text(): string {
    const length = this.#length()
    const from = this.#at
    this.#at += length
    return this.#bytes.toString('utf8', from, this.#at)
  }

  /** Text of nothing but ASCII. */
  ascii(): string {
    const length = this.#length()
    const from = this.#at
    this.#at += length
    return this.#bytes.toString('latin1', from, this.#at)
  }

  /** A copy, so that what is kept of it doesn't keep the whole reply. */
  bytes(): Buffer {
    if (!this.isText) return this.#setAside()
    const length = this.#length()
    const from = this.#at
    this.#at += length
    return Buffer.from(this.#bytes.subarray(from, this.#at))
  }

  /** A field's value, as it is stored; a record's field without a name has none. */
  scalar(): Scalar {
    if (!this.isText) {
      const large = this.#setAside()
      return scalarIn(large, 0, large.length)
    }
    const length = this.#length()
    const from = this.#at
    this.#at = from + length
    return scalarIn(this.#bytes, from, this.#at)
  }

  #setAside(): Buffer {
    const value = this.#large[this.number() - 1]
    if (!Buffer.isBuffer(value)) throw strange('a large value')
    return value
  }

  #length(): number {
    const head = this.#bytes[this.#at++] ?? 0
    if ((head & 0xe0) === 0xa0) return head & 0x1f
    if (head >= 0xd9 && head <= 0xdb) return this.#unsigned(1 << (head - 0xd9))
    throw strange('a string')
  }

  #unsigned(width: number): number {
    const n = this.#bytes.readUIntBE(this.#at, width)
    this.#at += width
    return n
  }
}

function scalarIn(bytes: Buffer, from: number, end: number): Scalar {
  const tag = bytes[from]
  if (tag === textTag) return bytes.toString('utf8', from + 1, end)
  if (tag === numberTag) return Number(bytes.toString('latin1', from + 1, end))
  if (tag === bytesTag) return Buffer.from(bytes.subarray(from + 1, end))
  return tag === trueTag
}
