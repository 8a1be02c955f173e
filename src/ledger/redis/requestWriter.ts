/**
 * Requests to the functions, in that part of MessagePack which Redis' `cmsgpack` reads quickly: numbers, booleans,
 * strings, arrays. Its strings are bytes of any kind there, so most bodies need no place of their own. Lua looks at each
 * byte of a string that it gets, 1 to 2 ns, so what is large goes beside the request instead of into it: it is got once.
 *
 * Values of fields begin with a character for their type, as they are stored: `s` text, `n` number, `b` bytes, `t` true,
 * `f` false.
 */
import type { Scalar } from '../port.js'
import { InvalidWrite } from './invalidWrite.js'

const firstBytes = 1 << 16
/** From here on the system's own writing of texts is faster than a loop. */
const longText = 40
const nameMaxBytes = 512
/** From here on a value goes beside the request. */
const largeBytes = 1_024
const headBytes = 5

const textTag = 0x73
const numberTag = 0x6e
const bytesTag = 0x62

/** A place that a number is written to later. */
export type Place = number
/** To where a writer can go back. */
export type Mark = { readonly at: number; readonly count: number }

export class RequestWriter {
  #bytes = Buffer.allocUnsafeSlow(firstBytes)
  #at = headBytes
  #count = 0
  /** How deep in arrays of arrays: what is in these stays there. */
  #depth = 0
  readonly #large: { readonly place: number; readonly value: Buffer }[] = []

  /** Begins a request: one array. */
  begin(): void {
    this.#at = headBytes
    this.#count = 0
    this.#depth = 0
    this.#large.length = 0
  }

  /** The request, which is the caller's; then, if there are any, places of large values in it, and these. */
  finish(): readonly Buffer[] {
    const request = this.#take()
    if (this.#large.length === 0) return [request]
    const large = this.#large.splice(0)
    this.begin()
    for (const { place } of large) this.number(place)
    return [request, this.#take(), ...large.map(({ value }) => value)]
  }

  #take(): Buffer {
    this.#bytes[0] = 0xdd
    this.#bytes.writeUInt32BE(this.#count, 1)
    return Buffer.from(this.#bytes.subarray(0, this.#at))
  }

  /** How many values there are, which is the place of the last one in Lua's counting. */
  get count(): number {
    return this.#count
  }

  mark(): Mark {
    return { at: this.#at, count: this.#count }
  }

  back({ at, count }: Mark): void {
    this.#at = at
    this.#count = count
    while ((this.#large.at(-1)?.place ?? 0) > count) this.#large.pop()
  }

  /** Room for a number below 2^32. */
  reserve(): Place {
    const bytes = this.#room(5)
    bytes[this.#at] = 0xce
    this.#at += 5
    this.#count++
    return this.#at - 4
  }

  fill(place: Place, n: number): void {
    this.#bytes.writeUInt32BE(n, place)
  }

  /** An array of what `write` writes; it counts as one value. */
  list(write: () => void): void {
    const bytes = this.#room(5)
    bytes[this.#at] = 0xdd
    const place = this.#at + 1
    const before = this.#count
    this.#at += 5
    this.#depth++
    write()
    this.#depth--
    this.fill(place, this.#count - before)
    this.#count = before + 1
  }

  number(n: number): void {
    const bytes = this.#room(9)
    let at = this.#at
    if (n >= 0 && n < 128 && Number.isInteger(n)) bytes[at++] = n
    else {
      bytes[at] = 0xcb
      at = bytes.writeDoubleBE(n, at + 1)
    }
    this.#at = at
    this.#count++
  }

  flag(flag: boolean): void {
    this.#room(1)[this.#at++] = flag ? 0xc3 : 0xc2
    this.#count++
  }

  text(text: string): void {
    this.#text(text, 0)
  }

  /** A name of the domain's: 1 to 512 bytes of well-formed text. */
  name(name: string): void {
    const { length } = name
    const bytes = this.#text(name, 0)
    if (bytes === length && length > 0 && length <= nameMaxBytes) return
    if (length === 0 || bytes > nameMaxBytes)
      throw new InvalidWrite(`a name has 1 to ${nameMaxBytes} bytes, this one has ${bytes}`)
    if (!name.isWellFormed()) throw new InvalidWrite('a name is well-formed text, this one has half a character')
  }

  bytes(bytes: Uint8Array): void {
    this.#blob(bytes, 0)
  }

  /** A field's value, as it is stored. */
  scalar(value: unknown): void {
    if (typeof value === 'string') this.#text(value, textTag)
    else if (typeof value === 'number') {
      if (!Number.isFinite(value)) throw new InvalidWrite(`${value} can't be kept`)
      this.#text(`${value}`, numberTag)
    } else if (typeof value === 'boolean') this.text(value ? 't' : 'f')
    else if (value instanceof Uint8Array) this.#blob(value, bytesTag)
    else throw new InvalidWrite(`a value of type ${typeof value} can't be kept`)
  }

  /** A value that a field is compared with: one that can't be kept is the same as none. */
  wanted(value: Scalar): void {
    if (typeof value === 'number') this.#text(`${value}`, numberTag)
    else this.scalar(value)
  }

  /** Says how many bytes it has, without the tag. */
  #text(text: string, tag: number): number {
    const { length } = text
    const more = tag === 0 ? 0 : 1
    const bytes = this.#room(length * 3 + headBytes + 1)
    if (length > longText) return this.#longText(text, tag)
    let at = this.#head(length + more)
    if (tag !== 0) bytes[at++] = tag
    for (let place = 0; place < length; place++) {
      const code = text.charCodeAt(place)
      if (code > 127) return this.#longText(text, tag)
      bytes[at++] = code
    }
    this.#at = at
    this.#count++
    return length
  }

  #longText(text: string, tag: number): number {
    const length = Buffer.byteLength(text)
    if (length >= largeBytes && this.#depth === 0) {
      this.#setAside(tag, length).write(text, tag === 0 ? 0 : 1, 'utf8')
      return length
    }
    let at = this.#head(length + (tag === 0 ? 0 : 1))
    if (tag !== 0) this.#bytes[at++] = tag
    this.#at = at + this.#bytes.write(text, at, 'utf8')
    this.#count++
    return length
  }

  #blob(blob: Uint8Array, tag: number): void {
    if (blob.length >= largeBytes && this.#depth === 0) {
      this.#setAside(tag, blob.length).set(blob, tag === 0 ? 0 : 1)
      return
    }
    const bytes = this.#room(blob.length + headBytes + 1)
    let at = this.#head(blob.length + (tag === 0 ? 0 : 1))
    if (tag !== 0) bytes[at++] = tag
    bytes.set(blob, at)
    this.#at = at + blob.length
    this.#count++
  }

  /** Room for a large value beside the request, its tag in front. */
  #setAside(tag: number, length: number): Buffer {
    const value = Buffer.allocUnsafe(length + (tag === 0 ? 0 : 1))
    if (tag !== 0) value[0] = tag
    this.flag(false)
    this.#large.push({ place: this.#count, value })
    return value
  }

  /** A string's head; says where it ends. There is room. */
  #head(length: number): number {
    const bytes = this.#bytes
    const at = this.#at
    if (length < 32) {
      bytes[at] = 0xa0 | length
      return at + 1
    }
    if (length < 256) {
      bytes[at] = 0xd9
      bytes[at + 1] = length
      return at + 2
    }
    bytes[at] = 0xdb
    return bytes.writeUInt32BE(length, at + 1)
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
