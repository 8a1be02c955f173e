/** Values from their bytes. Those that hold bytes are views of what was read. */
import { type Stored, tags } from './packing.js'

export function unpack(bytes: Uint8Array): Stored {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return new Unpacking(source).value()
}

class Unpacking {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  value(): Stored {
    const tag = this.#bytes[this.#at++]
    switch (tag) {
      case tags.nil:
        return null
      case tags.true:
        return true
      case tags.false:
        return false
      case tags.whole:
        this.#at += 4
        return this.#bytes.readUInt32LE(this.#at - 4)
      case tags.float:
        this.#at += 8
        return this.#bytes.readDoubleLE(this.#at - 8)
      case tags.narrow:
      case tags.text: {
        const [from, to] = this.#span()
        return this.#bytes.toString(tag === tags.narrow ? 'latin1' : 'utf8', from, to)
      }
      case tags.bytes:
        return this.#bytes.subarray(...this.#span())
      case tags.list:
        return Array.from({ length: this.#length() }, () => this.value())
      case tags.map:
        return Object.fromEntries(Array.from({ length: this.#length() }, () => [String(this.value()), this.value()]))
      default:
        throw new RangeError(`unpack: ${tag} at byte ${this.#at - 1} is no tag`)
    }
  }

  #length(): number {
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++] ?? 0
      length += (byte & 127) * 2 ** shift
      if (byte < 128) return length
    }
  }

  #span(): [from: number, to: number] {
    const length = this.#length()
    this.#at += length
    return [this.#at - length, this.#at]
  }
}
