/**
 * Reading what came over a socket: one pass over the bytes of a message that refuses whatever the protocol doesn't
 * allow and builds the frames, without looking into the free values (`Raw`). What is no frame in a list of them is
 * passed over; a fault in the bytes is the whole message's, as nobody can tell what comes behind it.
 *
 * The frames are maps of the right shape for MessagePack; whether they are the right frames is `checkFrame`'s business.
 */
import { limits } from './formats.js'
import { Malformed } from './malformed.js'
import { Raw } from './raw.js'
import { Slab } from './slab.js'
import { Unpacking } from './unpacking.js'

export type ReadLimits = { readonly framesPerMessage: number; readonly valuesPerMessage: number }

/** A node reads what anybody sends. */
export const nodeReadLimits: ReadLimits = limits
/** A client reads what its node sends: long lists among it. */
export const clientReadLimits: ReadLimits = { framesPerMessage: 65_536, valuesPerMessage: 2_000_000 }

export type Frame = Readonly<Record<string, unknown>>

export type Message =
  /** `strays`: what stood among the frames of a list and is none, each with its place. */
  | { readonly kind: 'frames'; readonly frames: readonly Frame[]; readonly strays?: readonly string[] }
  /** `id` is that of the frame which is the whole message, where it was read before the fault. */
  | { readonly kind: 'malformed'; readonly why: string; readonly id?: number }

export const readMessage = (bytes: Uint8Array, within: ReadLimits = nodeReadLimits): Message => {
  const reading = new Reading(bytes, within)
  try {
    const frames = reading.message()
    const { strays } = reading
    return strays.length === 0 ? { kind: 'frames', frames } : { kind: 'frames', frames, strays }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    const { id } = reading
    return { kind: 'malformed', why: error.message, ...(id === undefined ? {} : { id }) }
  }
}

/** Free values by key, wherever they stand, but for `approval.edited`, which says whether there was an edit. */
const freeKeys: ReadonlySet<string> = new Set(['payload', 'previous', 'output', 'action', 'edited', 'metrics', 'meta'])
const keyWithoutFree = 'approval'

/** These stay in a node's memory for as long as an agent is connected. */
const keptKeys: ReadonlySet<string> = new Set(['metrics', 'meta'])

/** A free value is a copy, unless it makes up this part of the chunk that the socket gave. */
const sharedPart = 1 / 4

class Reading extends Unpacking {
  readonly #within: ReadLimits
  #values = 0
  /** The message is one frame, not a list. */
  #isAlone = true
  id: number | undefined
  readonly strays: string[] = []

  constructor(bytes: Uint8Array, within: ReadLimits) {
    super(bytes)
    this.#within = within
  }

  message(): readonly Frame[] {
    const frames = this.#frames()
    if (this.at !== this.bytes.length) throw new Malformed('bytes after the message')
    return frames
  }

  #frames(): readonly Frame[] {
    const token = this.next()
    if (token === 'map') return [this.#map(1, true)]
    if (token !== 'list') throw new Malformed(`expected a frame (map) or a list of frames, got ${token}`)
    const count = this.size
    if (count > this.#within.framesPerMessage)
      throw new Malformed(`expected at most ${this.#within.framesPerMessage} frames in a message`)
    this.#isAlone = false
    const frames: Frame[] = []
    for (let i = 0; i < count; i++) {
      const from = this.at
      const each = this.next()
      if (each === 'map') frames.push(this.#map(1, true))
      else {
        this.strays.push(`[${i}]: expected a frame (map), got ${each}`)
        this.at = from
        this.skip()
      }
    }
    return frames
  }

  /** The map that `next` announced. */
  #map(depth: number, mayHoldFree: boolean): Frame {
    const map: Record<string, unknown> = {}
    const { size } = this
    for (let left = size; left > 0; left--) {
      const key = this.key()
      if (mayHoldFree && freeKeys.has(key)) map[key] = this.#free(keptKeys.has(key))
      else if (depth === 1 && key === 'confidence') map[key] = this.#confidence()
      else map[key] = this.#value(depth, mayHoldFree && key !== keyWithoutFree)
      if (depth === 1 && key === 'id' && this.#isAlone) this.#noteId(map[key])
    }
    // One look at the end instead of one for each key.
    if (Object.keys(map).length !== size) throw new Malformed('a key that comes twice')
    return map
  }

  #value(depth: number, mayHoldFree: boolean): unknown {
    if (++this.#values > this.#within.valuesPerMessage)
      throw new Malformed(`expected at most ${this.#within.valuesPerMessage} values in a message`)
    const token = this.next()
    if (token === 'bigint') throw new Malformed('an integer beyond 2^53')
    if (token !== 'list' && token !== 'map') return this.scalar(token)
    if (depth === limits.envelopeDepth) throw new Malformed(`a frame deeper than ${limits.envelopeDepth}`)
    if (token === 'map') return this.#map(depth + 1, mayHoldFree)
    const list: unknown[] = []
    for (let left = this.size; left > 0; left--) list.push(this.#value(depth + 1, mayHoldFree))
    return list
  }

  #free(isKept: boolean): Raw {
    const from = this.at
    this.hasNotFinite = false
    this.skip()
    const isShared = this.at - from >= this.bytes.buffer.byteLength * sharedPart
    const bytes = isShared ? this.bytes.subarray(from, this.at) : copy(this.bytes, from, this.at, isKept)
    return new Raw(bytes, this.hasNotFinite ? 'expected finite numbers, got NaN or an infinity' : undefined)
  }

  /** A number, or else whatever it is: it counts as 0, and is no reason to refuse the frame. */
  #confidence(): unknown {
    const from = this.at
    const token = this.next()
    if (token === 'integer' || token === 'float') return this.number
    this.at = from
    return this.#free(false)
  }

  #noteId(id: unknown): void {
    if (Number.isInteger(id) && Number(id) >= 0 && Number(id) <= limits.uint32) this.id = Number(id)
  }
}

/** Copies that soon pass on. */
const slab = new Slab()

/** Not `slice`: a Buffer's is a view. */
const copy = (bytes: Uint8Array, from: number, to: number, isKept: boolean): Uint8Array => {
  const target = isKept ? new Uint8Array(to - from) : slab.take(to - from)
  target.set(bytes.subarray(from, to))
  return target
}
