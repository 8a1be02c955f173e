/** Lists that come in pages: read until there are as many as were asked for. */
import { integer, text, withDefault } from './option.js'
import { note } from './terminal.js'

export const pagingOptions = {
  limit: withDefault(integer('n', 'At most this many. Default: 50.', 1, 1_000_000), 50),
  cursor: text('cursor', 'Go on where an earlier list ended.'),
}

export type Part<Item> = { readonly items: readonly Item[]; readonly cursor?: string }

type ReadPart<Item> = (paging: { readonly limit: number; readonly cursor?: string }) => Promise<Part<Item>>

const largestPage = 1_000

/** Tells each item as it comes, and at the end how to go on. A part may have nothing in it and not be the last. */
export async function eachListed<Item>(
  { limit, cursor }: { readonly limit: number; readonly cursor: string | undefined },
  readPart: ReadPart<Item>,
  tell: (items: readonly Item[]) => void,
): Promise<void> {
  let next = cursor
  for (let left = limit; left > 0; ) {
    const part = await readPart({ limit: Math.min(left, largestPage), ...(next === undefined ? {} : { cursor: next }) })
    tell(part.items)
    left -= part.items.length
    next = part.cursor
    if (next === undefined) return
  }
  note(`There is more: --cursor ${next}`)
}
