/**
 * Whether a task may leave this node: what its tenant's operators said, as far as it is known here.
 *
 * Knowledge ends: what was read too long ago says nothing, and then nothing is handed out. So a pause holds on every
 * node within `knownForMs` of its acknowledgement, whatever becomes of hints, reads, and the node itself.
 */
import type { Claimed } from '../ledger/port.js'
import { releaseLease } from '../tasks/attempt.js'
import { type FleetControl, isQueueOpen } from '../tasks/fleetControl.js'
import { taskOf } from '../tasks/task.js'
import { shardDoorAddress } from './addresses.js'
import { type NodeEffect, tell } from './effects.js'
import type { Taker } from './line.js'

/** A second, less what a task may wait between here and its connection. */
export const knownForMs = 900

/** `at`: when the read was begun. */
export type FleetKnown = { readonly control: FleetControl; readonly at: number }

/** Until when a task of this queue may be sent; one that may not: 0. */
export const sendableUntil = (known: FleetKnown | null, queue: string, now: number): number => {
  if (known === null || now >= known.at + knownForMs || !isQueueOpen(known.control, queue)) return 0
  return known.at + knownForMs
}

/** From here on the tags of what goes back, one for each shard. */
const firstReturn = 1

/** What was claimed and may not be sent goes back uncounted. */
export const giveBackClaim = (
  shard: number,
  { lane, entry, fields }: Claimed,
  { agent, connection }: Taker,
  now: number,
): NodeEffect => {
  const task = taskOf(fields)
  const lease = { place: { shard, turn: task.turn, entry, task: task.id, lane }, task, agent, connection }
  return { kind: 'run', tag: firstReturn + shard, procedure: releaseLease(lease, 'other', now) }
}

/** What could not be given back is looked for, as what a lost claim may have left. */
export const lookAfterReturn = (tag: number): readonly NodeEffect[] =>
  tag < firstReturn ? [] : [tell(shardDoorAddress(tag - firstReturn), { kind: 'doubt' })]
