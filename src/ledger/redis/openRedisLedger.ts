/**
 * The ledger that several nodes share, in Redis 7.0 or later: one server, one behind Sentinels, or a cluster.
 *
 * What a call changes is one function, carried out whole by the server. How durable an acknowledgement is, the server's
 * settings say.
 */
import { type Clock, systemClock } from '../../clock.js'
import { newId } from '../../ids.js'
import { systemRandom } from '../../random.js'
import type { LedgerRefusal } from '../ledgerRefusal.js'
import type { Ledger } from '../port.js'
import { parseRedisAddress, showRedisAddress } from './address.js'
import { type BootCheckOptions, type BootReport, checkServers } from './bootCheck.js'
import { type KnownCluster, openCanary } from './canary.js'
import { type ConnectionOptions, connectRedis, type RedisConnection } from './connection.js'
import { ReplicatedConnection } from './connectionReplicated.js'
import { Replication } from './connectionReplication.js'
import { Health } from './health.js'
import { HintBoard } from './hintBoard.js'
import { LedgerTime } from './ledgerTime.js'
import { type Library, readLibrary } from './library.js'
import { loadLibrary } from './libraryLoading.js'
import { keepLibrariesTidy } from './libraryTidying.js'
import { RedisLedger } from './redisLedger.js'
import { untilPossible } from './redisStart.js'
import { checkRights } from './rightsCheck.js'
import { shardPrefixes } from './shardKeys.js'

export type RedisLedgerOptions = {
  /** `redis://`, `rediss://`, `redis+sentinel://` or `redis+cluster://`. */
  readonly url: string
  /** What all keys begin with: several clusters may share a server. */
  readonly cluster?: string
  /** 1 to 1,024, fixed when the cluster is made. */
  readonly shards?: number
  /** Replicas that must have each write before it is answered. */
  readonly replicas?: number
  /** The cluster that is expected there: any, where it isn't given. */
  readonly known?: KnownCluster | undefined
  /** Those that are needed from the start, with their values where they are remembered: put back where they are lost. */
  readonly secrets?: Readonly<Record<string, Uint8Array | null>>
  /** Takes the place of the server's clock, ms since the epoch; may go back. */
  readonly clock?: () => number
  /** Once, before anything is relied on. */
  readonly onReport?: (report: BootReport) => void
  /** Once: the id of the cluster, for the next start. */
  readonly onJoined?: (clusterId: string) => void
  /** The keys turned out to be another cluster's: this node had better stop. */
  readonly onForeign?: (refusal: LedgerRefusal) => void
  /** Functions of versions that nobody uses any more were removed. */
  readonly onTidied?: (libraries: readonly string[]) => void
  /** Told what stands in the way, at the start and later. */
  readonly health?: Health
} & Pick<BootCheckOptions, 'assumedFlush'> &
  Pick<ConnectionOptions, 'deadlineMs' | 'onState' | 'signal'>

type Settings = RedisLedgerOptions & {
  readonly address: string
  readonly cluster: string
  readonly shards: number
  readonly replicas: number
  readonly deadlineMs: number
  readonly health: Health
  readonly library: Library
  readonly time: Clock
}

const shardsMax = 1_024
const clusterNames = /^[A-Za-z0-9_.-]{1,64}$/
const defaultDeadlineMs = 5_000
/** Connections for writes that wait for replicas: one for each shard of the default number. */
const writersMax = 16
/** Of a call's deadline, what its wait for replicas may take. */
const waitPart = 1 / 10

/** Rejects with a `LedgerRefusal` where the server can't be used. What passes is waited for. */
export async function openRedisLedger(options: RedisLedgerOptions): Promise<Ledger> {
  const { cluster = 'chimera', shards = 16, replicas = 0 } = options
  if (!Number.isInteger(shards) || shards < 1 || shards > shardsMax)
    throw new RangeError(`shards: expected 1 to ${shardsMax}`)
  if (!clusterNames.test(cluster)) throw new RangeError("cluster: expected 1 to 64 letters, digits, '_', '.' or '-'")
  const settings: Settings = {
    deadlineMs: defaultDeadlineMs,
    health: new Health(),
    ...options,
    address: showRedisAddress(parseRedisAddress(options.url)),
    cluster,
    shards,
    replicas,
    library: readLibrary(),
    time: systemClock(),
  }
  let ledger: RedisLedger | undefined
  const connection = await connect(settings, () => ledger?.look())
  try {
    const waiting = { ...settings, clock: settings.time }
    const made = await untilPossible(() => makeLedger(settings, connection), waiting)
    ledger = made
    await untilPossible(() => made.start(settings.secrets), waiting)
    return made
  } catch (error) {
    await ledger?.close()
    await connection.close()
    throw error
  }
}

async function connect(settings: Settings, onUp: () => void): Promise<RedisConnection> {
  const { url, shards, replicas, deadlineMs, signal, library, health, time, onState } = settings
  const address = parseRedisAddress(url)
  const common: ConnectionOptions = {
    clock: time,
    random: systemRandom,
    deadlineMs,
    clientName: library.name,
    ...(signal === undefined ? {} : { signal }),
    onConnected: (send) => loadLibrary(send, library),
  }
  const reads = await connectRedis(address, {
    ...common,
    onState: (state) => {
      if (state.kind === 'up') onUp()
      onState?.(state)
    },
  })
  if (replicas === 0) return reads
  const replication = new Replication({ replicas, waitMs: Math.ceil(deadlineMs * waitPart), health })
  const writers = Array.from({ length: Math.min(shards, writersMax) }, () =>
    connectRedis(address, { ...common, replication }),
  )
  const opened = await Promise.allSettled(writers)
  const failed = opened.find((one) => one.status === 'rejected')
  const connection = new ReplicatedConnection(
    reads,
    opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
  )
  if (failed === undefined) return connection
  await connection.close()
  throw failed.reason
}

async function makeLedger(settings: Settings, connection: RedisConnection): Promise<RedisLedger> {
  const { address, cluster, shards, replicas, clock, assumedFlush, library, health, time } = settings
  const { known, onReport, onJoined, onForeign = () => {}, onTidied = () => {} } = settings
  const report = await checkServers(connection, {
    address,
    waitsForReplicas: replicas,
    ...(assumedFlush === undefined ? {} : { assumedFlush }),
  })
  const prefixes = shardPrefixes(cluster, shards)
  const [first = ''] = prefixes
  await checkRights(connection, { address, key: `${first}shard`, channel: `${first}hints`, waits: replicas > 0 })
  const canaryOptions = { connection, cluster, prefixes, newId }
  const canary = await openCanary(canaryOptions, known)
  const tidying = keepLibrariesTidy({ connection, library, clock: time, onTidied })
  const ledger = new RedisLedger({
    connection,
    library,
    cluster,
    prefixes,
    time: new LedgerTime(clock),
    board: new HintBoard(newId()),
    durability: { generation: canary.generation, durability: report.durability, windowMs: report.windowMs },
    watch: { ...canaryOptions, canary, clock: time, onForeign },
    health,
    onClose: () => tidying.cancel(),
  })
  onReport?.(report)
  onJoined?.(canary.clusterId)
  return ledger
}
