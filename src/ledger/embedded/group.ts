/** What changed since the last flush: it goes into one record of the journal, and those who wrote it wait for that. */
import type { LedgerFault } from '../port.js'
import type { Slot } from './layer.js'
import type { Packer, Stored } from './packing.js'
import type { Kept, RowChange } from './row.js'
import type { Table } from './tables.js'
import { Unpacker } from './unpacking.js'

/** A row that was there before, and of which some places changed. */
export type Changed = { readonly table: Table; readonly name: string; readonly change: RowChange }

export type Group = {
  /** In order. What is written whole besides is among `slots`, and counts. */
  readonly changes: Changed[]
  /** Each that is written whole, once. */
  readonly slots: Slot[]
  readonly durable: Promise<void>
  isDurable: boolean
  readonly settle: (fault?: LedgerFault) => void
}

export function newGroup(): Group {
  let settle: Group['settle'] = () => {}
  const durable = new Promise<void>((resolve, reject) => {
    settle = (fault) => (fault === undefined ? resolve() : reject(fault))
  })
  // Not everybody who writes waits.
  durable.catch(() => {})
  return { changes: [], slots: [], durable, isDurable: false, settle }
}

export const isEmpty = ({ changes, slots }: Group): boolean => slots.length === 0 && changes.length === 0

/**
 * The record's content: how many rows changed, with table, name and change in turn; then table, name and value of what
 * is written whole, null for what was removed. A table that came before is given by its number. The group is empty then,
 * and its slots may be gathered again.
 */
export function packGroup(packer: Packer, { changes, slots }: Group): Uint8Array {
  const tables = new Map<Table, number>()
  const packTable = (table: Table) => {
    const number = tables.get(table)
    if (number === undefined) tables.set(table, tables.size)
    packer.value(number ?? table)
  }
  packer.begin()
  packer.value(changes.length)
  for (const { table, name, change } of changes) {
    packTable(table)
    packer.value(name)
    packChange(packer, change)
  }
  for (const slot of slots) {
    slot.isGathered = false
    const neverWas = slot.value === undefined && !slot.isBelow && !slot.isInJournal
    if (neverWas) continue
    slot.isInJournal = true
    packTable(slot.table)
    packer.value(slot.name)
    packer.value(slot.value ?? null)
  }
  // Slots remember their last group long after.
  changes.length = 0
  slots.length = 0
  return packer.end()
}

function packChange(packer: Packer, { shape, size, places, values }: RowChange): void {
  packer.value(shape)
  packer.value(size)
  packer.value(places.length)
  for (let at = 0; at < places.length; at++) {
    packer.value(places[at] ?? 0)
    packer.value(values[at] ?? null)
  }
}

export type Entry = { readonly table: Table; readonly name: string } & (
  | { readonly change: RowChange }
  /** undefined: removed. */
  | { readonly value: Stored | undefined }
)

/** A record's content read again. */
export function* entriesFrom(bytes: Uint8Array): Generator<Entry> {
  const content = new Unpacker(bytes)
  const tables: Table[] = []
  let changesLeft = Number(content.value())
  while (!content.isAtEnd) {
    const told = content.value()
    if (typeof told === 'string') tables.push(told)
    const table = typeof told === 'string' ? told : (tables[Number(told)] ?? '')
    const name = String(content.value())
    if (changesLeft > 0) yield { table, name, change: changeFrom(content) }
    else yield { table, name, value: content.value() ?? undefined }
    changesLeft -= 1
  }
}

function changeFrom(content: Unpacker): RowChange {
  const [shape, size, count] = [content.value(), content.value(), content.value()].map(Number) as [
    number,
    number,
    number,
  ]
  const places: number[] = []
  const values: Kept[] = []
  for (let left = count; left > 0; left--) {
    places.push(Number(content.value()))
    values.push(content.value() as Kept)
  }
  return { shape, size, places, values }
}
