/**
 * One WebSocket, as Node (`ws`) and browsers have it.
 *
 * A browser can't set headers, so it offers the token as a second subprotocol; nor does it say why a handshake failed,
 * so there every failure looks like a node that can't be reached.
 */
import type { ClientRequest, IncomingMessage } from 'node:http'

const subprotocol = 'chimera.v1'
/** What the node may send at most in one message, with room to spare. */
const maxMessageBytes = 9 * 1_048_576
/** How long the other side may take to answer a close. */
const closeTimeoutMs = 2_000
/** Of what comes with a refused handshake; what is longer is not the node's. */
const mostReasonLength = 16_384

export interface SocketEvents {
  opened(): void
  received(message: Uint8Array): void
  /** The handshake was answered by an HTTP status instead. The last event. */
  refused(status: number, retryAfterMs: number | undefined, text: string): void
  /** Ended, or never came about. The last event. */
  closed(code: number, reason: string): void
}

export interface Socket {
  send(message: Uint8Array): void
  /** Says goodbye, behind what was sent before. */
  close(): void
  /** Ends it at once. */
  drop(): void
}

/** Events begin after this has returned. */
export function openSocket(url: string, token: string, events: SocketEvents): Socket {
  return isNode() ? new NodeSocket(url, token, events) : openBrowserSocket(url, token, events)
}

const isNode = (): boolean => typeof process === 'object' && typeof process.versions?.node === 'string'

type Ws = import('ws').WebSocket

class NodeSocket implements Socket {
  readonly #events: SocketEvents
  #socket: Ws | undefined
  #isDropped = false
  #hasEnded = false
  #failure = ''

  constructor(url: string, token: string, events: SocketEvents) {
    this.#events = events
    // Loaded here, so that a browser never asks for it.
    import('ws').then(
      ({ WebSocket }) => {
        if (this.#isDropped) this.#closed(1006, 'dropped')
        else this.#open(new WebSocket(url, subprotocol, optionsOf(token)))
      },
      (error: unknown) => this.#closed(1006, String(error)),
    )
  }

  #open(socket: Ws): void {
    this.#socket = socket
    socket.on('open', () => this.#events.opened())
    socket.on('message', (message: Uint8Array) => this.#events.received(message))
    socket.on('unexpected-response', (request, response) => this.#refused(request, response))
    socket.on('error', (error) => {
      this.#failure = error.message
    })
    socket.on('close', (code, reason) => this.#closed(code, reason.toString() || this.#failure))
  }

  #refused(request: ClientRequest, response: IncomingMessage): void {
    this.#hasEnded = true
    const seconds = Number(response.headers['retry-after'])
    const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : undefined
    void reasonOf(response).then((reason) => {
      this.#events.refused(response.statusCode ?? 0, retryAfterMs, reason)
      request.destroy()
    })
  }

  #closed(code: number, reason: string): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#events.closed(code, reason)
  }

  send(message: Uint8Array): void {
    this.#socket?.send(message)
  }

  close(): void {
    if (this.#socket === undefined) this.drop()
    else this.#socket.close(1000)
  }

  drop(): void {
    this.#isDropped = true
    this.#socket?.terminate()
  }
}

/** What the status says, and what the node says in its problem document. */
async function reasonOf(response: IncomingMessage): Promise<string> {
  const { statusMessage = '' } = response
  const detail = await detailOf(response).catch(() => undefined)
  return detail === undefined ? statusMessage : `${statusMessage}: ${detail}`
}

async function detailOf(response: IncomingMessage): Promise<string | undefined> {
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk
    if (text.length > mostReasonLength) return undefined
  }
  const problem: unknown = JSON.parse(text)
  const isProblem = typeof problem === 'object' && problem !== null && 'detail' in problem
  return isProblem && typeof problem.detail === 'string' ? problem.detail : undefined
}

const optionsOf = (token: string): object => ({
  headers: { authorization: `Bearer ${token}` },
  perMessageDeflate: false,
  maxPayload: maxMessageBytes,
  closeTimeout: closeTimeoutMs,
})

/** What is needed of a browser's WebSocket. */
interface BrowserSocket {
  binaryType: string
  onopen: (() => void) | null
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null
  send(message: Uint8Array): void
  close(code?: number): void
}

type BrowserSocketClass = new (url: string, subprotocols: readonly string[]) => BrowserSocket

function openBrowserSocket(url: string, token: string, events: SocketEvents): Socket {
  const { WebSocket } = globalThis as unknown as { readonly WebSocket: BrowserSocketClass }
  const socket = new WebSocket(url, [subprotocol, `bearer.${token}`])
  socket.binaryType = 'arraybuffer'
  socket.onopen = () => events.opened()
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) events.received(new Uint8Array(data))
  }
  socket.onclose = ({ code, reason }) => events.closed(code, reason)
  const close = () => socket.close(1000)
  return { send: (message) => socket.send(message), close, drop: close }
}
