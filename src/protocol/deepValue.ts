/**
 * Values that nest deeper than a decoder that recurses can follow: built with a list of what is open instead.
 */
import { Unpacking } from './unpacking.js'

/** A list or map that is being built. `left` counts its values yet to come. */
type Open = {
  readonly node: unknown[] | Record<string, unknown>
  readonly isMap: boolean
  key: string
  left: number
  readonly up: Open | undefined
}

/** Builds one value that was found good before: maps become objects, integers beyond 2^53 BigInts. */
export const unpackDeep = (bytes: Uint8Array): unknown => {
  const input = new Unpacking(bytes)
  let open: Open | undefined
  for (;;) {
    if (open?.isMap) open.key = input.key()
    const token = input.next()
    const made = token === 'list' ? [] : token === 'map' ? {} : input.scalar(token)
    if (open !== undefined) put(open, made)
    if ((token === 'list' || token === 'map') && input.size > 0) {
      open = { node: made as Open['node'], isMap: token === 'map', key: '', left: input.size, up: open }
      continue
    }
    let whole: unknown = made
    while (open !== undefined && open.left === 0) {
      whole = open.node
      open = open.up
    }
    if (open === undefined) return whole
  }
}

const put = (open: Open, value: unknown): void => {
  open.left--
  if (Array.isArray(open.node)) open.node.push(value)
  else open.node[open.key] = value
}
