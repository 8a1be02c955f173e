/**
 * A producer's connection becomes its subscriber's one connection.
 *
 * Connections are numbered as those of agents are, and the record decides. Nothing has to be adopted: what was seen is
 * dropped from the log by whoever saw it, and the newer one reads what is left. A number that is refused isn't raised
 * here: whoever asked tries anew as long as its client is there, so that a commit which was held up with a connection
 * that is gone can't take the name from a living one.
 */
import type { Fields } from '../ledger/port.js'
import type { Desk } from './desk.js'
import { agingSet, subscriberHint, subscriberKey } from './keys.js'
import { commit, type Procedure, readOne } from './procedure.js'
import { shardOf } from './shardOf.js'

export type SubscribeReply =
  | { readonly kind: 'subscribed'; readonly connection: number }
  /** Another connection came between. */
  | { readonly kind: 'outrun' }
  | { readonly kind: 'overloaded'; readonly retryAfterMs: number }

export function* subscribe(
  desk: Pick<Desk, 'shards'>,
  tenant: string,
  log: string,
  now: number,
): Procedure<SubscribeReply> {
  const shard = shardOf(log, desk.shards)
  const record = subscriberKey(log)
  const connection = Math.max(now, newestConnection(yield* readOne(shard, record)) + 1)
  const outcome = yield* commit({
    shard,
    tenant,
    drains: true,
    transaction: {
      guards: [{ kind: 'below', record, field: 'connection', n: connection }],
      writes: [
        { kind: 'put', record, fields: { connection, lastSeen: now } },
        { kind: 'index', set: agingSet, member: record, score: now },
        { kind: 'hint', hint: subscriberHint(connection, log) },
      ],
    },
  })
  switch (outcome.kind) {
    case 'done':
      return { kind: 'subscribed', connection }
    case 'refused':
      return { kind: 'outrun' }
    case 'overloaded':
      return outcome
    case 'invalid':
      throw new Error(`subscribe: ${outcome.why}`)
  }
}

/** In a subscriber's record; 0: it had none. */
export const newestConnection = (fields: Fields | null): number => Number(fields?.connection ?? 0)
