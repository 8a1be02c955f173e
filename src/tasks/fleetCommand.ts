/**
 * An operator's word about the fleet becomes the record's next version, with one audit entry in the same transaction.
 * What is so already changes nothing and is on record once.
 */
import type { Desk } from './desk.js'
import { type AuditEntry, auditWrites } from './entries.js'
import { changeBy, type FleetCommand, type FleetControl, fleetControlOf, isFull, openFleet } from './fleetControl.js'
import { fleetHint, fleetKey } from './keys.js'
import { commit, type Procedure, read, now as readNow, readOne } from './procedure.js'
import { shardOf } from './shardOf.js'

export type Commander = { readonly tenant: string; readonly sub: string }

export type FleetReply =
  /** `changed` false: it was so before. */
  | { readonly kind: 'done'; readonly changed: boolean; readonly control: FleetControl }
  | { readonly kind: 'full' }
  | { readonly kind: 'overloaded'; readonly retryAfterMs: number }

/** Each time somebody else's command came between. */
const tries = 8

export function* commandFleet(
  desk: Pick<Desk, 'shards'>,
  by: Commander,
  command: FleetCommand,
  reason: string | undefined,
): Procedure<FleetReply> {
  const shard = shardOf(by.tenant, desk.shards)
  const record = fleetKey(by.tenant)
  for (let round = 0; round < tries; round++) {
    const control = yield* readFleet(desk, by.tenant)
    const at = yield* readNow()
    const fields = changeBy(control, command, { by: by.sub, at, ...(reason === undefined ? {} : { reason }) })
    if (fields === null) return { kind: 'done', changed: false, control }
    if (isFull(control) && adds(command)) return { kind: 'full' }
    const outcome = yield* commit({
      shard,
      tenant: by.tenant,
      // It holds up work, so it has to go on where there is no room for more.
      drains: true,
      transaction: {
        guards: [{ kind: 'equals', record, field: 'version', value: control.version === 0 ? null : control.version }],
        writes: [
          { kind: 'put', record, fields },
          ...auditWrites(by.tenant, auditEntry(by, command, at, reason)),
          { kind: 'hint', hint: fleetHint(by.tenant) },
        ],
      },
    })
    if (outcome.kind === 'done') return { kind: 'done', changed: true, control: yield* readFleet(desk, by.tenant) }
    if (outcome.kind === 'overloaded') return outcome
    if (outcome.kind === 'invalid') throw new Error(`${command.act}: ${outcome.why}`)
  }
  throw new Error(`${command.act}: others changed the fleet of ${by.tenant} ${tries} times meanwhile`)
}

/** What stops everything takes no name. */
const adds = ({ act, target }: FleetCommand): boolean => (act === 'pause' || act === 'ban') && target.kind !== 'tenant'

const kinds = {
  pause: 'paused',
  resume: 'resumed',
  ban: 'banned',
  unban: 'unbanned',
  halt: 'halted',
} as const satisfies Record<FleetCommand['act'], AuditEntry['kind']>

const auditEntry = (
  { sub }: Commander,
  { act, target }: FleetCommand,
  at: number,
  reason: string | undefined,
): AuditEntry => ({
  at,
  kind: kinds[act],
  by: sub,
  of: target.kind,
  ...(target.kind === 'queue' ? { queue: target.queue } : {}),
  ...(target.kind === 'agent' ? { agent: target.agent } : {}),
  ...(reason === undefined ? {} : { reason }),
})

export function* readFleet({ shards }: Pick<Desk, 'shards'>, tenant: string): Procedure<FleetControl> {
  return fleetControlOf(yield* readOne(shardOf(tenant, shards), fleetKey(tenant)))
}

/** Of tenants of one shard, in the same order. */
export function* readFleets(shard: number, tenants: readonly string[]): Procedure<readonly FleetControl[]> {
  const records = yield* read(shard, tenants.map(fleetKey))
  return tenants.map((_, at) => {
    const fields = records[at]
    return fields ? fleetControlOf(fields) : openFleet
  })
}
