/**
 * Values as bytes: the one file that knows `msgpackr`. Maps are written with their keys, so each value stands alone.
 *
 * The library writes into one buffer, whoever calls it, until it is told of another: here, at each call.
 */
import { Packr } from 'msgpackr'

/** What stands behind a key in the folder. */
export type Stored =
  | string
  | number
  | boolean
  | Uint8Array
  | readonly Stored[]
  | { readonly [name: string]: Stored }
  | null

const packr = new Packr({ useRecords: false, int64AsType: 'number' })
const scratch = Buffer.allocUnsafeSlow(1 << 16)

export function pack(value: Stored): Uint8Array {
  packr.useBuffer(scratch)
  return Buffer.from(packr.pack(value))
}

/** Bytes within the value may be views of `bytes`. */
export const unpack = (bytes: Uint8Array): Stored => packr.unpack(bytes)

/** For many values together: what it returned is gone with its next call. */
export class PackBuffer {
  /** As much as a batch seldom has; more is allocated for that one. */
  readonly #buffer = Buffer.allocUnsafeSlow(1 << 20)

  pack(value: Stored): Uint8Array {
    packr.useBuffer(this.#buffer)
    return packr.pack(value)
  }
}
