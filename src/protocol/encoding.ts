/**
 * Frames to bytes, and bytes of frames to messages: what is due together leaves as one message, and a frame for many
 * is encoded once.
 */
import { pack } from './packing.js'
import { Slab } from './slab.js'

/** Encodes a frame. `Raw` anywhere in it is copied in as it is. */
export const encodeFrame = (frame: object): Uint8Array => pack(frame, 'replaced', true)

/** Messages are gone once they are sent. */
const slab = new Slab()

/** One message of frames that are encoded already. There must be at least one. */
export const encodeMessage = (frames: readonly Uint8Array[]): Uint8Array => {
  const [first] = frames
  if (first !== undefined && frames.length === 1) return first
  const head = listHead(frames.length)
  let size = head.length
  for (const { length } of frames) size += length
  const message = slab.take(size)
  message.set(head)
  let at = head.length
  for (const frame of frames) {
    message.set(frame, at)
    at += frame.length
  }
  return message
}

const listHead = (size: number): readonly number[] => {
  if (size < 0x10) return [0x90 | size]
  if (size < 0x1_0000) return [0xdc, size >> 8, size & 0xff]
  return [0xdd, size >>> 24, (size >> 16) & 0xff, (size >> 8) & 0xff, size & 0xff]
}
