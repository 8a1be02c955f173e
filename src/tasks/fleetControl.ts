/**
 * What operators have said about a tenant's fleet: which queues and agents are paused, which agents are banned, and
 * whether all of it stands still. One record for each tenant, in the tenant's shard.
 *
 * A name without an instance (`crawler`) stands for all of that agent's instances (`crawler/7`) too: a process that is
 * started again gets another one. The record is read by every node several times a second, so it is kept small.
 */
import type { Fields, Patch, Scalar } from '../ledger/port.js'

/** Who said so, when and why. */
export type Standing = { readonly by: string; readonly at: number; readonly reason?: string }

/** `since`: the version that began it, which tells one halt from the next. */
export type TenantStop = Standing & { readonly status: 'PAUSED' | 'HALTED'; readonly since: number }

export type FleetControl = {
  /** Grows with each command; 0: nothing was ever said. */
  readonly version: number
  readonly stop: TenantStop | null
  /** The halt whose running tasks have all been cancelled. */
  readonly swept: number
  readonly queues: ReadonlyMap<string, Standing>
  readonly paused: ReadonlyMap<string, Standing>
  readonly banned: ReadonlyMap<string, Standing>
}

/** What a command is about. */
export type Target =
  | { readonly kind: 'tenant' }
  | { readonly kind: 'queue'; readonly queue: string }
  | { readonly kind: 'agent'; readonly agent: string }

export type FleetCommand =
  | { readonly act: 'pause' | 'resume'; readonly target: Target }
  | { readonly act: 'ban' | 'unban'; readonly target: Extract<Target, { kind: 'agent' }> }
  | { readonly act: 'halt'; readonly target: Extract<Target, { kind: 'tenant' }> }

/** Nothing is paused, nobody is banned. */
export const openFleet: FleetControl = {
  version: 0,
  stop: null,
  swept: 0,
  queues: new Map(),
  paused: new Map(),
  banned: new Map(),
}

/** Names that a record has at most. */
export const mostNames = 1_000

const prefixes = { queues: 'queue/', paused: 'paused/', banned: 'banned/' } as const

export const fleetControlOf = (fields: Fields | null): FleetControl => {
  if (fields === null) return openFleet
  const { version, stop, swept } = fields
  return {
    version: Number(version ?? 0),
    stop: typeof stop === 'string' ? (JSON.parse(stop) as TenantStop) : null,
    swept: Number(swept ?? 0),
    queues: namesIn(fields, prefixes.queues),
    paused: namesIn(fields, prefixes.paused),
    banned: namesIn(fields, prefixes.banned),
  }
}

const namesIn = (fields: Fields, prefix: string): ReadonlyMap<string, Standing> => {
  const names = new Map<string, Standing>()
  for (const [field, value] of Object.entries(fields)) {
    if (field.startsWith(prefix)) names.set(field.slice(prefix.length), standingOf(value))
  }
  return names
}

const standingOf = (value: Scalar): Standing => JSON.parse(String(value)) as Standing

/** Fields that a command changes; null: it is so already. A halt is not weakened by a pause. */
export const changeBy = (
  { version, stop, queues, paused, banned }: FleetControl,
  { act, target }: FleetCommand,
  standing: Standing,
): Patch | null => {
  const since = nextVersion(version, standing.at)
  const said = JSON.stringify(standing)
  const set = (there: boolean, field: string): Patch | null => (there ? null : { [field]: said, version: since })
  const clear = (there: boolean, field: string): Patch | null => (there ? { [field]: null, version: since } : null)
  const stopBy = (status: TenantStop['status']): Patch => ({
    stop: JSON.stringify({ ...standing, status, since }),
    version: since,
  })
  switch (act) {
    case 'halt':
      return stop?.status === 'HALTED' ? null : stopBy('HALTED')
    case 'ban':
      return set(banned.has(target.agent), prefixes.banned + target.agent)
    case 'unban':
      return clear(banned.has(target.agent), prefixes.banned + target.agent)
    case 'pause':
      if (target.kind === 'tenant') return stop === null ? stopBy('PAUSED') : null
      if (target.kind === 'queue') return set(queues.has(target.queue), prefixes.queues + target.queue)
      return set(paused.has(target.agent), prefixes.paused + target.agent)
    case 'resume':
      if (target.kind === 'tenant') return clear(stop !== null, 'stop')
      if (target.kind === 'queue') return clear(queues.has(target.queue), prefixes.queues + target.queue)
      return clear(paused.has(target.agent), prefixes.paused + target.agent)
  }
}

/** Past the clock, so that it also grows where the record itself was lost with the ledger's data. */
const nextVersion = (version: number, now: number): number => Math.max(version + 1, now)

export const isFull = ({ queues, paused, banned }: FleetControl): boolean =>
  queues.size + paused.size + banned.size >= mostNames

const covers = (names: ReadonlyMap<string, Standing>, agent: string): boolean => {
  if (names.size === 0) return false
  const slash = agent.indexOf('/')
  return names.has(agent) || (slash > 0 && names.has(agent.slice(0, slash)))
}

export const isQueueOpen = ({ stop, queues }: FleetControl, queue: string): boolean =>
  stop === null && !queues.has(queue)

/** Whether the agent may be given tasks. */
export const isAgentOpen = ({ paused, banned }: FleetControl, agent: string): boolean =>
  !covers(paused, agent) && !covers(banned, agent)

export const isPaused = ({ paused }: FleetControl, agent: string): boolean => covers(paused, agent)

export const isBanned = ({ banned }: FleetControl, agent: string): boolean => covers(banned, agent)

export const isHalted = ({ stop }: FleetControl): boolean => stop?.status === 'HALTED'

/** The halt of which something may still run; null: there is none. */
export const haltToSweep = ({ stop, swept }: FleetControl): number | null =>
  stop?.status === 'HALTED' && stop.since !== swept ? stop.since : null
