/**
 * A list that stays in order, in chunks: an item among 100,000 is found in two short searches and moves a few hundred
 * others at most.
 */

const chunkMax = 512

/** `Place`: the part of an item that says where it stands. */
export class SortedList<T extends Place, Place = T> {
  readonly #compare: (a: Place, b: Place) => number
  /** None of them is empty. */
  readonly #chunks: T[][] = []
  #size = 0

  /** Two items of which neither comes first are one and the same. */
  constructor(compare: (a: Place, b: Place) => number) {
    this.#compare = compare
  }

  get size(): number {
    return this.#size
  }

  /** False: it is in there. */
  add(item: T): boolean {
    const { chunk, index } = this.#find(item)
    const found = chunk?.[index]
    if (found !== undefined && this.#compare(found, item) === 0) return false
    this.#size++
    if (chunk !== undefined) chunk.splice(index, 0, item)
    const grown = chunk ?? this.#append(item)
    if (grown.length > chunkMax) {
      this.#chunks.splice(this.#chunks.indexOf(grown) + 1, 0, grown.splice(chunkMax / 2))
    }
    return true
  }

  /** False: it wasn't in there. */
  remove(item: Place): boolean {
    const { chunk, index } = this.#find(item)
    const found = chunk?.[index]
    if (chunk === undefined || found === undefined || this.#compare(found, item) !== 0) return false
    this.#size--
    chunk.splice(index, 1)
    if (chunk.length === 0) this.#chunks.splice(this.#chunks.indexOf(chunk), 1)
    return true
  }

  /** How many items come before this place. */
  rank(place: Place): number {
    const { chunk, index } = this.#find(place)
    let before = index
    for (const one of this.#chunks) {
      if (one === chunk) return before
      before += one.length
    }
    return this.#size
  }

  /** Items in order: all, or those behind a place. The list may not change meanwhile. */
  *after(place?: Place): Generator<T, void, undefined> {
    const start = place === undefined ? { chunk: this.#chunks[0], index: 0 } : this.#find(place)
    if (start.chunk === undefined) return
    let from = start.index
    const first = start.chunk[from]
    if (place !== undefined && first !== undefined && this.#compare(first, place) === 0) from++
    for (let at = this.#chunks.indexOf(start.chunk); at < this.#chunks.length; at++) {
      const chunk = this.#chunks[at] ?? []
      for (let i = from; i < chunk.length; i++) {
        const one = chunk[i]
        if (one !== undefined) yield one
      }
      from = 0
    }
  }

  /** A first chunk, or the last one, with the item at its end. */
  #append(item: T): T[] {
    const last = this.#chunks.at(-1)
    if (last !== undefined) {
      last.push(item)
      return last
    }
    const first = [item]
    this.#chunks.push(first)
    return first
  }

  /** Where the first item stands that doesn't come before this place; no chunk: all come before it. */
  #find(place: Place): { readonly chunk: T[] | undefined; readonly index: number } {
    const at = firstIndex(this.#chunks.length, (i) => {
      const last = this.#chunks[i]?.at(-1)
      return last !== undefined && this.#compare(last, place) >= 0
    })
    const chunk = this.#chunks[at]
    if (chunk === undefined) return { chunk, index: 0 }
    const index = firstIndex(chunk.length, (i) => {
      const one = chunk[i]
      return one !== undefined && this.#compare(one, place) >= 0
    })
    return { chunk, index }
  }
}

/** The first of `length` indexes for which `holds`, which then holds for all behind it; `length`: for none. */
const firstIndex = (length: number, holds: (index: number) => boolean): number => {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
