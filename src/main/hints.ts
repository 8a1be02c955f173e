/** Hints of the ledger, told to the actors that they are about. */
import {
  dispatcherAddress,
  fleetWatchAddress,
  registryAddress,
  reviewQueueAddress,
  shardOwnerAddress,
} from '../actors/addresses.js'
import type { NodeOwnEffect } from '../actors/effects.js'
import type { ActorSystem } from '../actors/runtime/system.js'
import { missedHints } from '../ledger/port.js'
import { partsOfAgentHint, partsOfLane, partsOfStop } from '../tasks/keys.js'

/** One for nobody here is nobody's loss: all are backed by polls. */
export const tellHint = (system: ActorSystem<NodeOwnEffect>, node: string, shard: number, hint: string): void => {
  const [kind = '', ...rest] = hint.split('/')
  if (hint === missedHints) {
    system.tell(registryAddress, missed)
    system.tell(fleetWatchAddress, missed)
    return
  }
  if (kind === 'lane') {
    const parts = partsOfLane(rest.join('/'))
    if (parts === null || !system.has(dispatcherAddress(parts.tenant))) return
    system.tell(dispatcherAddress(parts.tenant), ready(shard, parts.queue))
  } else if (kind === 'out') {
    system.tell(registryAddress, outcomes(hint))
  } else if (kind === 'card') {
    const [tenant = '', review = ''] = rest
    if (system.has(reviewQueueAddress(tenant))) system.tell(reviewQueueAddress(tenant), hinted(review))
  } else if (kind === 'agent') {
    const about = partsOfAgentHint(hint)
    if (about !== null && about.node !== node) system.tell(registryAddress, joinedElsewhere(about))
  } else if (kind === 'fleet') {
    system.tell(fleetWatchAddress, changed(rest.join('/')))
  } else if (kind === 'owner') {
    system.tell(shardOwnerAddress(shard), givenUp)
  } else if (kind === 'stop') {
    const about = partsOfStop(hint)
    if (about !== null) system.tell(registryAddress, stopTask(about))
  }
}

const missed = { kind: 'missedHints' }
const changed = (tenant: string) => ({ kind: 'changed', tenant })
const joinedElsewhere = (about: NonNullable<ReturnType<typeof partsOfAgentHint>>) => ({
  kind: 'joinedElsewhere',
  ...about,
})
const givenUp = { kind: 'givenUp' }
const ready = (shard: number, queue: string) => ({ kind: 'laneReady', shard, queue })
const outcomes = (log: string) => ({ kind: 'outcomes', log })
const hinted = (review: string) => ({ kind: 'hinted', review })
const stopTask = (about: NonNullable<ReturnType<typeof partsOfStop>>) => ({ kind: 'stopTask', ...about })
