/**
 * Frames to bytes, and bytes of frames to messages: what is due together leaves as one message, and a frame for many
 * is encoded once.
 */
import { Encoded, pack } from './packing.js'

/** Encodes a frame. `Raw` anywhere in it is copied in as it is. */
export const encodeFrame = (frame: object): Uint8Array => pack(frame, 'replaced')

/** One message of frames that are encoded already. There must be at least one. */
export const encodeMessage = (frames: readonly Uint8Array[]): Uint8Array => {
  const [first] = frames
  if (first !== undefined && frames.length === 1) return first
  return pack(frames.map((bytes) => new Encoded(bytes)))
}
