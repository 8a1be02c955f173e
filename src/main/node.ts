/** A node: the plane of actors over the embedded ledger, real time and sockets. The one place that wires all rooms. */
import { join } from 'node:path'
import type { NodeFailure } from '../actors/effects.js'
import { eventLoopScheduler } from '../actors/runtime/scheduler.js'
import { type Clock, systemClock } from '../clock.js'
import type { Config } from '../config.js'
import { newId } from '../ids.js'
import { openEmbeddedLedger } from '../ledger/embedded/openEmbeddedLedger.js'
import type { Ledger } from '../ledger/port.js'
import { systemRandom } from '../random.js'
import { createGate } from '../safety/gate.js'
import { hashOfOutput } from '../safety/outputHash.js'
import { defaultPolicy } from '../safety/policy.js'
import { createLog, type Log } from '../telemetry/log.js'
import { createMetrics, type Metrics } from '../telemetry/metrics.js'
import { createAuthenticator, signToken, type TokenClaims } from '../transport/authentication.js'
import { createServer, type Server } from '../transport/server.js'
import { cardsWaiting } from './cardsWaiting.js'
import { performer } from './performer.js'
import { createPlane, type Plane, type PlaneOptions } from './plane.js'
import { settingsOf } from './settings.js'
import { openTokenSecret } from './tokenSecret.js'

export interface ChimeraNode {
  readonly url: string
  readonly metricsUrl?: string
  /** The secret for tokens was made at this start: nobody has one yet. */
  readonly isFirstStart: boolean
  signToken(claims: Omit<TokenClaims, 'now'>): Promise<string>
  /** Settles once the node has failed in a way that it can't go on from. */
  readonly failed: Promise<string>
  /** Tells clients, lets what is under way finish, flushes, lets go. A second call is the same call. */
  stop(): Promise<void>
}

/** The name of the only node of an embedded ledger. */
const nodeName = 'n1'
/** Over how long clients of a node that stops come back: a restart takes about so long. */
const backMs = 1_000
const idleLookMs = 20

/** Opens the ledger, and listens. Rejects with a `LedgerRefusal`, or the reason why it can't listen. */
export const startNode = async (config: Config): Promise<ChimeraNode> => {
  const log = createLog({ level: config.logLevel })
  const ledger = await openEmbeddedLedger({ folder: join(config.data, 'ledger'), clock: Date.now })
  try {
    return await serve(config, ledger, log)
  } catch (error) {
    await ledger.close()
    throw error
  }
}

const serve = async (config: Config, ledger: Ledger, log: Log): Promise<ChimeraNode> => {
  const clock = systemClock({ origin: ledger.now() })
  const { secret, isNew } = openTokenSecret(config.data)
  const tokenSecret = config.jwtSecret === undefined ? secret : Buffer.from(config.jwtSecret)
  const metrics: Metrics = createMetrics({
    connections: () => server.connections.countByRole(),
    mailboxDepth: () => plane.system.depth(),
    cards: () => cardsWaiting(plane, clock.now()),
  })
  let fail: (why: string) => void = () => {}
  const failed = new Promise<string>((resolve) => {
    fail = resolve
  })
  const plane: Plane = createPlane({
    ...partsOf(config, ledger, clock),
    secret: await ledger.secret('leases'),
    send: (session, frame) => server.connections.send(session, frame),
    close: (session, code, reason) => server.connections.close(session, code, reason),
    watch: watchBy(log, metrics, ({ why }) => fail(why)),
  })
  let isDraining = false
  const keys = config.jwksUrl === undefined ? { secret: tokenSecret } : { jwks: new URL(config.jwksUrl) }
  const server: Server = createServer({
    config,
    clock,
    authenticator: createAuthenticator({ keys, clock }),
    tell: (to, message) => plane.system.tell(to, message),
    openSession: ({ role, identity }) => plane.openSession(role, identity),
    perform: performer(plane, clock, log),
    unreadyFor: async () => (isDraining ? 'the node is draining' : plane.unreadyFor()),
    readMetrics: metrics.read,
    count: metrics.count,
    onFailure: (error) => log.error('a connection or call failed', { why: String(error) }),
  })
  try {
    await server.start()
  } catch (error) {
    await plane.stop()
    throw error
  }
  const url = urlOf(config.host, server.port)
  log.info('listening', { url, node: nodeName, durability: ledger.durability.durability })

  const stop = async (): Promise<void> => {
    log.info('stopping')
    isDraining = true
    server.drain('the node is stopping', backMs)
    await idle(clock, config.drainMs, () => plane.runner.count() === 0)
    await server.stop()
    await plane.stop()
    await ledger.close()
    log.info('stopped')
  }
  let stopping: Promise<void> | undefined
  return {
    url,
    ...(server.metricsPort === undefined ? {} : { metricsUrl: urlOf(config.host, server.metricsPort) }),
    isFirstStart: isNew && config.jwtSecret === undefined && config.jwksUrl === undefined,
    signToken: (claims) => signToken(tokenSecret, { ...claims, now: clock.now() }),
    failed,
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}

/** Waits until what is under way has ended, at most so long. */
const idle = async (clock: Clock, maxMs: number, isIdle: () => boolean): Promise<void> => {
  const until = clock.now() + maxMs
  while (!isIdle() && clock.now() < until) {
    await new Promise<void>((resolve) => {
      clock.at(clock.now() + idleLookMs, resolve)
    })
  }
}

const urlOf = (host: string, port: number): string => `http://${host.includes(':') ? `[${host}]` : host}:${port}`

/** What the plane gets as it is. */
const partsOf = (
  config: Config,
  ledger: Ledger,
  clock: Clock,
): Omit<PlaneOptions, 'secret' | 'send' | 'close' | 'watch'> => ({
  node: nodeName,
  holder: `${nodeName}.${newId()}`,
  ledger,
  clock,
  scheduler: eventLoopScheduler(),
  random: systemRandom,
  newId,
  gate: createGate(() => defaultPolicy),
  hashOf: hashOfOutput,
  // The folder's lock is ours.
  cluster: null,
  settings: settingsOf(config),
})

const watchBy = (log: Log, metrics: Metrics, failed: (failure: NodeFailure) => void): PlaneOptions['watch'] => ({
  count: metrics.count,
  note: (level, text, about) => log[level](text, about),
  committed: (transactions, tookMs) => {
    metrics.commitSize.observe(transactions)
    metrics.commitMs.observe(tookMs)
  },
  judged: (verdict, tookMs) => {
    metrics.gateMs.observe(tookMs)
    metrics.count(verdict.kind === 'pass' ? 'verdict.pass' : `verdict.${verdict.reason}`, 1)
  },
  dispatched: (tookMs) => metrics.dispatchMs.observe(tookMs),
  deadLetter: ({ to, messageKind, reason }) => {
    metrics.count(`deadLetter.${reason}`, 1)
    log.debug('dead letter', { to, messageKind, reason })
  },
  failed,
})
