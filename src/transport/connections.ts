/**
 * All connections of a node, by the address of their session: how what actors send reaches clients.
 *
 * One sweep a second looks at every connection, instead of timers for each. A sweep that comes late judges nobody:
 * the node itself stood still, and what clients sent meanwhile is yet to be read.
 */
import type { Address } from '../actors/runtime/actor.js'
import type { Timer } from '../clock.js'
import { encodeFrame } from '../protocol/encoding.js'
import type { Role } from '../protocol/frames.js'
import type { Drain } from '../protocol/nodeFrames.js'
import { type Caller, Connection, type ConnectionSetting } from './connection.js'
import type { Socket } from './socket.js'

export interface Connections {
  /** The session's address must be new. */
  open(session: Address, caller: Caller, socket: Socket): Connection
  /** Its socket is gone. */
  forget(connection: Connection): void
  /** Nothing where the connection is gone. */
  send(session: Address, frame: { readonly type: string }): void
  /** To every client that was welcomed. */
  sendAll(frame: { readonly type: string }): void
  close(session: Address, code: number, reason: string): void
  /** Calls `then` once nearly all that was sent before has left; not where the connection ends first. */
  whenSent(session: Address, then: () => void): void
  /** Those that are closing included. */
  count(): number
  countByRole(): Readonly<Record<Role, number>>
  /** Asks every client to go elsewhere, each at a time of its own within `spreadMs`. */
  drain(reason: string, spreadMs: number): void
  /** Closes all; settles when they are gone, by force after `graceMs`. */
  closeAll(code: number, reason: string, graceMs: number): Promise<void>
}

const sweepMs = 1_000

export function createConnections(setting: ConnectionSetting): Connections {
  const { clock } = setting
  const open = new Map<Address, { readonly connection: Connection; readonly socket: Socket }>()
  let sweepTimer: Timer | undefined
  let whenEmpty: (() => void) | undefined
  let lastFrame: object | undefined
  let lastBytes: Uint8Array | undefined

  function sweep(dueAt: number): void {
    const now = clock.now()
    if (now - dueAt < sweepMs) for (const { connection } of open.values()) connection.look(now)
    sweepTimer = open.size === 0 ? undefined : sweepAt(now + sweepMs)
  }

  function sweepAt(when: number): Timer {
    return clock.at(when, () => sweep(when))
  }

  /** A frame for many is sent to one after the other. */
  function encoded(frame: { readonly type: string }): Uint8Array {
    if (frame === lastFrame && lastBytes !== undefined) return lastBytes
    lastBytes = encodeFrame(frame)
    lastFrame = frame
    return lastBytes
  }

  function openOne(session: Address, caller: Caller, socket: Socket): Connection {
    const connection = new Connection(session, caller, socket, setting)
    open.set(session, { connection, socket })
    sweepTimer ??= sweepAt(clock.now() + sweepMs)
    return connection
  }

  function forget(connection: Connection): void {
    connection.ended()
    open.delete(connection.session)
    if (open.size > 0) return
    sweepTimer?.cancel()
    sweepTimer = undefined
    whenEmpty?.()
  }

  function send(session: Address, frame: { readonly type: string }): void {
    const connection = open.get(session)?.connection
    if (connection !== undefined && !connection.isClosing) connection.send(frame, encoded(frame))
  }

  function sendAll(frame: { readonly type: string }): void {
    for (const [session, { connection }] of open) if (connection.isOpen) send(session, frame)
  }

  function countByRole(): Record<Role, number> {
    const counts: Record<Role, number> = { agent: 0, producer: 0, operator: 0 }
    for (const { connection } of open.values()) counts[connection.caller.role]++
    return counts
  }

  function drain(reason: string, spreadMs: number): void {
    const slotMs = spreadMs / Math.max(1, open.size)
    let slot = 0
    for (const session of open.keys()) {
      const frame: Drain = { type: 'drain', reason, reconnectMs: Math.floor(slotMs * slot++) }
      send(session, frame)
    }
  }

  async function closeAll(code: number, reason: string, graceMs: number): Promise<void> {
    if (open.size === 0) return
    const empty = new Promise<void>((resolve) => {
      whenEmpty = resolve
    })
    for (const { connection } of open.values()) connection.close(code, reason)
    const deadline = clock.at(clock.now() + graceMs, () => {
      for (const { socket } of open.values()) socket.terminate()
    })
    await empty
    deadline.cancel()
  }

  return {
    open: openOne,
    forget,
    send,
    sendAll,
    close: (session, code, reason) => open.get(session)?.connection.close(code, reason),
    whenSent: (session, then) => open.get(session)?.connection.whenSent(then),
    count: () => open.size,
    countByRole,
    drain,
    closeAll,
  }
}
