/**
 * Records read until together they are large enough. How large one is shows once it is read, so they are read in steps:
 * a page of large ones never stands in memory at once.
 */
import type { Fields } from '../ledger/port.js'
import { type Procedure, read } from './procedure.js'

const firstStep = 16
const largestStep = 64

/** As many of the first ones as fit with their bodies, and what those take; the first one always fits. */
export type BoundedRead = { readonly records: readonly (Fields | null)[]; readonly bytes: number }

export function* boundedRead(shard: number, keys: readonly string[], maxBytes: number): Procedure<BoundedRead> {
  const records: (Fields | null)[] = []
  let bytes = 0
  for (let step = firstStep; records.length < keys.length; step = Math.min(largestStep, 2 * step)) {
    const from = records.length
    for (const fields of yield* read(shard, keys.slice(from, from + step))) {
      const more = bodyBytes(fields)
      if (bytes + more > maxBytes && records.length > 0) return { records, bytes }
      bytes += more
      records.push(fields)
    }
  }
  return { records, bytes }
}

const bodyBytes = (fields: Fields | null): number =>
  fields === null ? 0 : lengthOf(fields.payload) + lengthOf(fields.previous) + lengthOf(fields.output)

const lengthOf = (value: unknown): number => (value instanceof Uint8Array ? value.length : 0)
