/**
 * A free value (`payload`, `output`, …) as the bytes it came in.
 *
 * Most of them only pass through a node: from a frame to the ledger, from there into another frame. They are decoded
 * where somebody looks into them, and never encoded again.
 */
import { Unpackr } from 'msgpackr'
import { unpackDeep } from './deepValue.js'
import { Encoded, pack } from './packing.js'

/**
 * Free values were found good when they came in: here the quickest reader serves. `auto`, which its types don't list,
 * makes numbers of what is within 2^53 and BigInts of the rest.
 */
const unpackr = Object.assign(new Unpackr({ useRecords: false, mapsAsObjects: true }), { int64AsType: 'auto' })

export class Raw extends Encoded {
  /** Why the value must not be passed on, although it could be read: what was expected of it instead. */
  readonly fault: string | undefined

  constructor(bytes: Uint8Array, fault?: string) {
    super(bytes)
    this.fault = fault
  }

  /** Encodes a value. Throws `Unsayable`, naming the place, where the protocol has no word for it. */
  static of(value: unknown): Raw {
    return value instanceof Raw ? value : new Raw(pack(value))
  }

  get isNil(): boolean {
    return this.bytes.length === 1 && this.bytes[0] === 0xc0
  }

  /** Decodes it, anew with each call: maps as objects, binaries as views of `bytes`, integers beyond 2^53 as BigInt. */
  value(): unknown {
    try {
      // A view of its own: it leaves a property on what it reads.
      return unpackr.unpack(this.bytes.subarray())
    } catch (error) {
      // It recurses, and some thousand levels are more than the stack carries.
      if (!(error instanceof RangeError)) throw error
      return unpackDeep(this.bytes)
    }
  }
}
