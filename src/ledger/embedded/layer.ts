/**
 * What was written since the pages last took everything over, in memory: the newest values above the pages.
 *
 * A slot that was made here and is gone again leaves nothing behind: most entries and index members of a task live
 * shorter than a layer does, and never reach a page.
 */
import type { Group } from './group.js'
import type { Stored } from './packing.js'
import { SortedMap } from './sortedMap.js'
import { isList, type Table } from './tables.js'

export type Slot = {
  readonly layer: Layer
  readonly table: Table
  readonly name: string
  /** undefined: removed. */
  value: Stored | undefined
  /** Whether an older layer or the pages may know the name. */
  readonly isBelow: boolean
  isInJournal: boolean
  /** Whether it is among those that go whole into the next record of the journal. */
  isGathered: boolean
  /** With which it was last written. */
  group: Group | undefined
}

export class Layer {
  readonly #tables = new Map<Table, Map<string, Slot> | SortedMap<Slot>>()

  get(table: Table, name: string): Slot | undefined {
    return this.#tables.get(table)?.get(name)
  }

  set(slot: Slot): void {
    let slots = this.#tables.get(slot.table)
    if (slots === undefined) {
      slots = isList(slot.table) ? new SortedMap<Slot>() : new Map<string, Slot>()
      this.#tables.set(slot.table, slots)
    }
    slots.set(slot.name, slot)
  }

  delete({ table, name }: Slot): void {
    this.#tables.get(table)?.delete(name)
  }

  /** Of a list, in order. */
  range(table: Table, from: string, to: string | undefined, descending: boolean): Iterable<readonly [string, Slot]> {
    const slots = this.#tables.get(table)
    return slots instanceof SortedMap ? slots.range(from, to, descending) : []
  }

  slotsOf(table: Table): Iterable<Slot> {
    return this.#tables.get(table)?.values() ?? []
  }

  /** Table after table, in the order of their names. */
  *slots(): Generator<readonly Slot[]> {
    for (const table of [...this.#tables.keys()].sort()) yield [...this.slotsOf(table)]
  }
}
