/**
 * Values to MessagePack.
 *
 * It never recurses, as values nest deeper than the stack of this engine would carry. What is encoded already
 * (`Encoded`) is copied in as it is. Fields that are undefined are left out.
 */
import { limits } from './formats.js'
import { placeName } from './place.js'
import { maxPackedBytes, Sink } from './sink.js'

/** Bytes of one MessagePack value, to be written as they are. */
export class Encoded {
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

/** A value that MessagePack, or this protocol, can't say. `path` is where it stands, such as `a.b[3]`. */
export class Unsayable extends Error {
  override readonly name = 'Unsayable'
  readonly path: string

  constructor(path: string, why: string) {
    super(path === '' ? why : `${path}: ${why}`)
    this.path = path
  }
}

/** A list or map that is being written. */
type Open = {
  readonly node: Readonly<Record<string | number, unknown>>
  /** Of a map. */
  readonly keys: readonly string[] | undefined
  readonly count: number
  at: number
  readonly depth: number
  readonly up: Open | undefined
}

/** One buffer serves them all, one after the other; a `toJSON` or getter that encodes in between gets its own. */
let idleSink: Sink | undefined = new Sink()

/**
 * Encodes one value. Throws `Unsayable`. A lone surrogate, which UTF-8 can't say, becomes U+FFFD where it is to be
 * `replaced`: in texts of our own, which somebody may have cut in the middle of a pair. With `isShared` the bytes may be
 * part of a buffer with others, which each of them keeps in memory.
 */
export const pack = (
  root: unknown,
  loneSurrogates: 'refused' | 'replaced' = 'refused',
  isShared = false,
): Uint8Array => {
  const sink = idleSink ?? new Sink()
  idleSink = undefined
  sink.clear()
  try {
    new Packing(sink, loneSurrogates === 'replaced').write(root)
    return isShared ? sink.takeShared() : sink.take()
  } finally {
    idleSink = sink
  }
}

class Packing {
  readonly #sink: Sink
  readonly #isLenient: boolean
  #open: Open | undefined

  constructor(sink: Sink, isLenient: boolean) {
    this.#sink = sink
    this.#isLenient = isLenient
  }

  write(root: unknown): void {
    this.#value(root)
    for (let open = this.#open; open !== undefined; open = this.#open) {
      if (open.at === open.count) {
        this.#open = open.up
        continue
      }
      const { keys, node } = open
      if (keys === undefined) this.#value(node[open.at++])
      else {
        const key = keys[open.at++] ?? ''
        const value = node[key]
        if (value === undefined) continue
        if (key === '__proto__') this.#refuse('another key than __proto__')
        this.#text(key)
        this.#value(value)
      }
    }
  }

  /** Writes a scalar, or the head of a list or map, which is open then. */
  #value(value: unknown): void {
    if (typeof value === 'string') this.#text(value)
    else if (typeof value === 'number') this.#number(value)
    else if (typeof value === 'boolean') this.#sink.boolean(value)
    else if (typeof value === 'bigint') this.#bigint(value)
    else if (value === undefined || value === null) this.#sink.nil()
    else if (typeof value === 'object') this.#object(value)
    else this.#refuse('a value that MessagePack can say', `a ${typeof value}`)
  }

  #number(value: number): void {
    if (!Number.isFinite(value)) this.#refuse('a finite number', value)
    this.#sink.number(value)
  }

  #text(text: string): void {
    if (!this.#sink.text(text) && !this.#isLenient) this.#refuse('well-formed text', 'a lone surrogate')
  }

  #bigint(value: bigint): void {
    if (value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER) this.#sink.number(Number(value))
    else if (!this.#sink.bigint(value)) this.#refuse('an integer of at most 64 bits')
  }

  #object(value: object): void {
    if (value instanceof Encoded) this.#sink.encoded(value.bytes)
    else if (Array.isArray(value)) {
      this.#sink.listHead(value.length)
      this.#enter(value, undefined, value.length)
    } else if (value instanceof Uint8Array) this.#sink.binary(value)
    else if ('toJSON' in value && typeof value.toJSON === 'function') this.#said(value.toJSON(), value)
    else if (value instanceof Map || value instanceof Set || ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
      this.#refuse('a plain object, list or Uint8Array', `a ${value.constructor.name}`)
    else this.#map(value as Open['node'])
    if (this.#sink.length > maxPackedBytes) this.#refuse(`at most ${maxPackedBytes} bytes in all`)
  }

  /** What an object says it is in JSON. */
  #said(said: unknown, by: object): void {
    if (said === by) this.#map(by as Open['node'])
    else this.#value(said)
  }

  #map(node: Open['node']): void {
    const keys = Object.keys(node)
    let entries = keys.length
    for (const key of keys) if (node[key] === undefined) entries--
    this.#sink.mapHead(entries)
    if (entries > 0) this.#enter(node, keys, keys.length)
  }

  #enter(node: object, keys: readonly string[] | undefined, count: number): void {
    const up = this.#open
    const depth = up === undefined ? 1 : up.depth + 1
    if (depth > limits.freeDepth) this.#refuse(`at most ${limits.freeDepth} levels`)
    this.#open = { node: node as Open['node'], keys, count, at: 0, depth, up }
  }

  #refuse(expected: string, got?: unknown): never {
    throw new Unsayable(
      placeName(stepsOf(this.#open)),
      got === undefined ? `expected ${expected}` : `expected ${expected}, got ${got}`,
    )
  }
}

/** From the value that is being written outwards. */
function* stepsOf(open: Open | undefined): Iterable<string | number> {
  for (let up = open; up !== undefined; up = up.up) yield up.keys?.[up.at - 1] ?? up.at - 1
}
