/**
 * Upgrades requests to WebSockets and ties each to its connection. The one file that knows the library.
 *
 * Compression is off: frames are small and many, and a compressor costs a hundred times the memory of a connection.
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ServerOptions, type WebSocket, WebSocketServer as WsServer } from 'ws'
import type { Address } from '../actors/runtime/actor.js'
import type { Arrivals } from './arrivals.js'
import type { Caller } from './connection.js'
import type { Connections } from './connections.js'
import { type Problem, problemDocument, problemHeaders, problemOf } from './problem.js'
import type { RemoteAddress } from './remoteAddress.js'
import { judgeUpgrade, subprotocol, type UpgradePolicy } from './upgrade.js'

/** Starts the session of a new connection and says where it is. */
export type OpenSession = (caller: Caller) => Address

export type WebSocketServerOptions = {
  readonly connections: Connections
  readonly openSession: OpenSession
  readonly policy: UpgradePolicy
  readonly addressOf: RemoteAddress
  readonly arrivals: Arrivals
  readonly messageBytes: number
  readonly maxConnections: number
  readonly count: (what: string, n: number) => void
  /** A bug: it ends the connection that it showed on, and no other. */
  readonly onFailure: (error: unknown) => void
}

export interface WebSocketServer {
  /** For the `upgrade` event of an HTTP server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** From now on nobody new gets in. */
  refuseNew(): void
}

/** A client that doesn't answer a close frame is let go of after this. */
const closeTimeoutMs = 5_000

/** Draining nodes come back as another process, full ones have room when somebody leaves. */
const closedRetryMs = 2_000

export function createWebSocketServer(options: WebSocketServerOptions): WebSocketServer {
  const { connections, openSession, policy, addressOf, arrivals, maxConnections, count, onFailure } = options
  const settings: ServerOptions & { readonly closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: options.messageBytes,
    closeTimeout: closeTimeoutMs,
    handleProtocols: () => subprotocol,
  }
  const server = new WsServer(settings)
  let isDraining = false

  function closed(): Problem | undefined {
    if (!isDraining && connections.count() < maxConnections) return undefined
    return {
      ...problemOf('OVERLOADED', `the node is ${isDraining ? 'draining' : 'full'}`),
      retryAfterMs: closedRetryMs,
    }
  }

  async function judge(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const remoteAddress = addressOf(request)
    const judged = await judgeUpgrade(request, remoteAddress, policy)
    const mayCome = judged.kind === 'admitted' && closed() === undefined
    const retryAfterMs = mayCome ? await turnOf(socket, groupOf(judged)) : 0
    // Its client went away while it waited.
    if (socket.destroyed) return
    // Looked at last, with nothing awaited between this and the upgrade, so that no more get in than there is room for.
    const problem = judged.kind === 'refused' ? judged.problem : (closed() ?? tooMany(retryAfterMs))
    if (problem !== undefined) {
      count(`refusedUpgrade.${problem.status}`, 1)
      refuse(socket, problem)
    } else if (judged.kind === 'admitted') {
      const { role, identity, expiresAt } = judged
      socket.off('error', socket.destroy)
      server.handleUpgrade(request, socket, head, (webSocket) =>
        tie(webSocket, { role, identity, expiresAt, remoteAddress }),
      )
    }
  }

  /** Nobody reads the socket meanwhile, so that its client has gone shows only where it is looked for. */
  async function turnOf(socket: Duplex, group: string): Promise<number> {
    const turn = arrivals.enter(group)
    if (typeof turn === 'number') return turn
    const look = () => {
      if (socket.readableLength === 0) socket.read()
    }
    const leave = () => {
      count('storm.left', 1)
      socket.destroy()
    }
    socket.on('readable', look).once('end', leave)
    const retryAfterMs = await turn
    socket.off('readable', look).off('end', leave)
    return retryAfterMs
  }

  function tie(webSocket: WebSocket, caller: Caller): void {
    const connection = connections.open(openSession(caller), caller, webSocket)
    webSocket.on('message', (data, isBinary) => {
      try {
        if (isBinary && Buffer.isBuffer(data)) connection.received(data)
        else connection.receivedText()
      } catch (error) {
        onFailure(error)
        connection.close(1011, 'the node failed')
      }
    })
    webSocket.on('ping', () => connection.heard())
    webSocket.on('pong', () => connection.heard())
    // The library closes the connection itself, with the code that fits; `close` follows.
    webSocket.on('error', () => count('refused.WEBSOCKET', 1))
    webSocket.on('close', () => connections.forget(connection))
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', socket.destroy)
    judge(request, socket, head).catch((error: unknown) => {
      onFailure(error)
      socket.destroy()
    })
  }

  return {
    upgrade,
    refuseNew: () => {
      isDraining = true
      arrivals.end()
    },
  }
}

/** A few operators don't wait behind a fleet, nor a tenant behind another's. */
function groupOf({ role, identity }: Pick<Caller, 'role' | 'identity'>): string {
  return `${role}/${identity.tenant}`
}

function tooMany(retryAfterMs: number): Problem | undefined {
  return retryAfterMs > 0 ? { ...problemOf('OVERLOADED', 'too many come at once'), retryAfterMs } : undefined
}

function refuse(socket: Duplex, problem: Problem): void {
  const body = JSON.stringify(problemDocument(problem))
  const headers = { ...problemHeaders(problem), 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  socket.once('finish', () => socket.destroy())
  socket.end([`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`, ...lines, '', body].join('\r\n'))
}
