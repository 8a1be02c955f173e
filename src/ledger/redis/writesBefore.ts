/** What a record is, as far as the writes of a transaction that come before one of them say. */
import type { Write } from '../port.js'
import { InvalidWrite } from './invalidWrite.js'

export type Put = Write & { readonly kind: 'put' }

export const isPut = (write: Write): write is Put => write.kind === 'put'

/** The number that a field has before the write at `at`; undefined: the transaction hasn't said. Throws where it's none. */
export function knownBefore(writes: readonly Write[], at: number, record: string, field: string): number | undefined {
  for (let before = at - 1; before >= 0; before--) {
    const write = writes[before]
    if (write === undefined || !('record' in write) || write.record !== record) continue
    if (write.kind === 'drop') return 0
    // The sum that was kept for it goes on.
    if (write.kind === 'add' && write.field === field) return undefined
    const value = valueIn(write, field)
    if (value === undefined) continue
    if (value === null) return 0
    if (typeof value !== 'number') throw new InvalidWrite(`add to ${field}, which is no number`)
    return value
  }
  return undefined
}

function valueIn(write: Write, field: string): unknown {
  if (write.kind === 'enqueue') return write.idInto === field ? 'an id' : undefined
  if (write.kind !== 'put' || !Object.hasOwn(write.fields, field)) return undefined
  return write.fields[field] ?? null
}

/** Whether a record is there by earlier writes; false: they don't say. Throws where they dropped it. */
export function recordBefore(writes: readonly Write[], at: number, record: string): boolean {
  for (let before = at - 1; before >= 0; before--) {
    const write = writes[before]
    if (write === undefined || !('record' in write) || write.record !== record) continue
    if (write.kind === 'drop') throw new InvalidWrite(`enqueue: there is no record ${record}`)
    return true
  }
  return false
}
