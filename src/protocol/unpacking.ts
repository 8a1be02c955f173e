/**
 * MessagePack, read token by token: what the readers of frames and of free values share.
 *
 * `next` moves past one token and leaves what it was in the fields below; of texts and binaries it leaves `at` on the
 * first byte. A declared length is held against the bytes that are left before anybody acts on it. `skip` never recurses:
 * values nest deeper than the stack of this engine would carry.
 */
import { limits } from './formats.js'
import { Keyring } from './keyring.js'
import { Malformed } from './malformed.js'
import { readKey, readText, textKind } from './text.js'

export type Token = 'nil' | 'boolean' | 'integer' | 'bigint' | 'float' | 'text' | 'binary' | 'list' | 'map'

/** For a list, which has no keys to close. */
const noKeys = -2

export class Unpacking {
  readonly bytes: Uint8Array
  readonly #view: DataView
  at: number
  /** Of an integer or float; 0 or 1 of a boolean. */
  number = 0
  bigint = 0n
  /** Of a text or binary: its bytes; of a list or map: its entries. */
  size = 0
  /** Whether `skip` met a NaN or an infinity. */
  hasNotFinite = false
  #isMap = false

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = at
  }

  next(): Token {
    const token = this.#uint8()
    if (token < 0x80) return this.#integer(token)
    if (token < 0x90) return this.#sized('map', token & 0x0f, 2)
    if (token < 0xa0) return this.#sized('list', token & 0x0f, 1)
    if (token < 0xc0) return this.#sized('text', token & 0x1f, 1)
    if (token >= 0xe0) return this.#integer(token - 0x100)
    switch (token) {
      case 0xc0:
        return 'nil'
      case 0xc2:
      case 0xc3:
        this.number = token & 1
        return 'boolean'
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#sized('binary', this.#unsigned(token - 0xc4), 1)
      case 0xca:
        return this.#float(4)
      case 0xcb:
        return this.#float(8)
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#integer(this.#unsigned(token - 0xcc))
      case 0xcf:
      case 0xd3:
        return this.#integer64(token === 0xd3)
      case 0xd0:
      case 0xd1:
      case 0xd2:
        return this.#integer(this.#signed(token - 0xd0))
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#sized('text', this.#unsigned(token - 0xd9), 1)
      case 0xdc:
      case 0xdd:
        return this.#sized('list', this.#unsigned(token - 0xdb), 1)
      case 0xde:
      case 0xdf:
        return this.#sized('map', this.#unsigned(token - 0xdd), 2)
      default:
        throw new Malformed(token === 0xc1 ? 'a byte that means nothing (0xc1)' : 'an extension type')
    }
  }

  /** The text that `next` announced. */
  text(): string {
    const to = this.at + this.size
    const kind = textKind(this.#view, this.at, to)
    if (kind === 'bad') throw new Malformed('a text that is not UTF-8')
    const text = readText(this.bytes, this.at, to, kind)
    this.at = to
    return text
  }

  /** The next token, as a key of a map. */
  key(): string {
    const from = this.#keyStart()
    const key = readKey(this.bytes, this.#view, from, this.at)
    if (key === undefined) throw new Malformed('a key that is not UTF-8')
    if (key === '__proto__') throw new Malformed('a key __proto__')
    return key
  }

  /** Moves past one value with all that is in it, and throws where it isn't allowed. */
  skip(): void {
    if (this.#skipOne() === 'open') this.#skipOpen()
  }

  /** Moves past a scalar or an empty list or map; of others past the head. */
  #skipOne(): 'past' | 'open' {
    const token = this.next()
    if (token === 'text') this.#passText()
    else if (token === 'binary') this.at += this.size
    else if (token === 'float' && !Number.isFinite(this.number)) this.hasNotFinite = true
    else if (token === 'list' || token === 'map') {
      this.#isMap = token === 'map'
      return this.size > 0 ? 'open' : 'past'
    }
    return 'past'
  }

  /** Moves past all that is in the list or map whose head was read. */
  #skipOpen(): void {
    const keyring = new Keyring(this.bytes, this.#view)
    /** Of the list or map at hand: texts and values yet to come, and what closes its keys. */
    let left = 0
    let closing = noKeys
    /** The same of those around it, two numbers each. */
    const around: number[] = []
    for (;;) {
      if (around.length === 2 * limits.freeDepth) throw new Malformed(`a value deeper than ${limits.freeDepth}`)
      around.push(left, closing)
      left = this.#isMap ? this.size * 2 : this.size
      closing = this.#isMap ? keyring.open(this.size) : noKeys
      let isOpening = false
      while (!isOpening) {
        if (left === 0) {
          if (closing !== noKeys) keyring.close(closing)
          closing = around.pop() ?? noKeys
          left = around.pop() ?? 0
          if (around.length === 0) return
        } else {
          left--
          if (closing !== noKeys && (left & 1) === 1) keyring.add(this.#keyStart(), this.at)
          else isOpening = this.#skipOne() === 'open'
        }
      }
    }
  }

  /** What `next` announced, unless it was a list or map. Binaries are views. */
  scalar(token: Exclude<Token, 'list' | 'map'>): unknown {
    switch (token) {
      case 'nil':
        return null
      case 'boolean':
        return this.number === 1
      case 'integer':
      case 'float':
        return this.number
      case 'bigint':
        return this.bigint
      case 'text':
        return this.text()
      case 'binary':
        this.at += this.size
        return this.bytes.subarray(this.at - this.size, this.at)
    }
  }

  /** Moves past a key, and returns where its text starts. */
  #keyStart(): number {
    if (this.next() !== 'text') throw new Malformed('a key that is no text')
    const from = this.at
    this.at += this.size
    return from
  }

  #passText(): void {
    const to = this.at + this.size
    if (textKind(this.#view, this.at, to) === 'bad') throw new Malformed('a text that is not UTF-8')
    this.at = to
  }

  #need(bytes: number): number {
    const from = this.at
    if (this.bytes.length - from < bytes) throw new Malformed('it ends in the middle of a value')
    this.at = from + bytes
    return from
  }

  #uint8(): number {
    return this.#view.getUint8(this.#need(1))
  }

  /** An unsigned integer of 1, 2 or 4 bytes, by the power of two. */
  #unsigned(power: number): number {
    if (power === 0) return this.#uint8()
    return power === 1 ? this.#view.getUint16(this.#need(2)) : this.#view.getUint32(this.#need(4))
  }

  #signed(power: number): number {
    if (power === 0) return this.#view.getInt8(this.#need(1))
    return power === 1 ? this.#view.getInt16(this.#need(2)) : this.#view.getInt32(this.#need(4))
  }

  #integer(value: number): Token {
    this.number = value
    return 'integer'
  }

  #integer64(isSigned: boolean): Token {
    const from = this.#need(8)
    const high = isSigned ? this.#view.getInt32(from) : this.#view.getUint32(from)
    const value = high * 0x1_0000_0000 + this.#view.getUint32(from + 4)
    if (Number.isSafeInteger(value)) return this.#integer(value)
    this.bigint = isSigned ? this.#view.getBigInt64(from) : this.#view.getBigUint64(from)
    return 'bigint'
  }

  /** A float of integral value is an integer. -0 is 0. */
  #float(bytes: 4 | 8): Token {
    const from = this.#need(bytes)
    const value = bytes === 4 ? this.#view.getFloat32(from) : this.#view.getFloat64(from)
    if (Number.isSafeInteger(value)) return this.#integer(value + 0)
    this.number = value
    return 'float'
  }

  #sized(token: Token, size: number, bytesEach: 1 | 2): Token {
    if (size * bytesEach > this.bytes.length - this.at) throw new Malformed(`a ${token} longer than what is left`)
    this.size = size
    return token
  }
}
