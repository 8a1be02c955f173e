/**
 * The ledger that several nodes share, in Redis 7.0 or later: one server, one behind Sentinels, or a cluster.
 *
 * What a call changes is one function, carried out whole by the server. How durable an acknowledgement is, the server's
 * settings say.
 */
import { systemClock } from '../../clock.js'
import { newId } from '../../ids.js'
import { systemRandom } from '../../random.js'
import type { LedgerRefusal } from '../ledgerRefusal.js'
import type { Ledger } from '../port.js'
import { parseRedisAddress, showRedisAddress } from './address.js'
import { type BootCheckOptions, type BootReport, checkServers } from './bootCheck.js'
import { openCanary } from './canary.js'
import { type ConnectionOptions, connectRedis, type RedisConnection } from './connection.js'
import type { Send } from './connectionLink.js'
import { HintBoard } from './hintBoard.js'
import { LedgerTime } from './ledgerTime.js'
import { type Library, readLibrary } from './library.js'
import { RedisLedger } from './redisLedger.js'
import { shardPrefixes } from './shardKeys.js'

export type RedisLedgerOptions = {
  /** `redis://`, `rediss://`, `redis+sentinel://` or `redis+cluster://`. */
  readonly url: string
  /** What all keys begin with: several clusters may share a server. */
  readonly cluster?: string
  /** 1 to 1,024, fixed when the cluster is made. */
  readonly shards?: number
  /** Takes the place of the server's clock, ms since the epoch; may go back. */
  readonly clock?: () => number
  /** Once, before anything is relied on. */
  readonly onReport?: (report: BootReport) => void
  /** The keys turned out to be another cluster's: this node had better stop. */
  readonly onForeign?: (refusal: LedgerRefusal) => void
} & Pick<BootCheckOptions, 'assumedFlush'> &
  Pick<ConnectionOptions, 'deadlineMs' | 'onState' | 'signal'>

const shardsMax = 1_024
const clusterNames = /^[A-Za-z0-9_.-]{1,64}$/

/** Rejects with a `LedgerRefusal` where the server can't be used. */
export async function openRedisLedger(options: RedisLedgerOptions): Promise<Ledger> {
  const { url, cluster = 'chimera', shards = 16, deadlineMs, signal } = options
  if (!Number.isInteger(shards) || shards < 1 || shards > shardsMax)
    throw new RangeError(`shards: expected 1 to ${shardsMax}`)
  if (!clusterNames.test(cluster)) throw new RangeError("cluster: expected 1 to 64 letters, digits, '_', '.' or '-'")
  const library = readLibrary()
  let ledger: RedisLedger | undefined
  const connection = await connectRedis(parseRedisAddress(url), {
    clock: systemClock(),
    random: systemRandom,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(signal === undefined ? {} : { signal }),
    onConnected: (send) => loadLibrary(send, library),
    onState: (state) => {
      if (state.kind === 'up') ledger?.look()
      options.onState?.(state)
    },
  })
  try {
    ledger = await makeLedger({ ...options, cluster, shards }, connection, library)
    await ledger.start()
    return ledger
  } catch (error) {
    await connection.close()
    throw error
  }
}

async function makeLedger(
  options: RedisLedgerOptions & { readonly cluster: string; readonly shards: number },
  connection: RedisConnection,
  library: Library,
): Promise<RedisLedger> {
  const { url, cluster, shards, clock, assumedFlush, onReport, onForeign = () => {} } = options
  const report = await checkServers(connection, {
    address: showRedisAddress(parseRedisAddress(url)),
    ...(assumedFlush === undefined ? {} : { assumedFlush }),
  })
  onReport?.(report)
  const prefixes = shardPrefixes(cluster, shards)
  const canaryOptions = { connection, cluster, prefixes, newId }
  const canary = await openCanary(canaryOptions)
  return new RedisLedger({
    connection,
    library,
    cluster,
    prefixes,
    time: new LedgerTime(clock),
    board: new HintBoard(newId()),
    durability: { generation: canary.generation, durability: report.durability, windowMs: report.windowMs },
    watch: { ...canaryOptions, canary, clock: systemClock(), onForeign },
  })
}

/** Looked for first: a server that is short of memory refuses to load anything, also what it has. */
async function loadLibrary(send: Send, { name, code }: Library): Promise<void> {
  const found = await send('FUNCTION', ['LIST', 'LIBRARYNAME', name])
  if (Array.isArray(found) && found.length > 0) return
  await send('FUNCTION', ['LOAD', 'REPLACE', code])
}
