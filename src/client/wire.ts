/**
 * The client's end of the wire: frames to bytes, bytes to frames. Frames from the node are taken at their word, and
 * come with their free values decoded.
 */

import { encodeFrame, encodeMessage } from '../protocol/encoding.js'
import { limits } from '../protocol/formats.js'
import type { NodeFrame } from '../protocol/nodeFrames.js'
import { Raw } from '../protocol/raw.js'
import { ChimeraError } from './chimeraError.js'

export type { ErrorCode } from '../protocol/codes.js'
export type { ReviewCard } from '../protocol/records.js'

/** A value encoded before it is sent. Whatever becomes of the original afterwards, this goes on the wire. */
export type Encoded = Raw

/** Throws `INVALID` where MessagePack has no word for it, naming the place. */
export function encodeValue(value: unknown): Encoded {
  return orInvalid(() => Raw.of(value))
}

/** Throws `INVALID` where a field can't be said. */
export function encode(frame: object): Uint8Array {
  return orInvalid(() => encodeFrame(frame))
}

function orInvalid<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new ChimeraError('INVALID', error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** Encoded frames as few messages as the node's limits allow. */
export function* messagesOf(frames: readonly Uint8Array[], messageBytes: number): Generator<Uint8Array> {
  let from = 0
  let bytes = listHeadBytes
  for (const [at, frame] of frames.entries()) {
    const isFull = bytes + frame.length > messageBytes || at - from === limits.framesPerMessage
    if (isFull && at > from) {
      yield encodeMessage(frames.slice(from, at))
      from = at
      bytes = listHeadBytes
    }
    bytes += frame.length
  }
  if (from < frames.length) yield encodeMessage(frames.slice(from))
}

/** The longest head that a list of frames has. */
const listHeadBytes = 5

/** The frames of one message. Throws where it is none. */
export function decode(message: Uint8Array): readonly NodeFrame[] {
  const value = new Raw(message).value()
  const frames: readonly unknown[] = Array.isArray(value) ? value : [value]
  return frames.map(asFrame)
}

/** Whether its other fields are as the protocol has them is the node's business. */
function asFrame(value: unknown): NodeFrame {
  if (typeof value === 'object' && value !== null && 'type' in value) return value as NodeFrame
  throw new TypeError('expected a frame: a map with a type')
}
