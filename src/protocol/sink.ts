/**
 * The bytes of a MessagePack value as they are written: a buffer that grows, and a head for each kind of scalar.
 *
 * Integers take the shortest form there is, as integers, whatever their size.
 */

/** Texts up to this length are tried as ASCII first, unit by unit: the call of an encoder costs more. */
const shortText = 192
const startBytes = 65_536
/** A buffer larger than this is let go of after the value. */
const keptBytes = 1_048_576
/** With less than this left for a value, it gets another buffer at once. */
const leastRoom = 4_096
/** A value up to this size may share its buffer with others. */
const sharedBytes = 2_048
/** Without an end, a cycle with something large in it would take all memory. */
export const maxPackedBytes = 64 * 1_048_576

const encoder = new TextEncoder()
const loneSurrogate = /\p{Surrogate}/u

/** Code of the form with 16 bits; the next one has 32, the one before 8, where there is one. */
const wide = { text: 0xda, binary: 0xc5, list: 0xdc, map: 0xde } as const

export class Sink {
  #bytes = new Uint8Array(startBytes)
  #view = new DataView(this.#bytes.buffer)
  /** Where the value at hand begins: what is before belongs to values that share the buffer. */
  #start = 0
  #at = 0

  /** Begins anew. */
  clear(): void {
    this.#at = this.#start
    if (this.#bytes.length > keptBytes || this.#bytes.length - this.#start < leastRoom) this.#resize(startBytes)
  }

  /** What was written, in a buffer of its own. */
  take(): Uint8Array {
    return this.#bytes.slice(this.#start, this.#at)
  }

  /** What was written, as part of the buffer that it was written into: no copy, where it is small. */
  takeShared(): Uint8Array {
    if (this.length > sharedBytes) return this.take()
    const bytes = this.#bytes.subarray(this.#start, this.#at)
    this.#start = this.#at
    return bytes
  }

  nil(): void {
    this.#byte(0xc0)
  }

  boolean(value: boolean): void {
    this.#byte(value ? 0xc3 : 0xc2)
  }

  /** Any finite number. */
  number(value: number): void {
    this.#ensure(9)
    if (!Number.isSafeInteger(value)) {
      this.#put8(0xcb)
      this.#view.setFloat64(this.#skip(8), value)
    } else if (value >= 0) this.#unsigned(value)
    else this.#negative(value)
  }

  /** False where it has more than 64 bits. */
  bigint(value: bigint): boolean {
    this.#ensure(9)
    if (BigInt.asIntN(64, value) === value) {
      this.#put8(0xd3)
      this.#view.setBigInt64(this.#skip(8), value)
      return true
    }
    if (BigInt.asUintN(64, value) !== value) return false
    this.#put8(0xcf)
    this.#view.setBigUint64(this.#skip(8), value)
    return true
  }

  /** False where it has a lone surrogate, which UTF-8 can't say; it was written as U+FFFD. */
  text(text: string): boolean {
    if (text.length <= shortText && this.#ascii(text)) return true
    // Room for the longest head and three bytes a unit; the text moves down once its size is known.
    this.#ensure(5 + text.length * 3)
    const from = this.#at + 5
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(from))
    this.#textHead(written)
    this.#bytes.copyWithin(this.#at, from, from + written)
    this.#at += written
    // ASCII, whose length stays the same, needs no looking for it.
    return written === text.length || !loneSurrogate.test(text)
  }

  binary(bytes: Uint8Array): void {
    this.#ensure(5)
    if (bytes.length < 0x100) {
      this.#put8(0xc4)
      this.#put8(bytes.length)
    } else this.#wideHead(wide.binary, bytes.length)
    this.encoded(bytes)
  }

  listHead(size: number): void {
    this.#ensure(5)
    if (size < 0x10) this.#put8(0x90 | size)
    else this.#wideHead(wide.list, size)
  }

  mapHead(size: number): void {
    this.#ensure(5)
    if (size < 0x10) this.#put8(0x80 | size)
    else this.#wideHead(wide.map, size)
  }

  /** Bytes of a value, as they are. */
  encoded(bytes: Uint8Array): void {
    this.#ensure(bytes.length)
    this.#bytes.set(bytes, this.#skip(bytes.length))
  }

  #unsigned(value: number): void {
    if (value < 0x80) this.#put8(value)
    else if (value < 0x100) {
      this.#put8(0xcc)
      this.#put8(value)
    } else if (value < 0x1_0000) {
      this.#put8(0xcd)
      this.#view.setUint16(this.#skip(2), value)
    } else if (value < 0x1_0000_0000) {
      this.#put8(0xce)
      this.#view.setUint32(this.#skip(4), value)
    } else {
      this.#put8(0xcf)
      this.#view.setUint32(this.#skip(4), Math.floor(value / 0x1_0000_0000))
      this.#view.setUint32(this.#skip(4), value % 0x1_0000_0000)
    }
  }

  #negative(value: number): void {
    if (value >= -0x20) this.#put8(0x100 + value)
    else if (value >= -0x80) {
      this.#put8(0xd0)
      this.#put8(0x100 + value)
    } else if (value >= -0x8000) {
      this.#put8(0xd1)
      this.#view.setInt16(this.#skip(2), value)
    } else if (value >= -0x8000_0000) {
      this.#put8(0xd2)
      this.#view.setInt32(this.#skip(4), value)
    } else {
      this.#put8(0xd3)
      this.#view.setBigInt64(this.#skip(8), BigInt(value))
    }
  }

  /** False, and nothing written, where the text isn't ASCII. */
  #ascii(text: string): boolean {
    const size = text.length
    this.#ensure(size + 2)
    const start = this.#at
    this.#textHead(size)
    const bytes = this.#bytes
    let at = this.#at
    for (let i = 0; i < size; i++) {
      const unit = text.charCodeAt(i)
      if (unit >= 0x80) {
        this.#at = start
        return false
      }
      bytes[at++] = unit
    }
    this.#at = at
    return true
  }

  #textHead(size: number): void {
    if (size < 0x20) this.#put8(0xa0 | size)
    else if (size < 0x100) {
      this.#put8(0xd9)
      this.#put8(size)
    } else this.#wideHead(wide.text, size)
  }

  #wideHead(code: number, size: number): void {
    if (size < 0x1_0000) {
      this.#put8(code)
      this.#view.setUint16(this.#skip(2), size)
    } else {
      this.#put8(code + 1)
      this.#view.setUint32(this.#skip(4), size)
    }
  }

  #byte(byte: number): void {
    this.#ensure(1)
    this.#put8(byte)
  }

  #put8(byte: number): void {
    this.#bytes[this.#at++] = byte
  }

  #skip(bytes: number): number {
    const at = this.#at
    this.#at = at + bytes
    return at
  }

  #ensure(bytes: number): void {
    if (this.#at + bytes > this.#bytes.length) this.#resize(Math.max(startBytes, this.length * 2, this.length + bytes))
  }

  /** Moves what was written of the value at hand to a buffer that it has for itself. */
  #resize(size: number): void {
    const written = this.#bytes.subarray(this.#start, this.#at)
    this.#bytes = new Uint8Array(size)
    this.#bytes.set(written)
    this.#view = new DataView(this.#bytes.buffer)
    this.#at = written.length
    this.#start = 0
  }

  /** Of the value at hand, so far. */
  get length(): number {
    return this.#at - this.#start
  }
}
