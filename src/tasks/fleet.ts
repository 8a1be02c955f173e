/** The agents of a tenant, as the fleet view shows them: what the ledger knows, and who is connected here just now. */
import type { Page } from '../ledger/port.js'
import type { AgentRecord } from '../protocol/records.js'
import { agentKey, agentSet } from './keys.js'
import { type Procedure, range, read } from './procedure.js'

/** An agent that is connected to this node. */
export type Present = Pick<AgentRecord, 'status' | 'lastSeen' | 'queues' | 'holding'> & { readonly metrics?: unknown }

export type AgentPage = { readonly agents: readonly AgentRecord[]; readonly cursor?: string }

type Place = { readonly shard: number; readonly after?: string }

/** By shard, then by name. Null: the cursor is none of ours. `present` by agent id. */
export function* listAgents(
  shards: number,
  node: string,
  tenant: string,
  present: ReadonlyMap<string, Present>,
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
      if (here !== undefined) agents.push({ id, node, ...here })
      else if (fields) {
        const queues = String(fields.queues ?? '').split(' ')
        const lastSeen = Number(fields.lastSeen ?? 0)
        agents.push({ id, status: 'OFFLINE', node: String(fields.node ?? ''), lastSeen, queues, holding: 0 })
      }
    }
    if (page.cursor !== undefined) place = { shard, after: page.cursor }
    else place = shard + 1 < shards ? { shard: shard + 1 } : null
  }
  return { agents, ...(place === null ? {} : { cursor: cursorOf(place) }) }
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
