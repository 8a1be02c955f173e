/**
 * What was written since the pages last took everything over, in memory: the newest values above the pages.
 *
 * A slot that was made here and is gone again leaves nothing behind: most entries and index members of a task live
 * shorter than a layer does, and never reach a page.
 */
import type { Stored } from './packing.js'
import { SortedMap } from './sortedMap.js'

export type Slot = {
  readonly key: string
  /** undefined: removed. */
  value: Stored | undefined
  /** Whether an older layer or the pages may know the key. */
  readonly isBelow: boolean
  isInJournal: boolean
  /** Whether it is among those that go into the next record of the journal. */
  isGathered: boolean
}

export class Layer {
  readonly #rows = new Map<string, Slot>()
  readonly #lists = new Map<string, SortedMap<Slot>>()

  row(key: string): Slot | undefined {
    return this.#rows.get(key)
  }

  setRow(slot: Slot): void {
    this.#rows.set(slot.key, slot)
  }

  deleteRow(key: string): void {
    this.#rows.delete(key)
  }

  list(prefix: string): SortedMap<Slot> | undefined {
    return this.#lists.get(prefix)
  }

  setItem(prefix: string, suffix: string, slot: Slot): void {
    let list = this.#lists.get(prefix)
    if (list === undefined) {
      list = new SortedMap()
      this.#lists.set(prefix, list)
    }
    list.set(suffix, slot)
  }

  deleteItem(prefix: string, suffix: string): void {
    this.#lists.get(prefix)?.delete(suffix)
  }

  *slots(): Generator<Slot> {
    yield* this.#rows.values()
    for (const list of this.#lists.values()) for (const [, slot] of list.range('', undefined, false)) yield slot
  }
}
