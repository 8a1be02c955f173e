/**
 * The way to Redis: one server, a master behind Sentinels, or a cluster; the same for whoever calls.
 *
 * Nothing is sent twice by itself. Where nobody knows whether a call was carried out it rejects with a `LedgerFault`,
 * and the caller sends it again in a way that can't do harm; what the server refused rejects with a `RedisError`.
 */
import type { Clock } from '../../clock.js'
import type { Random } from '../../random.js'
import { LedgerFault } from '../port.js'
import { type RedisAddress, showRedisAddress } from './address.js'
import type { Argument } from './connectionClient.js'
import { ClusterConnection } from './connectionCluster.js'
import type { LinkState, Send } from './connectionLink.js'
import { refusalAt } from './connectionRefusal.js'
import type { Replication } from './connectionReplication.js'
import { SingleConnection } from './connectionSingle.js'

export interface RedisConnection {
  /** On a cluster messages of `subscribe` are those of `SPUBLISH`, else those of `PUBLISH`. */
  readonly isCluster: boolean
  /** Replies carry Buffers. On a cluster the first key says where it goes. */
  call(command: string, args: readonly Argument[]): Promise<unknown>
  /** Asks each master, in no order. */
  askEach<Answer>(ask: (send: Send) => Promise<Answer>): Promise<readonly Answer[]>
  /**
   * Settles once all channels are listened to; from then on for good, through losses. `onMissed` tells that the
   * connection was lost and is back.
   */
  subscribe(
    channels: readonly string[],
    onMessage: (channel: string, message: string) => void,
    onMissed: () => void,
  ): Promise<void>
  /** What is under way rejects. */
  close(): Promise<void>
}

export type ConnectionOptions = {
  readonly clock: Clock
  readonly random: Random
  /** Of each call; one that waited for a connection first is told by then, too. */
  readonly deadlineMs?: number
  readonly connectMs?: number
  readonly pingMs?: number
  readonly waitingMax?: number
  readonly pauseMaxMs?: number
  /** For whoever looks at the server's list of clients. */
  readonly clientName?: string
  /** Where it is given, each write waits for it. */
  readonly replication?: Replication
  /** Before anything else goes over a new connection: a server that took over may lack what was loaded before. */
  readonly onConnected?: (send: Send) => Promise<void>
  /** Each change; `down` again with each attempt that failed. */
  readonly onState?: (state: LinkState) => void
  /** Gives up waiting for the first connection. */
  readonly signal?: AbortSignal
}

export type ConnectionSettings = Required<
  Omit<ConnectionOptions, 'onConnected' | 'onState' | 'signal' | 'replication'>
> &
  Pick<ConnectionOptions, 'onConnected' | 'onState' | 'replication'>

const second = 1_000

const defaults = {
  deadlineMs: 5 * second,
  connectMs: 2 * second,
  pingMs: second,
  waitingMax: 10_000,
  pauseMaxMs: 2 * second,
  clientName: 'chimera',
} as const

/**
 * Settles with the first connection, however long that takes. Rejects with a `LedgerRefusal` where a server was reached
 * and doesn't let us in, which time won't mend.
 */
export async function connectRedis(address: RedisAddress, options: ConnectionOptions): Promise<RedisConnection> {
  const { signal, onState, ...others } = options
  let first: (state: LinkState) => void = () => {}
  let giveUp: () => void = () => {}
  const settings: ConnectionSettings = {
    ...defaults,
    ...others,
    onState: (state) => {
      first(state)
      onState?.(state)
    },
  }
  const isUp = new Promise<void>((resolve, reject) => {
    first = (state) => {
      if (state.kind === 'up') resolve()
      else if (state.refusal !== undefined) reject(refusalAt(showRedisAddress(address), state.refusal))
    }
    giveUp = () => reject(new LedgerFault('gave up waiting for Redis'))
    signal?.addEventListener('abort', giveUp)
    if (signal?.aborted) giveUp()
  })
  const connection =
    address.kind === 'cluster' ? new ClusterConnection(address, settings) : new SingleConnection(address, settings)
  try {
    await isUp
    return connection
  } catch (error) {
    await connection.close()
    throw error
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
}
