/**
 * The pages take a layer over, in slices small enough not to keep the event loop.
 *
 * Cut off half-way it is simply done again: the journal has it all, and puts the same values on top.
 */
import type { Layer, Slot } from './layer.js'
import { Packer, pack } from './packing.js'
import type { Pages } from './pages.js'
import { takenKey } from './tables.js'

/** A few milliseconds of work. Each slice is a transaction of the pages, and writes the pages above it again. */
const sliceKeys = 1_000
const sliceBytes = 1 << 20

const packer = new Packer(sliceBytes)

/** `number`: the last file of the journal that isn't needed any more once this is done. */
export async function takeOver(pages: Pages, layer: Layer, number: number): Promise<void> {
  const slots = Array.from(layer.slots(), ordered).flat()
  for (let at = 0; at < slots.length; ) {
    const slice = sliceFrom(slots, at)
    await pages.write(slice)
    at += slice.length
  }
  await pages.write([[takenKey, pack(number)]])
  await pages.flushed()
}

/** Their values lie in one piece of memory. */
function sliceFrom(slots: readonly Slot[], from: number): [string, Uint8Array | undefined][] {
  packer.begin()
  const ends: number[] = []
  for (let at = from; at < slots.length && ends.length < sliceKeys && packer.length < sliceBytes; at++) {
    const value = slots[at]?.value
    if (value !== undefined) packer.value(value)
    ends.push(packer.length)
  }
  const bytes = Buffer.from(packer.end())
  return ends.map((end, at) => {
    const { table, name, value } = slots[from + at] as Slot
    return [table + name, value === undefined ? undefined : bytes.subarray(ends[at - 1] ?? 0, end)]
  })
}

const indexBits = 2 ** 21

/**
 * Neighbours on a page are written together: half the work of as they come. The first four bytes of their names say
 * well enough who they are, and as numbers they are sorted in no time.
 */
function ordered(slots: readonly Slot[]): readonly Slot[] {
  if (slots.length > indexBits) return slots
  const order = new Float64Array(slots.length)
  for (const [at, { name }] of slots.entries()) {
    let first = 0
    for (let place = 0; place < 4; place++) first = first * 256 + (name.charCodeAt(place) || 0)
    order[at] = first * indexBits + at
  }
  return Array.from(order.sort(), (one) => slots[one % indexBits] as Slot)
}
