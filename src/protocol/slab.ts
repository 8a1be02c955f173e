/**
 * Room for small byte strings that soon pass on: they share a buffer, since one of its own for each costs more than what
 * is written into it.
 *
 * A part keeps the whole buffer in memory, so what is kept for long doesn't belong here.
 */

const slabBytes = 16_384
const sharedBytes = 2_048

export class Slab {
  #bytes = new Uint8Array(slabBytes)
  #used = 0

  /** So many bytes, of this buffer or, where they are many, of their own. */
  take(size: number): Uint8Array {
    if (size > sharedBytes) return new Uint8Array(size)
    if (this.#used + size > slabBytes) {
      this.#bytes = new Uint8Array(slabBytes)
      this.#used = 0
    }
    this.#used += size
    return this.#bytes.subarray(this.#used - size, this.#used)
  }
}
