/** What changed since the last flush: it goes into one record of the journal, and those who wrote it wait for that. */
import type { LedgerFault } from '../port.js'
import type { Slot } from './layer.js'
import type { Stored } from './packing.js'
import type { Table } from './tables.js'
import { unpack } from './unpacking.js'

export type Group = {
  /** Each that changed, once. */
  readonly slots: Slot[]
  readonly durable: Promise<void>
  readonly settle: (fault?: LedgerFault) => void
}

export function newGroup(): Group {
  let settle: Group['settle'] = () => {}
  const durable = new Promise<void>((resolve, reject) => {
    settle = (fault) => (fault === undefined ? resolve() : reject(fault))
  })
  // Not everybody who writes waits.
  durable.catch(() => {})
  return { slots: [], durable, settle }
}

/**
 * The record's content: table, name and value in turn, null for what was removed. A table that came before is given by
 * its number. The slots may be gathered again afterwards.
 */
export function contentOf({ slots }: Group): readonly Stored[] {
  const content: Stored[] = []
  const numbers = new Map<Table, number>()
  for (const slot of slots) {
    slot.isGathered = false
    const neverWas = slot.value === undefined && !slot.isBelow && !slot.isInJournal
    if (neverWas) continue
    slot.isInJournal = true
    const number = numbers.get(slot.table)
    if (number === undefined) numbers.set(slot.table, numbers.size)
    content.push(number ?? slot.table, slot.name, slot.value ?? null)
  }
  return content
}

/** A record's content read again; no value: it was removed. */
export function* entriesFrom(bytes: Uint8Array): Generator<{ table: Table; name: string; value: Stored | undefined }> {
  const content = unpack(bytes) as readonly Stored[]
  const tables: Table[] = []
  for (let at = 0; at < content.length; at += 3) {
    const [told, name, value] = content.slice(at, at + 3) as [Table | number, string, Stored]
    if (typeof told === 'string') tables.push(told)
    const table = typeof told === 'string' ? told : (tables[told] ?? '')
    yield { table, name, value: value ?? undefined }
  }
}
