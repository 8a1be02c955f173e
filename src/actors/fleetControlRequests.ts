/** What operators say about the fleet, and ask to see of it: pauses, bans, the halt. */
import { formats } from '../protocol/formats.js'
import type { OperatorFrame } from '../protocol/frames.js'
import type { FleetRecord, FleetStanding } from '../protocol/records.js'
import type { Desk } from '../tasks/desk.js'
import { isKnownAgent } from '../tasks/fleet.js'
import { commandFleet, readFleet } from '../tasks/fleetCommand.js'
import {
  type FleetCommand,
  type FleetControl,
  haltToSweep,
  mostNames,
  type Standing,
  type Target,
} from '../tasks/fleetControl.js'
import { cancelRunning } from '../tasks/halt.js'
import type { Procedure } from '../tasks/procedure.js'
import { ack, overloaded, type Reply, refuse } from '../tasks/reply.js'
import type { Identity } from './effects.js'

type ControlFrame = Extract<OperatorFrame, { type: 'control' }>

export function* fleetRequest(desk: Desk, tenant: string): Procedure<Reply> {
  return ack({ fleet: fleetRecordOf(yield* readFleet(desk, tenant)) })
}

const adminOnly = refuse('FORBIDDEN', 'To halt a tenant is for the role admin.')
const full = refuse('INVALID', `queue, agent: ${mostNames} names are paused or banned already; lift some of them first`)

export function* controlRequest(desk: Desk, { tenant, sub, roles }: Identity, frame: ControlFrame): Procedure<Reply> {
  if (frame.act === 'halt' && !roles.includes('admin')) return adminOnly
  const command = commandOf(frame)
  if (command === null) return refuse('INVALID', expectedOf(frame))
  const reply = yield* commandFleet(desk, { tenant, sub }, command, frame.reason)
  if (reply.kind === 'full') return full
  if (reply.kind === 'overloaded') return overloaded(reply.retryAfterMs)
  const { changed, control } = reply
  const { target } = command
  return ack({
    changed,
    fleet: fleetRecordOf(control),
    ...(target.kind === 'agent' ? { known: yield* isKnownAgent(desk, tenant, target.agent) } : {}),
    ...(command.act === 'halt' ? { cancelled: yield* cancelledBy(desk, tenant, control) } : {}),
  })
}

/** Sent again where it was cut off, it goes on. */
function* cancelledBy(desk: Desk, tenant: string, control: FleetControl): Procedure<number> {
  const since = haltToSweep(control)
  if (since === null) return 0
  const swept = yield* cancelRunning(desk, tenant, since)
  return swept.kind === 'swept' ? swept.cancelled : 0
}

/** Null: what it names doesn't go with what it does. */
const commandOf = ({ act, queue, agent }: ControlFrame): FleetCommand | null => {
  const target = targetOf(queue, agent)
  if (target === null) return null
  switch (act) {
    case 'pause':
    case 'resume':
      return { act, target }
    case 'ban':
    case 'unban':
      return target.kind === 'agent' ? { act, target } : null
    case 'halt':
      return target.kind === 'tenant' ? { act, target } : null
  }
}

const targetOf = (queue: string | undefined, agent: string | undefined): Target | null => {
  if (queue !== undefined) return agent === undefined ? { kind: 'queue', queue } : null
  return agent === undefined ? { kind: 'tenant' } : { kind: 'agent', agent }
}

const expectedOf = ({ act }: ControlFrame): string => {
  if (act === 'halt') return 'queue, agent: expected neither of them, a halt is of the whole tenant'
  if (act === 'pause' || act === 'resume') return 'queue, agent: expected one of them, or none for the tenant'
  return `agent: expected ${formats.agent.expected}, and no queue`
}

const fleetRecordOf = (control: FleetControl): FleetRecord => {
  const { version, stop, queues, paused, banned } = control
  return {
    version,
    status: stop?.status ?? 'OPEN',
    ...(stop === null ? {} : standingOf(stop)),
    ...(haltToSweep(control) === null ? {} : { cancelling: true }),
    queues: [...queues].map(([queue, standing]) => ({ queue, ...standingOf(standing) })),
    paused: [...paused].map(([agent, standing]) => ({ agent, ...standingOf(standing) })),
    banned: [...banned].map(([agent, standing]) => ({ agent, ...standingOf(standing) })),
  }
}

const standingOf = ({ by, at, reason }: Standing): FleetStanding => ({
  by,
  at,
  ...(reason === undefined ? {} : { reason }),
})
