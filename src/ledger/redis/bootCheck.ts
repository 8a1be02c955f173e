/**
 * Before a node relies on a Redis: is it new enough, does it keep what it is given, and what does its word survive?
 *
 * Of several masters the weakest counts. Where `CONFIG` is forbidden, as on most managed ones, how often its file is
 * flushed can't be read: nothing better than memory is then promised, unless a setting says what is known of it.
 */
import { LedgerRefusal } from '../ledgerRefusal.js'
import type { Durability } from '../port.js'
import type { RedisConnection } from './connection.js'
import { RedisError } from './connectionError.js'
import { parseInfo } from './connectionInfo.js'
import type { Send } from './connectionLink.js'

export type Flush = 'always' | 'everysec' | 'no'

export type BootCheckOptions = {
  /** For messages: without a password. */
  readonly address: string
  /** What is known of the servers where they don't say: how often they flush. */
  readonly assumedFlush?: Flush
  /** Replicas that each write waits for (WAIT). */
  readonly waitsForReplicas?: number
}

export type BootReport = Pick<Durability, 'durability' | 'windowMs'> & {
  /** The lowest of all masters. */
  readonly version: string
  readonly masters: number
  /** How they keep what they are given, in words, for the log. */
  readonly persistence: string
  /** Something that a person should know. */
  readonly warnings: readonly string[]
}

/** What one master says of itself. */
type Found = {
  readonly version: string
  readonly policy: string
  readonly isCluster: boolean
  /** Undefined: it has an append-only file, and doesn't say when it flushes it. */
  readonly flush: Flush | undefined
  readonly replicas: number
}

const leastVersion = 7
const minute = 60_000

/** Redis flushes each second, and lets a flush that is slow have another one: appendfsync in its redis.conf. */
const everysecMs = 2_000
/** How far a replica may be behind that takes over, as Redis and its Sentinels go by default. */
const replicaLagMs = 10_000
/** Without a bound of its own: as long as a repeated submission is sure to be known as one. */
const memoryMs = 24 * 60 * minute

const windows: Readonly<Record<Flush, number>> = { always: 0, everysec: everysecMs, no: memoryMs }
const durabilities = { always: 'fsync', everysec: 'second', no: 'memory' } as const satisfies Record<Flush, string>
const weakestFirst: readonly Flush[] = ['no', 'everysec', 'always']

/** Rejects with a `LedgerRefusal` that says why not, and what to do. */
export async function checkServers(connection: RedisConnection, options: BootCheckOptions): Promise<BootReport> {
  const found = await connection.askEach((send) => lookAt(send, options.address))
  for (const server of found) refuse(server, connection.isCluster, options.address)
  const flushes = found.map(({ flush }) => flush ?? options.assumedFlush ?? 'no')
  const flush = weakestFirst.find((each) => flushes.includes(each)) ?? 'no'
  const isUnknown = found.some((server) => server.flush === undefined)
  const { waitsForReplicas = 0 } = options
  // One that is not waited for may be the one that takes over.
  const mayLag = found.some(({ replicas }) => replicas > waitsForReplicas)
  const windowMs = windows[flush]
  return {
    durability: waitsForReplicas > 0 ? 'replicated' : durabilities[flush],
    // A replica that takes over has what it got, however often the old master flushed. All servers may lose power at
    // once, so waiting for replicas makes no window smaller than that of the disks.
    windowMs: mayLag ? Math.max(windowMs, replicaLagMs) : windowMs,
    version: found.map(({ version }) => version).sort(byVersion)[0] ?? '',
    masters: found.length,
    persistence: inWords(flush, isUnknown),
    warnings: [...warningsOf(flush, isUnknown, options), ...replicaWarnings(found, waitsForReplicas)],
  }
}

async function lookAt(send: Send, address: string): Promise<Found> {
  const info = parseInfo(await unlessForbidden(send('INFO', [])))
  const version = info.get('redis_version')
  if (version === undefined)
    throw new LedgerRefusal('forbidden', `${address}: INFO is forbidden; allow it to this user (ACL: +info)`)
  const hasFile = info.get('aof_enabled') === '1'
  return {
    version,
    policy: info.get('maxmemory_policy') ?? 'noeviction',
    isCluster: info.get('redis_mode') === 'cluster',
    flush: hasFile ? flushOf(await unlessForbidden(send('CONFIG', ['GET', 'appendfsync']))) : 'no',
    replicas: Number(info.get('connected_slaves') ?? 0),
  }
}

function refuse({ version, policy, isCluster }: Found, isAskedAsCluster: boolean, address: string): void {
  if (Number.parseInt(version, 10) < leastVersion)
    throw new LedgerRefusal(
      'older',
      `${address}: Redis ${version} has no functions; use Redis ${leastVersion}.0 or later`,
    )
  if (isCluster && !isAskedAsCluster)
    throw new LedgerRefusal('different', `${address}: this is a Redis Cluster; write its address as redis+cluster://`)
  if (policy !== 'noeviction')
    throw new LedgerRefusal(
      'unsafe',
      `${address}: maxmemory-policy is ${policy}, so it would throw away acknowledged work when its memory is full; ` +
        'set it to noeviction (CONFIG SET maxmemory-policy noeviction, and in its redis.conf)',
    )
}

/** Undefined where the server forbids or doesn't know it. */
async function unlessForbidden(reply: Promise<unknown>): Promise<unknown> {
  try {
    return await reply
  } catch (error) {
    if (error instanceof RedisError) return undefined
    throw error
  }
}

function flushOf(reply: unknown): Flush | undefined {
  const value = Array.isArray(reply) ? `${reply[1]}` : ''
  return weakestFirst.find((flush) => flush === value)
}

const inWords = (flush: Flush, isUnknown: boolean): string =>
  ({
    always: 'each write is on disk before it is acknowledged',
    everysec: 'what is acknowledged is on disk within two seconds',
    no: 'what is acknowledged may be in memory alone',
  })[flush] + (isUnknown ? ', as far as it can be known' : '')

function warningsOf(flush: Flush, isUnknown: boolean, { assumedFlush }: BootCheckOptions): readonly string[] {
  const unread = 'CONFIG is forbidden, so how often Redis flushes its append-only file is not known'
  return [
    ...(isUnknown ? [assumedFlush === undefined ? unread : `${unread}; taken for ${assumedFlush}`] : []),
    ...(flush === 'no' ? ['a restart of Redis may lose all acknowledged work; appendonly yes keeps it'] : []),
  ]
}

function replicaWarnings(found: readonly Found[], wanted: number): readonly string[] {
  if (wanted === 0) return []
  const least = Math.min(...found.map(({ replicas }) => replicas))
  const most = Math.max(...found.map(({ replicas }) => replicas))
  const some = `each write waits for ${wanted} replicas`
  if (least < wanted) return [`${some}, and a master has ${least}: nothing is acknowledged until there are more`]
  if (most > wanted) return [`${some} of ${most}: another one that takes over may lack the last writes`]
  return []
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
