/** Hints of the ledger, told to the actors that they are about. */
import {
  courierAddress,
  dispatcherAddress,
  fleetWatchAddress,
  policyWatchAddress,
  registryAddress,
  reviewQueueAddress,
  shardOwnerAddress,
} from '../actors/addresses.js'
import { canServe, type DispatcherState } from '../actors/dispatcher.js'
import type { NodeOwnEffect } from '../actors/effects.js'
import type { ActorSystem } from '../actors/runtime/system.js'
import { missedHints } from '../ledger/port.js'
import { partsOfAgentHint, partsOfAnswer, partsOfLaneHint, partsOfStop, partsOfSubscriberHint } from '../tasks/keys.js'
import { type CourierState, caresFor } from '../webhooks/courier.js'

/** One for nobody here is nobody's loss: all are backed by polls. */
export const tellHint = (
  system: ActorSystem<NodeOwnEffect>,
  node: string,
  { shard, hint, isKept }: { readonly shard: number; readonly hint: string; readonly isKept: boolean },
): void => {
  const [kind = '', ...rest] = hint.split('/')
  if (hint === missedHints) {
    system.tell(registryAddress, missed)
    system.tell(fleetWatchAddress, missed)
    system.tell(policyWatchAddress, missed)
    system.tell(courierAddress, missed)
    return
  }
  if (kind === 'lane') {
    const parts = partsOfLaneHint(hint)
    if (parts === null || !system.has(dispatcherAddress(parts.tenant))) return
    system.tell(dispatcherAddress(parts.tenant), ready(shard, parts.queue, isKept))
  } else if (kind === 'out') {
    system.tell(registryAddress, outcomes(hint))
    tellCourier(system, rest[0] ?? '', { shard, log: hint })
  } else if (kind === 'card') {
    const [tenant = '', review = ''] = rest
    if (system.has(reviewQueueAddress(tenant))) system.tell(reviewQueueAddress(tenant), hinted(review))
  } else if (kind === 'sealed') {
    tellCourier(system, rest.join('/'), { shard })
  } else if (kind === 'agent') {
    const about = partsOfAgentHint(hint)
    if (about !== null && about.node !== node) system.tell(registryAddress, joinedElsewhere(about))
  } else if (kind === 'subscriber') {
    const about = partsOfSubscriberHint(hint)
    if (about !== null) system.tell(registryAddress, subscribedAnew(about))
  } else if (kind === 'fleet') {
    system.tell(fleetWatchAddress, changed(rest.join('/')))
  } else if (kind === 'policy') {
    system.tell(policyWatchAddress, changed(rest.join('/')))
  } else if (kind === 'owner') {
    system.tell(shardOwnerAddress(shard), givenUp)
  } else if (kind === 'answer') {
    const about = partsOfAnswer(hint)
    if (about !== null) system.tell(registryAddress, answered(about))
  } else if (kind === 'stop') {
    const about = partsOfStop(hint)
    if (about !== null) system.tell(registryAddress, stopTask(about))
  }
}

/** Most tenants have no webhook, and most hints are about tasks. */
const tellCourier = (
  system: ActorSystem<NodeOwnEffect>,
  tenant: string,
  about: { readonly shard: number; readonly log?: string },
): void => {
  const state = system.inspect(courierAddress) as CourierState | undefined
  if (state === undefined || !caresFor(state, tenant)) return
  const message = { kind: 'changed', tenant, ...about }
  system.tell(courierAddress, message)
}

/** Hints of our own commits that nobody else needs to hear: agents of this node wait for what is in the lane. */
export const keepsHint = (system: ActorSystem<NodeOwnEffect>, hint: string, now: number): boolean => {
  const parts = partsOfLaneHint(hint)
  if (parts === null) return false
  const state = system.inspect(dispatcherAddress(parts.tenant)) as DispatcherState | undefined
  return state !== undefined && canServe(state, parts.queue, now)
}

const missed = { kind: 'missedHints' }
const changed = (tenant: string) => ({ kind: 'changed', tenant })
const joinedElsewhere = (about: NonNullable<ReturnType<typeof partsOfAgentHint>>) => ({
  kind: 'joinedElsewhere',
  ...about,
})
const subscribedAnew = (about: NonNullable<ReturnType<typeof partsOfSubscriberHint>>) => ({
  kind: 'subscribedAnew',
  ...about,
})
const givenUp = { kind: 'givenUp' }
const ready = (shard: number, queue: string, isKept: boolean) => ({ kind: 'laneReady', shard, queue, isKept })
const outcomes = (log: string) => ({ kind: 'outcomes', log })
const hinted = (review: string) => ({ kind: 'hinted', review })
const answered = (about: NonNullable<ReturnType<typeof partsOfAnswer>>) => ({ kind: 'answered', ...about })
const stopTask = (about: NonNullable<ReturnType<typeof partsOfStop>>) => ({ kind: 'stopTask', ...about })
