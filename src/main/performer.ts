/** A checked frame carried out without a session, for HTTP: the same procedures, the same replies. */

import type { Identity } from '../actors/effects.js'
import type { ProducerRequest } from '../actors/requests.js'
import type { Clock } from '../clock.js'
import type { FrameOf } from '../protocol/frames.js'
import type { OperatorRequest } from '../review/reviewRequests.js'
import type { Procedure } from '../tasks/procedure.js'
import { Unavailable } from '../tasks/procedure.js'
import { overloaded, type Reply, refuse } from '../tasks/reply.js'
import type { Log } from '../telemetry/log.js'
import type { Perform } from '../transport/http/httpServer.js'
import type { Plane } from './plane.js'

const unavailableRetryMs = 500

/** `current`: the plane, which may be another after each call. */
export const performer = (current: () => Plane, clock: Clock, log: Log): Perform => {
  const procedureOf = (
    identity: Identity,
    role: 'producer' | 'operator',
    frame: FrameOf<'producer'> | FrameOf<'operator'>,
    subscriber: string | undefined,
  ): Procedure<Reply> => {
    if (role === 'producer') {
      return current().producerRequests(identity, subscriber, frame as ProducerRequest, clock.now())
    }
    // The table has for each type the procedure that takes its frame, which the compiler can't follow through a union.
    const request = current().operatorRequests[frame.type as OperatorRequest] as (
      by: Identity,
      frame: FrameOf<'operator'>,
      now: number,
    ) => Procedure<Reply>
    return request(identity, frame as FrameOf<'operator'>, clock.now())
  }

  return async (identity, role, frame, subscriber) => {
    const plane = current()
    plane.serveTenant(identity.tenant)
    try {
      return await plane.runner.result(procedureOf(identity, role, frame, subscriber))
    } catch (error) {
      if (error instanceof Unavailable) return overloaded(unavailableRetryMs)
      log.error('a request failed', { type: frame.type, why: String(error) })
      return refuse('INTERNAL', 'The node failed at this. Send it again.')
    }
  }
}
