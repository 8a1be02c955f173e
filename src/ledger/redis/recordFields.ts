/**
 * The fields of a record in a reply: names and values in turn.
 *
 * Objects with many fields of names that come at run time are slow in this engine, to make and to read. So each is made
 * from a pattern, which it shares with the records that have the same fields.
 */
import type { Fields, Patch, Scalar } from '../port.js'
import type { ReplyReader } from './replyReader.js'

const patternsMax = 4_096
const patternNamesMax = 64
const patterns = new Map<string, Record<string, Scalar>>()

/** A record before and after what a claim wrote to it. */
export function readFields(reader: ReplyReader, ...patches: readonly Patch[]): Fields {
  const names: string[] = []
  const values: Scalar[] = []
  for (let left = reader.list(); left > 0; left -= 2) {
    const name = reader.text()
    const value = reader.scalar()
    // What keeps a record without fields.
    if (name === '') continue
    names.push(name)
    values.push(value)
  }
  for (const patch of patches) apply(patch, names, values)
  return fieldsOf(names, values)
}

function apply(patch: Patch, names: string[], values: Scalar[]): void {
  for (const name in patch) {
    const value = patch[name]
    const at = names.indexOf(name)
    if (value === null || value === undefined) {
      if (at === -1) continue
      names.splice(at, 1)
      values.splice(at, 1)
    } else if (at === -1) {
      names.push(name)
      values.push(kept(value))
    } else values[at] = kept(value)
  }
}

/** As it would come back: texts are kept as UTF-8, so half a character isn't, and 0 has no sign. */
function kept(value: Scalar): Scalar {
  if (typeof value === 'string') return value.isWellFormed() ? value : value.toWellFormed()
  if (typeof value === 'number') return value + 0
  return value instanceof Uint8Array ? Buffer.from(value) : value
}

function fieldsOf(names: readonly string[], values: readonly Scalar[]): Fields {
  if (names.length > patternNamesMax) return Object.fromEntries(names.map((name, place) => [name, values[place] ?? 0]))
  const fields = { ...patternOf(names) }
  for (let place = 0; place < names.length; place++) fields[names[place] ?? ''] = values[place] ?? 0
  return fields
}

function patternOf(names: readonly string[]): Record<string, Scalar> {
  const key = names.join('\0')
  const known = patterns.get(key)
  if (known !== undefined) return known
  // The way to an object that the engine lays out like one in the source.
  const pattern = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:0`).join()}}`) as Record<string, Scalar>
  if (patterns.size < patternsMax) patterns.set(key, pattern)
  return pattern
}
