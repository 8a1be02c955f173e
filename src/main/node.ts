/** A node: the plane of actors over a ledger, real time and sockets. The one place that wires all rooms. */
import { hostname } from 'node:os'
import type { NodeFailure } from '../actors/effects.js'
import { eventLoopScheduler } from '../actors/runtime/scheduler.js'
import { type Clock, systemClock } from '../clock.js'
import type { Config } from '../config.js'
import { newId } from '../ids.js'
import type { Ledger } from '../ledger/port.js'
import { systemRandom } from '../random.js'
import { createJudgingPool } from '../safety/apart/judgingPool.js'
import { createGate, filtersOf } from '../safety/gate.js'
import { hashOfOutput } from '../safety/outputHash.js'
import { drawBy } from '../safety/policy/sample.js'
import type { Verdict } from '../tasks/verdict.js'
import { createLog, type Log } from '../telemetry/log.js'
import { createMetrics, type Metrics } from '../telemetry/metrics.js'
import { createAuthenticator, signToken, type TokenClaims } from '../transport/authentication.js'
import { createServer, type Server } from '../transport/server.js'
import { createEgress } from '../webhooks/egress.js'
import { cardsWaiting } from './cardsWaiting.js'
import { createJudgeApart } from './judgeApart.js'
import { type OpenedLedger, openLedger } from './openLedger.js'
import { performer } from './performer.js'
import { createPlane, type Plane } from './plane.js'
import type { PlaneOptions } from './planeOptions.js'
import { settingsOf } from './settings.js'
import { openTokenSecret } from './tokenSecret.js'
import { version } from './version.js'
import { waitingRoom } from './waitingRoom.js'

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
const loneName = 'n1'
/** Over how long clients of a node that stops come back: a restart takes about so long. */
const backMs = 1_000
/** Shards are given up within this, or lapse by themselves. */
const handOverMs = 2_000
const renewGraceMs = 500
const idleLookMs = 20
const beatsPerLease = 5

/**
 * Opens the ledger, and listens. Rejects with a `LedgerRefusal`, or the reason why it can't listen.
 * @param signal gives up while the ledger is waited for
 */
export const startNode = async (
  config: Config,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<ChimeraNode> => {
  const log = createLog({ level: config.logLevel })
  const failure = failureOf()
  const room = waitingRoom(config)
  const { ledger, unreadyFor } = await openLedger(config, {
    log,
    onForeign: failure.fail,
    onWaiting: room.wait,
    ...(signal === undefined ? {} : { signal }),
  }).finally(room.close)
  try {
    return await serve(config, { ledger, unreadyFor }, log, failure)
  } catch (error) {
    await ledger.close()
    throw error
  }
}

/** What ends a node that can't go on: the first reason counts. */
const failureOf = () => {
  let fail: (why: string) => void = () => {}
  const failed = new Promise<string>((resolve) => {
    fail = resolve
  })
  return { failed, fail: (why: string) => fail(why) }
}

const serve = async (
  config: Config,
  { ledger, unreadyFor }: OpenedLedger,
  log: Log,
  { failed, fail }: ReturnType<typeof failureOf>,
): Promise<ChimeraNode> => {
  const clock = systemClock({ origin: ledger.now() })
  const isShared = config.redis !== undefined
  const { secret, isNew } = openTokenSecret(config.data, isShared ? await ledger.secret('tokens') : undefined)
  const tokenSecret = config.jwtSecret === undefined ? secret : Buffer.from(config.jwtSecret)
  const metrics: Metrics = createMetrics({
    connections: () => server.connections.countByRole(),
    mailboxDepth: () => plane.system.depth(),
    cards: () => cardsWaiting(plane, clock.now()),
  })
  const egress = createEgress({ networks: config.webhookNetworks })
  let sessions = 0
  const node = isShared ? nameOf(config) : loneName
  const leaseSecret = await ledger.secret('leases')
  const recordSecret = await ledger.secret('record')
  const draw = drawBy(await ledger.secret('samples'))
  const gate = createGate((said) => plane.policyFor(said), filtersOf, draw)
  const pool = createJudgingPool({ clock, onLost: (why) => log.warn('a worker of the gate was lost', { why }) })
  const judgeApart = createJudgeApart(
    pool,
    draw,
    () => performance.now(),
    (verdict, tookMs) => watchGate(metrics, verdict, tookMs),
  )
  const newPlane = (): Plane => {
    const mine: Plane = createPlane({
      ...partsOf(node, config, ledger, clock, () => config.publicUrl ?? urlOf(config.host, server.port)),
      secret: leaseSecret,
      egress,
      recordSecret,
      gate,
      judgeApart,
      nextSession: () => ++sessions,
      send: (session, frame) => server.connections.send(session, frame),
      sendAll: (frame) => server.connections.sendAll(frame),
      close: (session, code, reason) => server.connections.close(session, code, reason),
      whenSent: (session, then) => server.connections.whenSent(session, then),
      watch: watchBy(log, metrics, (failure) => {
        if (plane !== mine) return
        if (failure.kind === 'buried') renew(failure.why)
        else fail(failure.why)
      }),
    })
    return mine
  }
  /** It was taken for dead: nothing that it holds is its own any more. Clients come back with what they hold. */
  const renew = (why: string): void => {
    log.warn('beginning anew', { why })
    const old = plane
    plane = newPlane()
    void old.stop()
    void server.connections.closeAll(4002, 'the node begins anew', renewGraceMs)
  }
  let plane = newPlane()
  let isDraining = false
  const keys = config.jwksUrl === undefined ? { secret: tokenSecret } : { jwks: new URL(config.jwksUrl) }
  const server: Server = createServer({
    config,
    clock,
    authenticator: createAuthenticator({ keys, clock }),
    tell: (to, message) => plane.system.tell(to, message),
    openSession: ({ role, identity }) => plane.openSession(role, identity),
    perform: performer(() => plane, clock, log),
    unreadyFor: async () => (isDraining ? 'the node is draining' : (unreadyFor() ?? plane.unreadyFor())),
    readMetrics: metrics.read,
    count: metrics.count,
    onFailure: (error) => log.error('a connection or call failed', { why: String(error) }),
  })
  try {
    await server.start()
  } catch (error) {
    await plane.stop()
    await pool.close()
    throw error
  }
  const url = urlOf(config.host, server.port)
  log.info('listening', { url, node, durability: ledger.durability.durability })

  const stop = async (): Promise<void> => {
    log.info('stopping')
    isDraining = true
    const until = clock.now() + config.drainMs
    await plane.handOver()
    server.drain('the node is stopping', backMs)
    await idle(clock, until, () => plane.runner.count() === 0)
    await server.stop()
    await idle(clock, Math.min(until, clock.now() + handOverMs), () => plane.ownsNothing())
    await plane.leave().catch((error: unknown) => log.warn('left without a word', { why: String(error) }))
    await plane.stop()
    await pool.close()
    egress.close()
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

/** Waits until it is so, at most until then. */
const idle = async (clock: Clock, until: number, isIdle: () => boolean): Promise<void> => {
  while (!isIdle() && clock.now() < until) {
    await new Promise<void>((resolve) => {
      clock.at(clock.now() + idleLookMs, resolve)
    })
  }
}

const urlOf = (host: string, port: number): string => `http://${host.includes(':') ? `[${host}]` : host}:${port}`

const nameOf = ({ node, port }: Config): string =>
  node ?? `${hostname().replace(/[^A-Za-z0-9_.-]/g, '-')}-${port === 0 ? newId() : port}`

/** What the plane gets as it is. */
const partsOf = (
  node: string,
  config: Config,
  ledger: Ledger,
  clock: Clock,
  url: () => string,
): Omit<
  PlaneOptions,
  | 'secret'
  | 'egress'
  | 'recordSecret'
  | 'gate'
  | 'judgeApart'
  | 'nextSession'
  | 'send'
  | 'sendAll'
  | 'close'
  | 'whenSent'
  | 'watch'
> => {
  const { redis, nodeLeaseMs, nodeQuietMs } = config
  return {
    node,
    holder: `${node}.${newId()}`,
    ledger,
    clock,
    scheduler: eventLoopScheduler(),
    random: systemRandom,
    newId,
    hashOf: hashOfOutput,
    // The lock of a data folder is its node's alone.
    cluster:
      redis === undefined
        ? null
        : { beatMs: nodeLeaseMs / beatsPerLease, leaseMs: nodeLeaseMs, quietMs: nodeQuietMs, url, version },
    settings: settingsOf(config),
  }
}

const watchBy = (log: Log, metrics: Metrics, failed: (failure: NodeFailure) => void): PlaneOptions['watch'] => ({
  count: metrics.count,
  note: (level, text, about) => log[level](text, about),
  committed: (transactions, tookMs) => {
    metrics.commitSize.observe(transactions)
    metrics.commitMs.observe(tookMs)
  },
  judged: (verdict, tookMs) => watchGate(metrics, verdict, tookMs),
  dispatched: (tookMs) => metrics.dispatchMs.observe(tookMs),
  deadLetter: ({ to, messageKind, reason }) => {
    metrics.count(`deadLetter.${reason}`, 1)
    log.debug('dead letter', { to, messageKind, reason })
  },
  failed,
})

const watchGate = (metrics: Metrics, verdict: Verdict, tookMs: number): void => {
  metrics.gateMs.observe(tookMs)
  metrics.count(verdict.kind === 'pass' ? 'verdict.pass' : `verdict.${verdict.reason}`, 1)
}
