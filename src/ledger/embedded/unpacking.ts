/** Values from their bytes. Those that hold bytes are views of what was read. */
import { apart, type Stored, tags } from './packing.js'

export const unpack = (bytes: Uint8Array): Stored => new Unpacker(bytes).value()

/** Reads values, one after the other. */
export class Unpacker {
  /** Where the next value begins. */
  at: number
  readonly #bytes: Buffer

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = at
  }

  get isAtEnd(): boolean {
    return this.at >= this.#bytes.length
  }

  /** The next value's tag. */
  get tag(): number {
    return this.#bytes[this.at] ?? tags.nil
  }

  value(): Stored {
    const tag = this.#bytes[this.at++]
    switch (tag) {
      case tags.nil:
        return null
      case tags.true:
        return true
      case tags.false:
        return false
      case tags.whole:
        return this.#whole()
      case tags.float:
        this.at += 8
        return this.#bytes.readDoubleLE(this.at - 8)
      case tags.narrow:
      case tags.text: {
        const length = this.#length()
        this.at += length
        return this.#bytes.toString(tag === tags.narrow ? 'latin1' : 'utf8', this.at - length, this.at)
      }
      case tags.bytes: {
        const length = this.#length()
        this.at += length
        return this.#bytes.subarray(this.at - length, this.at)
      }
      case tags.list:
        return Array.from({ length: this.#length() }, () => this.value())
      case tags.map:
        return Object.fromEntries(Array.from({ length: this.#length() }, () => [String(this.value()), this.value()]))
      case tags.apart:
        return apart
      default:
        throw new RangeError(`unpack: ${tag} at byte ${this.at - 1} is no tag`)
    }
  }

  /** Passes a value of a field. */
  skip(): void {
    const tag = this.#bytes[this.at++]
    if (tag === tags.whole) this.at += 4
    else if (tag === tags.float) this.at += 8
    else if (tag === tags.narrow || tag === tags.text || tag === tags.bytes) {
      const length = this.#length()
      this.at += length
    }
  }

  /** Passes a value of a field, and says how long a text or bytes are; 8 for anything else. */
  weigh(): number {
    const { tag } = this
    if (tag === tags.text) return String(this.value()).length
    if (tag !== tags.narrow && tag !== tags.bytes) {
      this.skip()
      return 8
    }
    this.at += 1
    const length = this.#length()
    this.at += length
    return length
  }

  #whole(): number {
    const bytes = this.#bytes
    const at = this.at
    this.at = at + 4
    return (
      (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 2 ** 8 + (bytes[at + 2] ?? 0) * 2 ** 16 + (bytes[at + 3] ?? 0) * 2 ** 24
    )
  }

  #length(): number {
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.at++] ?? 0
      length += (byte & 127) * 2 ** shift
      if (byte < 128) return length
    }
  }
}
