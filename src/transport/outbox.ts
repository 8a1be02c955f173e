/**
 * Frames on their way to one client: those of one turn of the event loop leave as one message.
 *
 * A message costs a system call, a frame doesn't: an agent's ack and its next task, or the answers of one commit to a
 * producer, come about in the same turn. All outboxes of a node are flushed by one immediate.
 */
import { encodeMessage } from '../protocol/encoding.js'
import { limits } from '../protocol/formats.js'
import type { Socket } from './socket.js'

/** An array's header, at the most. */
const headerBytes = 5

export class Outbox {
  readonly #socket: Socket
  readonly #flushes: Flushes
  readonly #maxBytes: number
  #frames: Uint8Array[] = []
  #bytes = 0

  constructor(socket: Socket, flushes: Flushes, maxBytes: number) {
    this.#socket = socket
    this.#flushes = flushes
    this.#maxBytes = maxBytes
  }

  /** What waits for the client to read it. */
  get waitingBytes(): number {
    return this.#bytes + this.#socket.bufferedAmount
  }

  /** False, and nothing taken: the client reads too slowly. One frame alone always fits. */
  push(frame: Uint8Array): boolean {
    const { waitingBytes } = this
    if (waitingBytes > 0 && waitingBytes + frame.length > this.#maxBytes) return false
    if (this.#frames.length === 0) this.#flushes.request(this)
    this.#frames.push(frame)
    this.#bytes += frame.length
    return true
  }

  /** Sends what waits, in messages that a client must take. */
  flush(): void {
    if (this.#frames.length === 0) return
    const frames = this.#frames
    const isOneMessage = this.#bytes + headerBytes <= limits.clientMessageBytes
    this.#frames = []
    this.#bytes = 0
    if (isOneMessage) this.#socket.send(encodeMessage(frames))
    else for (const part of parts(frames)) this.#socket.send(encodeMessage(part))
  }
}

/** Which outboxes have something, and the one immediate that sends it. */
export class Flushes {
  #due: Outbox[] = []

  request(outbox: Outbox): void {
    if (this.#due.length === 0) setImmediate(() => this.#flush())
    this.#due.push(outbox)
  }

  #flush(): void {
    const due = this.#due
    this.#due = []
    for (const outbox of due) outbox.flush()
  }
}

function parts(frames: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const made: Uint8Array[][] = []
  let part: Uint8Array[] = []
  let bytes = headerBytes
  for (const frame of frames) {
    if (bytes + frame.length > limits.clientMessageBytes && part.length > 0) {
      made.push(part)
      part = []
      bytes = headerBytes
    }
    part.push(frame)
    bytes += frame.length
  }
  made.push(part)
  return made
}
