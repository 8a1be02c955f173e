/** A client of the test's own: a bare WebSocket that speaks frames. */
import { WebSocket } from 'ws'
import { encodeFrame, encodeMessage } from '../../src/protocol/encoding.js'
import { clientReadLimits, type Frame, readMessage } from '../../src/protocol/reading.js'
import type { World } from './world.js'

export type Refusal = {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly problem: Readonly<Record<string, unknown>>
}

export type ConnectOptions = {
  readonly path?: string
  readonly token?: string | undefined
  readonly subprotocols?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
}

export class TestClient {
  readonly socket: WebSocket
  readonly closed: Promise<{ code: number; reason: string }>
  /** How many messages came, whatever number of frames was in them. */
  messages = 0
  pings = 0
  readonly #frames: Frame[] = []
  #waiting: (() => void) | undefined
  #isClosed = false

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => {
      const message = readMessage(data as Buffer, clientReadLimits)
      if (message.kind === 'malformed') throw new Error(`from the node: ${message.why}`)
      this.messages++
      this.#frames.push(...message.frames)
      this.#waiting?.()
    })
    socket.on('ping', () => {
      this.pings++
      this.#waiting?.()
    })
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.#isClosed = true
        this.#waiting?.()
        resolve({ code, reason: reason.toString() })
      })
    })
  }

  send(...frames: readonly object[]): void {
    this.socket.send(encodeMessage(frames.map((frame) => encodeFrame(frame))))
  }

  sendBytes(bytes: Uint8Array | readonly number[]): void {
    this.socket.send(Uint8Array.from(bytes))
  }

  async next(): Promise<Frame> {
    await this.#until(() => this.#frames.length > 0)
    const frame = this.#frames.shift()
    if (frame === undefined) throw new Error('closed before a frame came')
    return frame
  }

  async take(count: number): Promise<readonly Frame[]> {
    await this.#until(() => this.#frames.length >= count)
    return this.#frames.splice(0, count)
  }

  async hello(): Promise<Frame> {
    this.send(helloOf(this.socket.url))
    return this.next()
  }

  async pinged(times: number): Promise<void> {
    await this.#until(() => this.pings >= times)
  }

  /** Everything sent before has been answered once this is. */
  async roundTrip(): Promise<readonly Frame[]> {
    this.send({ type: 'heartbeat', id: 4_000_000_000 })
    const before: Frame[] = []
    for (;;) {
      const frame = await this.next()
      if (frame.re === 4_000_000_000) return before
      before.push(frame)
    }
  }

  async #until(isTrue: () => boolean): Promise<void> {
    while (!isTrue() && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve
      })
    }
  }
}

function helloOf(url: string): object {
  return url.includes('/agent') ? { type: 'hello', id: 0, queues: ['q'], capacity: 1 } : { type: 'hello', id: 0 }
}

/** Without `token` given, one of the world's is sent; undefined sends none. */
async function socketTo(world: World, options: ConnectOptions): Promise<WebSocket> {
  const token = 'token' in options ? options.token : await world.token()
  const headers = { ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }), ...options.headers }
  const url = world.url(options.path ?? '/v1/agent').replace('http', 'ws')
  return new WebSocket(url, [...(options.subprotocols ?? ['chimera.v1'])], { headers })
}

export async function connect(world: World, options: ConnectOptions = {}): Promise<TestClient> {
  const socket = await socketTo(world, options)
  const client = new TestClient(socket)
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return client
}

/** Connects, and says how that was refused. */
export async function refused(world: World, options: ConnectOptions): Promise<Refusal> {
  const socket = await socketTo(world, options)
  return new Promise((resolve, reject) => {
    socket.on('error', () => {})
    socket.once('open', () => reject(new Error('was let in')))
    socket.once('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const problem = JSON.parse(Buffer.concat(chunks).toString())
        resolve({ status: response.statusCode ?? 0, headers: response.headers, problem })
      })
    })
  })
}
