/**
 * The agents of a tenant, as the fleet view shows them: those that are connected here as they are just now, those of
 * other nodes as these wrote them down, a few seconds ago.
 */
import type { Fields, Page } from '../ledger/port.js'
import type { AgentRecord } from '../protocol/records.js'
import type { Desk } from './desk.js'
import { type FleetControl, isBanned, isPaused } from './fleetControl.js'
import { agentKey, agentSet } from './keys.js'
import { type Procedure, range, read, readOne } from './procedure.js'
import { shardOf } from './shardOf.js'

/** An agent that is connected to this node. */
export type Present = {
  readonly connection: number
  readonly record: Pick<AgentRecord, 'status' | 'lastSeen' | 'queues' | 'holding' | 'metrics'>
}

/** What is known beside the records. `present` by agent id; `living`: holders of nodes that live. */
export type FleetSight = {
  readonly present: ReadonlyMap<string, Present>
  readonly living: ReadonlySet<string>
  readonly control: FleetControl
}

export type AgentPage = { readonly agents: readonly AgentRecord[]; readonly cursor?: string }

type Place = { readonly shard: number; readonly after?: string }

/** By shard, then by name. Null: the cursor is none of ours. */
export function* listAgents(
  { shards, node }: Pick<Desk, 'shards' | 'node'>,
  tenant: string,
  { present, living, control }: FleetSight,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
): Procedure<AgentPage | null> {
  let place: Place | null = cursor === undefined ? { shard: 0 } : placeOf(cursor)
  if (place === null || place.shard >= shards) return null
  const agents: AgentRecord[] = []
  while (place !== null && agents.length < limit) {
    const { shard, after }: Place = place
    const page: Page = yield* range({
      shard,
      set: agentSet(tenant),
      limit: Math.min(256, limit - agents.length),
      ...(after === undefined ? {} : { after }),
    })
    const ids = page.members.map(({ member }) => member)
    const records = yield* read(
      shard,
      ids.map((id) => agentKey(tenant, id)),
    )
    for (const [at, id] of ids.entries()) {
      const fields = records[at]
      const here = present.get(id)
      // Its node may not have heard yet that it has joined another.
      const isHere = here !== undefined && here.connection >= Number(fields?.connection ?? 0)
      const said = standingOf(control, id)
      if (isHere) agents.push({ id, node, ...here.record, ...said })
      else if (fields) agents.push({ ...recordOf(id, node, fields, living), ...said })
    }
    if (page.cursor !== undefined) place = { shard, after: page.cursor }
    else place = shard + 1 < shards ? { shard: shard + 1 } : null
  }
  return { agents, ...(place === null ? {} : { cursor: cursorOf(place) }) }
}

const standingOf = (control: FleetControl, agent: string): Pick<AgentRecord, 'paused' | 'banned'> => ({
  ...(isPaused(control, agent) ? { paused: true } : {}),
  ...(isBanned(control, agent) ? { banned: true } : {}),
})

/** An agent that isn't connected here. */
const recordOf = (id: string, here: string, fields: Fields, living: ReadonlySet<string>): AgentRecord => {
  const node = String(fields.node ?? '')
  const isElsewhere = node !== here && living.has(String(fields.holder ?? ''))
  const metrics = isElsewhere && typeof fields.metrics === 'string' ? { metrics: JSON.parse(fields.metrics) } : {}
  return {
    id,
    status: isElsewhere ? (String(fields.status) as AgentRecord['status']) : 'OFFLINE',
    node,
    lastSeen: Number(fields.lastSeen ?? 0),
    queues: String(fields.queues ?? '').split(' '),
    holding: isElsewhere ? Number(fields.holding ?? 0) : 0,
    ...metrics,
  }
}

const cursorOf = ({ shard, after = '' }: Place): string =>
  Buffer.from(JSON.stringify(['agents', shard, after])).toString('base64url')

const placeOf = (cursor: string): Place | null => {
  try {
    const [kind, shard, after]: unknown[] = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (kind !== 'agents' || !Number.isSafeInteger(shard) || Number(shard) < 0 || typeof after !== 'string') return null
    return { shard: Number(shard), ...(after === '' ? {} : { after }) }
  } catch {
    return null
  }
}

/** Whether an agent of this name was ever here; one without an instance stands for all of its instances. */
export function* isKnownAgent(desk: { readonly shards: number }, tenant: string, agent: string): Procedure<boolean> {
  if ((yield* readOne(shardOf(agent, desk.shards), agentKey(tenant, agent))) !== null) return true
  if (agent.includes('/')) return false
  for (let shard = 0; shard < desk.shards; shard++) {
    let after: string | undefined
    do {
      const page: Page = yield* range({
        shard,
        set: agentSet(tenant),
        limit: 1_000,
        ...(after === undefined ? {} : { after }),
      })
      if (page.members.some(({ member }) => member.startsWith(`${agent}/`))) return true
      after = page.cursor
    } while (after !== undefined)
  }
  return false
}
