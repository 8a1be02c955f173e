/** The ledger that a node is configured to use: one of its own in its data folder, or one that it shares. */
import { join } from 'node:path'
import type { Config } from '../config.js'
import { openEmbeddedLedger } from '../ledger/embedded/openEmbeddedLedger.js'
import type { Ledger } from '../ledger/port.js'
import { openRedisLedger } from '../ledger/redis/openRedisLedger.js'
import type { Log } from '../telemetry/log.js'

export type LedgerWatch = {
  readonly log: Log
  /** The node can't go on with this ledger. */
  readonly onForeign: (why: string) => void
  /** Gives up waiting for a ledger that can't be reached. */
  readonly signal?: AbortSignal
}

/** Rejects with a `LedgerRefusal`. A Redis that can't be reached is waited for. */
export const openLedger = async (config: Config, { log, onForeign, signal }: LedgerWatch): Promise<Ledger> => {
  const { redis, data, cluster, shards } = config
  if (redis === undefined) return openEmbeddedLedger({ folder: join(data, 'ledger'), clock: Date.now })
  let isUp = true
  return openRedisLedger({
    url: redis,
    cluster,
    shards,
    ...(signal === undefined ? {} : { signal }),
    onState: (state) => {
      // Told once each way, not with each attempt.
      if (state.kind === 'up' && !isUp) log.info('the ledger is there again')
      if (state.kind === 'down' && isUp) log.warn('the ledger is away: waiting for it', { why: state.why })
      isUp = state.kind === 'up'
    },
    onReport: ({ version, masters, persistence, warnings }) => {
      log.info('the ledger is Redis', { version, masters, persistence })
      for (const warning of warnings) log.warn(warning)
    },
    onForeign: ({ message }) => onForeign(message),
  })
}
