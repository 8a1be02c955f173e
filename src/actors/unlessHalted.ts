/** A halted tenant takes no new tasks: whoever submits is told to come again. What is on its way goes on. */
import { isHalted } from '../tasks/fleetControl.js'
import type { Procedure } from '../tasks/procedure.js'
import { type Reply, refuse } from '../tasks/reply.js'
import { shardOf } from '../tasks/shardOf.js'
import type { FleetWatchState } from './fleetWatch.js'
import type { ProducerRequests } from './requests.js'

const retryAfterMs = 5_000
const paused = refuse('PAUSED', 'The tenant is halted: an operator has to resume it first.', { retryAfterMs })

/** `watch`: what this node knows just now. It refuses what can wait, so knowing nothing is no reason to. */
export const unlessHalted =
  (requests: ProducerRequests, watch: () => FleetWatchState | undefined): ProducerRequests =>
  (...request) =>
    submission(requests, watch, request)

function* submission(
  requests: ProducerRequests,
  watch: () => FleetWatchState | undefined,
  request: Parameters<ProducerRequests>,
): Procedure<Reply> {
  const [{ tenant }, , { type }] = request
  return type === 'submit' && isHaltedIn(watch(), tenant) ? paused : yield* requests(...request)
}

const isHaltedIn = (watch: FleetWatchState | undefined, tenant: string): boolean => {
  const known = watch?.places[shardOf(tenant, watch.places.length)]?.tenants.get(tenant)
  return known ? isHalted(known.control) : false
}
