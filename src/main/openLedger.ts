/** The ledger that a node is configured to use: one of its own in its data folder, or one that it shares. */
import { join } from 'node:path'
import type { Config } from '../config.js'
import { openEmbeddedLedger } from '../ledger/embedded/openEmbeddedLedger.js'
import type { Ledger } from '../ledger/port.js'
import { Health } from '../ledger/redis/health.js'
import { openRedisLedger } from '../ledger/redis/openRedisLedger.js'
import type { Log } from '../telemetry/log.js'
import { expectedCluster, keepJoinedCluster } from './joinedCluster.js'
import { readTokenSecret } from './tokenSecret.js'

export type LedgerWatch = {
  readonly log: Log
  /** The node can't go on with this ledger. */
  readonly onForeign: (why: string) => void
  /** It isn't open yet: why, each time that this is another reason. */
  readonly onWaiting: (why: string) => void
  /** Gives up waiting for a ledger that can't be reached. */
  readonly signal?: AbortSignal
}

export type OpenedLedger = {
  readonly ledger: Ledger
  /** Why it had better not be relied on just now; undefined: it may be. */
  readonly unreadyFor: () => string | undefined
}

/** Rejects with a `LedgerRefusal`. A Redis that can't be reached, or can't do what a start needs, is waited for. */
export const openLedger = async (config: Config, watch: LedgerWatch): Promise<OpenedLedger> => {
  const { redis, data } = config
  if (redis !== undefined) return await openShared(config, redis, watch)
  const ledger = await openEmbeddedLedger({ folder: join(data, 'ledger'), clock: Date.now })
  return { ledger, unreadyFor: () => undefined }
}

const openShared = async (
  config: Config,
  url: string,
  { log, onForeign, onWaiting, signal }: LedgerWatch,
): Promise<OpenedLedger> => {
  const { data, cluster, shards, clusterId, redisFlush, redisReplicas } = config
  const known = expectedCluster(data, { cluster, clusterId })
  let isUp = true
  let isOpen = false
  const wait = (why: string): void => {
    if (!isOpen) onWaiting(why)
  }
  const health = new Health((why) => {
    if (why === undefined) log.info('the ledger is as it should be again')
    else log.warn('the ledger is not as it should be', { why })
    if (why !== undefined) wait(why)
  })
  const ledger = await openRedisLedger({
    url,
    cluster,
    shards,
    replicas: redisReplicas,
    known,
    // The secret that this folder remembers is the cluster's only where it has joined it.
    secrets: {
      tokens: known?.hasJoined === true ? readTokenSecret(data) : null,
      leases: null,
      samples: null,
      record: null,
    },
    health,
    ...(redisFlush === undefined ? {} : { assumedFlush: redisFlush }),
    ...(signal === undefined ? {} : { signal }),
    onState: (state) => {
      // Told once each way, not with each attempt.
      if (state.kind === 'up' && !isUp) log.info('the ledger is there again')
      if (state.kind === 'down' && isUp) log.warn('the ledger is away: waiting for it', { why: state.why })
      isUp = state.kind === 'up'
      if (state.kind === 'down') wait(`the ledger can't be reached: ${state.why}`)
    },
    onReport: ({ version, masters, persistence, warnings }) => {
      log.info('the ledger is Redis', { version, masters, persistence })
      for (const warning of warnings) log.warn(warning)
    },
    onJoined: (id) => {
      if (known?.hasJoined !== true) keepJoinedCluster(data, { name: cluster, id })
      log.info('the cluster is', { name: cluster, id })
    },
    onForeign: ({ message }) => onForeign(message),
    onTidied: (libraries) => log.info('removed functions that no version uses', { libraries: libraries.join(', ') }),
  })
  isOpen = true
  return { ledger, unreadyFor: () => health.unreadyFor }
}
