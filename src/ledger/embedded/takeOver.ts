/**
 * The pages take a layer over, in slices small enough not to keep the event loop.
 *
 * Cut off half-way it is simply done again: the journal has it all, and puts the same values on top.
 */
import type { Layer } from './layer.js'
import { pack, type Stored } from './packing.js'
import type { Pages } from './pages.js'
import { takenKey } from './tables.js'

/** About a millisecond of work. */
const sliceKeys = 1_000
const sliceBytes = 1 << 20

/** `number`: the last file of the journal that isn't needed any more once this is done. */
export async function takeOver(pages: Pages, layer: Layer, number: number): Promise<void> {
  let slice: [string, Uint8Array | undefined][] = []
  let bytes = 0
  for (const { key, value } of inOrder(layer)) {
    const packed = value === undefined ? undefined : pack(value)
    slice.push([key, packed])
    bytes += packed?.length ?? 0
    if (slice.length < sliceKeys && bytes < sliceBytes) continue
    await pages.write(slice)
    slice = []
    bytes = 0
  }
  slice.push([takenKey, pack(number)])
  await pages.write(slice)
  await pages.flushed()
}

/** Neighbours on a page are written together: in the order of their keys, half the work of as they come. */
function inOrder(layer: Layer): { readonly key: string; readonly value: Stored | undefined }[] {
  return Array.from(layer.slots(), ({ table, name, value }) => ({ key: table + name, value })).sort((left, right) =>
    left.key < right.key ? -1 : 1,
  )
}
