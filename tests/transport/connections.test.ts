import { expect, test } from 'vitest'
import type { Clock } from '../../src/clock.js'
import { limits } from '../../src/protocol/formats.js'
import { clientReadLimits, readMessage } from '../../src/protocol/reading.js'
import { createAddressLimits } from '../../src/transport/addressLimits.js'
import type { ConnectionSetting } from '../../src/transport/connection.js'
import { createConnections } from '../../src/transport/connections.js'
import { Flushes } from '../../src/transport/outbox.js'
import type { Socket } from '../../src/transport/socket.js'

/** A clock whose timers fire when the test says so, late or not. */
function handClock() {
  let now = 0
  const wakes: (() => void)[] = []
  const clock: Clock = {
    now: () => now,
    at: (_when, wake) => {
      wakes.push(wake)
      return { cancel: () => {} } as ReturnType<Clock['at']>
    },
  }
  const fireAt = (when: number) => {
    now = when
    for (const wake of wakes.splice(0)) wake()
  }
  return { clock, fireAt }
}

function recordingSocket() {
  const messages: Uint8Array[] = []
  const closes: number[] = []
  const socket: Socket = {
    bufferedAmount: 0,
    send: (message) => messages.push(message),
    ping: () => {},
    close: (code) => closes.push(code),
    terminate: () => {},
    pause: () => {},
    resume: () => {},
  }
  return { socket, messages, closes }
}

const caller = {
  role: 'agent',
  identity: { tenant: 't_acme', sub: 'ann', roles: ['agent'] },
  expiresAt: Number.MAX_SAFE_INTEGER,
  remoteAddress: '127.0.0.1',
} as const

function connectionsOn(clock: Clock, tell: ConnectionSetting['tell'] = () => 'ok') {
  return createConnections({
    clock,
    tell,
    authenticator: { authenticate: async () => ({ kind: 'refused', why: 'nobody' }) },
    addressLimits: createAddressLimits({ clock, connectsPerSecond: 1, refusalsPerMinute: 1 }),
    limits: { payloadBytes: 1_024, outputBytes: 1_024, framesPerSecond: 100, outboxMaxBytes: 64 * 1_048_576 },
    heartbeatMs: 5_000,
    helloMs: 5_000,
    flushes: new Flushes(),
    count: () => {},
  })
}

const flushed = () => new Promise((resolve) => setImmediate(resolve))

test('[X25] a sweep that comes late judges nobody; the next one in time does', () => {
  const { clock, fireAt } = handClock()
  const { socket, closes } = recordingSocket()
  connectionsOn(clock).open('s', caller, socket)
  fireAt(60_000)
  expect(closes).toEqual([])
  fireAt(61_000)
  expect(closes).toEqual([4003])
})

test('[X20] a session without room is told lost again, until it takes it', () => {
  const { clock, fireAt } = handClock()
  const told: string[] = []
  const connections = connectionsOn(clock, (_to, { kind }) => (told.push(kind) < 3 ? 'full' : 'ok'))
  connections.forget(connections.open('s', caller, recordingSocket().socket))
  fireAt(50)
  fireAt(100)
  fireAt(150)
  expect(told).toEqual(['lost', 'lost', 'lost'])
})

test('[X16] no message to a client is over 8 MiB, and none is empty', async () => {
  const { clock } = handClock()
  const { socket, messages } = recordingSocket()
  const connections = connectionsOn(clock)
  connections.open('s', caller, socket)
  for (let re = 0; re < 40; re++)
    connections.send('s', { type: 'ack', re, text: 'x'.repeat(500_000) } as { type: string })
  await flushed()
  expect(messages.length).toBe(3)
  expect(Math.max(...messages.map((message) => message.length))).toBeLessThanOrEqual(limits.clientMessageBytes)
  const frames = messages.flatMap((message) => {
    const read = readMessage(message, clientReadLimits)
    return read.kind === 'frames' ? read.frames : []
  })
  expect(frames.map(({ re }) => re)).toEqual(Array.from({ length: 40 }, (_, re) => re))
})

test('[X16] an answer that is over 8 MiB by itself is TOO_LARGE', async () => {
  const { clock } = handClock()
  const { socket, messages } = recordingSocket()
  const connections = connectionsOn(clock)
  connections.open('s', caller, socket)
  connections.send('s', { type: 'ack', re: 3, text: 'x'.repeat(9_000_000) } as { type: string })
  await flushed()
  expect(messages.map((message) => readMessage(message))).toMatchObject([
    { frames: [{ type: 'error', re: 3, code: 'TOO_LARGE' }] },
  ])
})

test('[X17] nothing is sent to a connection that is gone, or that nobody has', () => {
  const { clock } = handClock()
  const { socket, messages, closes } = recordingSocket()
  const connections = connectionsOn(clock)
  connections.open('s', caller, socket)
  connections.close('s', 4001, 'replaced')
  connections.close('s', 4010, 'banned')
  connections.send('s', { type: 'drain' })
  connections.send('nobody', { type: 'drain' })
  expect([messages, closes]).toEqual([[], [4001]])
})

test('[X18] a session that has failed closes its connection with 1011', () => {
  const { clock } = handClock()
  const { socket, closes } = recordingSocket()
  const connection = connectionsOn(clock, () => 'noActor').open('s', caller, socket)
  connection.received(Uint8Array.from([0x81, 0xa4, 0x74, 0x79, 0x70, 0x65, 0xa9, ...Buffer.from('heartbeat')]))
  expect(closes).toEqual([1011])
})
