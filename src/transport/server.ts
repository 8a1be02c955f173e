/**
 * The front door of a node: WebSockets and HTTP calls on one port, metrics on another.
 *
 * What it leads to is passed in. `connections` is there from the beginning, for whoever carries out actors' effects.
 */
import type { Server as NodeServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../clock.js'
import type { Config } from '../config.js'
import { UsageError } from '../errors.js'
import { type Lifecycle, lifecycle } from '../lifecycle.js'
import { createAddressLimits } from './addressLimits.js'
import { createAdmission } from './admission.js'
import { createArrivals } from './arrivals.js'
import type { ConnectionSetting } from './connection.js'
import { type Connections, createConnections } from './connections.js'
import { createHttpServer, type HttpServerOptions } from './http/httpServer.js'
import { createMetricsServer, type ReadMetrics } from './http/metricsServer.js'
import { Flushes } from './outbox.js'
import { remoteAddresses } from './remoteAddress.js'
import { createWebSocketServer, type OpenSession } from './webSocketServer.js'

export type ServerOptions = Pick<ConnectionSetting, 'clock' | 'tell' | 'authenticator' | 'count'> &
  Pick<HttpServerOptions, 'perform' | 'unreadyFor' | 'onFailure'> & {
    readonly config: ServerConfig
    readonly openSession: OpenSession
    readonly readMetrics: ReadMetrics
  }

export type ServerConfig = Pick<
  Config,
  | 'host'
  | 'port'
  | 'metricsPort'
  | 'allowedOrigins'
  | 'heartbeatMs'
  | 'messageBytes'
  | 'payloadBytes'
  | 'outputBytes'
  | 'framesPerSecond'
  | 'outboxMaxBytes'
  | 'maxConnections'
  | 'admissionsPerSecond'
  | 'connectsPerSecond'
  | 'trustedProxies'
  | 'refusalsPerMinute'
>

export interface Server extends Lifecycle {
  readonly connections: Connections
  /** Where it listens, once it is started. */
  readonly port: number
  readonly metricsPort: number | undefined
  /** Takes nobody new, and asks those who are there to go elsewhere within `spreadMs`. `stop` follows. */
  drain(reason: string, spreadMs: number): void
}

/** From a connection's opening to its session's `welcome`. */
const helloMs = 5_000
/** Clients that don't answer a close frame, and calls that don't end, are cut off after this. */
const closeGraceMs = 2_000
/** Sockets beside those that became WebSockets: calls, and upgrades that are refused. */
const spareSockets = 1_024

export function createServer(options: ServerOptions): Server {
  const { config, clock, authenticator, count } = options
  const addressLimits = createAddressLimits({ clock, ...config })
  const admit = createAdmission(authenticator, addressLimits)
  const addressOf = remoteAddresses(config.trustedProxies)
  const connections = createConnections({
    ...options,
    ...config,
    addressLimits,
    limits: config,
    helloMs,
    flushes: new Flushes(),
  })
  const webSockets = createWebSocketServer({
    connections,
    openSession: options.openSession,
    policy: { admit, addressLimits, allowedOrigins: config.allowedOrigins },
    addressOf,
    arrivals: createArrivals({ clock, count, perSecond: config.admissionsPerSecond }),
    messageBytes: config.messageBytes,
    maxConnections: config.maxConnections,
    count,
    onFailure: options.onFailure,
  })
  const http = createHttpServer({ ...options, admit, addressLimits, addressOf, limits: config })
  http.server.on('upgrade', webSockets.upgrade)
  http.server.maxConnections = config.maxConnections + spareSockets
  const metrics = config.metricsPort === undefined ? undefined : createMetricsServer(options.readMetrics)

  async function start(): Promise<void> {
    await http.ready()
    await listen(http.server, config.host, config.port, '--port')
    if (metrics === undefined || config.metricsPort === undefined) return
    try {
      await listen(metrics, config.host, config.metricsPort, '--metrics-port')
    } catch (error) {
      await http.close()
      throw error
    }
  }

  async function stop(): Promise<void> {
    webSockets.refuseNew()
    await connections.closeAll(4002, 'the node stops', closeGraceMs)
    await Promise.all([closed(http.server, clock), closed(metrics, clock)])
    await http.close()
  }

  return {
    ...lifecycle({ start, stop }),
    connections,
    get port() {
      return portOf(http.server) ?? config.port
    },
    get metricsPort() {
      return portOf(metrics)
    },
    drain: (reason, spreadMs) => {
      webSockets.refuseNew()
      connections.drain(reason, spreadMs)
    },
  }
}

/** Connections that the system keeps for a node which is busy: Node's own default of 511 turns a fleet away that comes at once. */
const backlog = 4_096

function listen(server: NodeServer, host: string, port: number, flag: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(listenError(error, host, port, flag))
    server.once('error', onError)
    server.listen({ host, port, backlog }, () => {
      server.off('error', onError)
      resolve()
    })
  })
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number, flag: string): Error {
  if (error.code === 'EADDRINUSE')
    return new UsageError(`${flag}: ${port} is in use on ${host}; end what uses it, or give another`)
  if (error.code === 'EACCES')
    return new UsageError(`${flag}: ${port} is not allowed to this user; give one above 1023`)
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new UsageError(`--host: ${host} is no address of this machine`)
  return error
}

/** Calls that are under way may end within the grace. */
async function closed(server: NodeServer | undefined, clock: Clock): Promise<void> {
  if (server === undefined || !server.listening) return
  const cutOff = clock.at(clock.now() + closeGraceMs, () => server.closeAllConnections())
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
  cutOff.cancel()
}

function portOf(server: NodeServer | undefined): number | undefined {
  const address = server?.address() as AddressInfo | null | undefined
  return address?.port
}
