/** A claim of a dispatcher: what it asks of the ledger for a line's takers, and what comes of its answer. */
import type { Claimed, ClaimRequest } from '../ledger/port.js'
import { expireClaimed } from '../tasks/attempt.js'
import { lane, priorities } from '../tasks/keys.js'
import { taskOf } from '../tasks/task.js'
import type { AssignedMessage } from './dispatcher.js'
import type { NodeEffect } from './effects.js'
import type { Line, Taker } from './line.js'
import type { ClaimAnswered } from './shardDoor.js'

/** A claim under way. */
export type LaneClaim = {
  readonly queue: string
  readonly shard: number
  readonly takers: readonly Taker[]
  /** No other node was told of what waits there. */
  readonly isOwed: boolean
}

const claimBytes = 4 * 1_048_576

export const claimRequest = (
  { tenant, node }: { readonly tenant: string; readonly node: string },
  line: Line,
  takers: readonly Taker[],
  now: number,
): ClaimRequest => {
  const shares = line.shares(takers.length)
  return {
    lanes: priorities.map((priority, at) => ({
      lane: lane(tenant, line.queue, priority),
      share: shares[at] ?? 0,
    })),
    takers: takers.map(({ agent, connection }) => ({ agent, agentConnection: connection })),
    maxBytes: claimBytes,
    writes: { status: 'RUNNING', node, claimedAt: now },
    entryField: 'entry',
    overdueField: 'expiresAt',
    avoid: { field: 'agent', of: 'avoid' },
  }
}

/** Whether something may still wait. Else the lanes were empty, unless a hint has come meanwhile. */
export const mayHaveMore = (
  { claimed, overdue }: NonNullable<ClaimAnswered['reply']>,
  { takers }: LaneClaim,
): boolean => {
  if (claimed.length === takers.length || overdue.length > 0) return true
  let bytes = 0
  for (const { fields } of claimed) {
    for (const value of [fields.payload, fields.previous]) if (value instanceof Uint8Array) bytes += value.length
  }
  // Large bodies end a claim before its takers do.
  return bytes > claimBytes / 2
}

export const assigned = (shard: number, { lane: name, entry, fields }: Claimed, until: number): AssignedMessage => ({
  kind: 'assigned',
  shard,
  lane: name,
  entry,
  task: taskOf(fields),
  until,
})

/** An entry whose wait was over when it was claimed. */
export const endWait = (shard: number, { lane: name, entry, fields }: Claimed, now: number): NodeEffect => ({
  kind: 'run',
  tag: 0,
  procedure: expireClaimed({ shard, lane: name, entry }, taskOf(fields), now),
})
