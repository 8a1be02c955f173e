/** One list out of several layers, each in order: the newest value of a key counts, and what was removed isn't there. */
import type { Slot } from './layer.js'
import type { Stored } from './packing.js'

export type Item = readonly [name: string, value: Stored]

type Source = Iterator<readonly [name: string, value: Stored | undefined]>

/** `layers`: newest first; below them all `pages`. */
export function* mergeLayers(
  layers: readonly Iterable<readonly [string, Slot]>[],
  pages: Source,
  descending: boolean,
): Generator<Item> {
  const sources: Source[] = [...layers.map(valuesOf), pages]
  const heads = sources.map((source) => source.next())
  try {
    for (;;) {
      let first: string | undefined
      for (const head of heads) {
        if (head.done) continue
        const name = head.value[0]
        if (first === undefined || (descending ? name > first : name < first)) first = name
      }
      if (first === undefined) return
      const value = takeFirst(first, sources, heads)
      if (value !== undefined) yield [first, value]
    }
  } finally {
    for (const source of sources) source.return?.()
  }
}

/** The newest value under the name; each source that has it moves on. */
function takeFirst(
  name: string,
  sources: readonly Source[],
  heads: IteratorResult<readonly [string, Stored | undefined]>[],
): Stored | undefined {
  let isFound = false
  let value: Stored | undefined
  for (const [index, source] of sources.entries()) {
    const head = heads[index]
    if (head === undefined || head.done || head.value[0] !== name) continue
    if (!isFound) value = head.value[1]
    isFound = true
    heads[index] = source.next()
  }
  return value
}

function* valuesOf(items: Iterable<readonly [string, Slot]>): Generator<readonly [string, Stored | undefined]> {
  for (const [name, { value }] of items) yield [name, value]
}
