/**
 * The other end of the socket: a node that does only what a test tells it to, on a real port.
 *
 * Every frame a client sends is read and checked as the protocol has it; one that isn't right fails the test.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { checkFrame, checkTaskSpec } from '../../src/protocol/check.js'
import { encodeFrame, encodeMessage } from '../../src/protocol/encoding.js'
import type { Role } from '../../src/protocol/frames.js'
import { Raw } from '../../src/protocol/raw.js'
import { readMessage } from '../../src/protocol/reading.js'

export type Received = { readonly type: string; readonly id: number; readonly [field: string]: unknown }

type Refusal = { readonly status: number; readonly retryAfter?: number }

/** What `welcome` says where a test doesn't care. */
const plainWelcome = {
  type: 'welcome',
  node: 'n1',
  now: 1_700_000_000_000,
  sub: 'somebody',
  tenant: 't_test',
  roles: [],
  heartbeatMs: 5_000,
  heartbeatPhaseMs: 2_500,
  leaseMs: 15_000,
  resumeMs: 15_000,
  session: 's1',
  agent: 'somebody/1',
  limits: {
    messageBytes: 1_048_576,
    payloadBytes: 524_288,
    outputBytes: 524_288,
    tasksPerSubmit: 256,
    outcomeWindow: 100,
    framesPerSecond: 1_000,
  },
  ledger: { generation: 'g1', durability: 'fsync', windowMs: 0 },
}

export class Peer {
  readonly request: IncomingMessage
  /** How many messages came. */
  messages = 0
  readonly closed: Promise<number>
  readonly #socket: WebSocket
  readonly #role: Role
  readonly #inbox: Received[] = []
  #wake: () => void = () => {}

  constructor(socket: WebSocket, request: IncomingMessage) {
    this.request = request
    this.#socket = socket
    this.#role = (request.url ?? '').replace('/v1/', '') as Role
    socket.on('message', (bytes: Buffer) => this.#read(bytes))
    this.closed = new Promise((resolve) => socket.on('close', resolve))
  }

  #read(bytes: Uint8Array): void {
    this.messages++
    const message = readMessage(bytes)
    if (message.kind !== 'frames') throw new Error(`malformed: ${message.why}`)
    for (const frame of message.frames) {
      const checked = checkFrame(this.#role, frame)
      if (checked.kind !== 'ok') throw new Error(`not a frame: ${JSON.stringify(checked)}`)
      if (frame.type === 'submit') for (const item of frame.tasks as Received[]) this.#checkItem(item)
      this.#inbox.push(plain(frame) as Received)
    }
    this.#wake()
  }

  #checkItem(item: Received): void {
    const checked = checkTaskSpec(item)
    if (checked.kind !== 'ok') throw new Error(`not a task: ${checked.message}`)
  }

  /** The next frame of this type; those of other types stay. */
  async next(type: string): Promise<Received> {
    for (;;) {
      const at = this.#inbox.findIndex((frame) => frame.type === type)
      const [frame] = at < 0 ? [] : this.#inbox.splice(at, 1)
      if (frame !== undefined) return frame
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** What came and was not taken. */
  get left(): readonly Received[] {
    return this.#inbox
  }

  /** In one message. */
  send(...frames: readonly object[]): void {
    this.#socket.send(encodeMessage(frames.map((frame) => encodeFrame(frame))))
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.send(bytes)
  }

  ack(request: Received, fields: object = {}): void {
    this.send({ type: 'ack', re: request.id, ...fields })
  }

  refuse(request: Received, code: string, fields: object = {}): void {
    this.send({ type: 'error', re: request.id, code, message: `no: ${code}`, ...fields })
  }

  /** Takes the hello and welcomes it. */
  async welcome(fields: object = {}): Promise<Received> {
    const hello = await this.next('hello')
    this.send({ ...plainWelcome, re: hello.id, ...fields })
    return hello
  }

  close(code: number): void {
    this.#socket.close(code)
  }

  drop(): void {
    this.#socket.terminate()
  }
}

export class ScriptedNode {
  readonly url: string
  readonly #peers: Peer[] = []
  readonly #refusals: Refusal[] = []
  #wake: () => void = () => {}
  /** Handshakes, refused ones among them. */
  attempts = 0

  constructor(server: Server) {
    this.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'chimera.v1' })
    server.on('upgrade', (request, socket, head) => {
      this.attempts++
      const refusal = this.#refusals.shift()
      if (refusal !== undefined) refuse(socket, refusal)
      else sockets.handleUpgrade(request, socket, head, (accepted) => this.#accept(new Peer(accepted, request)))
    })
    onTestFinished(() => {
      for (const client of sockets.clients) client.terminate()
      server.close()
    })
  }

  #accept(peer: Peer): void {
    this.#peers.push(peer)
    this.#wake()
  }

  /** The next connection. */
  async connection(): Promise<Peer> {
    for (;;) {
      const peer = this.#peers.shift()
      if (peer !== undefined) return peer
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** The next connection, welcomed. */
  async welcomed(fields: object = {}): Promise<Peer> {
    const peer = await this.connection()
    await peer.welcome(fields)
    return peer
  }

  /** The next handshake gets this status. */
  refuseNext(status: number, retryAfter?: number): void {
    this.#refusals.push(retryAfter === undefined ? { status } : { status, retryAfter })
  }
}

export async function openNode(): Promise<ScriptedNode> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return new ScriptedNode(server)
}

function refuse(socket: Duplex, { status, retryAfter }: Refusal): void {
  const header = retryAfter === undefined ? '' : `Retry-After: ${retryAfter}\r\n`
  socket.end(`HTTP/1.1 ${status} No\r\n${header}Content-Length: 0\r\nConnection: close\r\n\r\n`)
}

/** Free values decoded, wherever they stand. */
function plain(value: unknown): unknown {
  if (value instanceof Raw) return value.value()
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]))
}
