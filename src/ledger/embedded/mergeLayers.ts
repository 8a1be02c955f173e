/** One list out of several layers, each in order: the newest value of a key counts, and what was removed isn't there. */
import type { Slot } from './layer.js'
import type { Stored } from './packing.js'

export type Item = readonly [suffix: string, value: Stored]

type Source = Iterator<readonly [suffix: string, value: Stored | undefined]>

/** `layers`: newest first; below them all `pages`. */
export function* mergeLayers(
  layers: readonly Iterator<readonly [string, Slot]>[],
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
        const suffix = head.value[0]
        if (first === undefined || (descending ? suffix > first : suffix < first)) first = suffix
      }
      if (first === undefined) return
      const value = takeFirst(first, sources, heads)
      if (value !== undefined) yield [first, value]
    }
  } finally {
    for (const source of sources) source.return?.()
  }
}

/** The newest value under the suffix; each source that has it moves on. */
function takeFirst(
  suffix: string,
  sources: readonly Source[],
  heads: IteratorResult<readonly [string, Stored | undefined]>[],
): Stored | undefined {
  let isFound = false
  let value: Stored | undefined
  for (const [index, source] of sources.entries()) {
    const head = heads[index]
    if (head === undefined || head.done || head.value[0] !== suffix) continue
    if (!isFound) value = head.value[1]
    isFound = true
    heads[index] = source.next()
  }
  return value
}

function* valuesOf(items: Iterator<readonly [string, Slot]>): Generator<readonly [string, Stored | undefined]> {
  for (let item = items.next(); !item.done; item = items.next()) yield [item.value[0], item.value[1].value]
}
