/**
 * What a node writes down of the agents that are connected to it, so that the others can show and count them.
 *
 * Each agent has its record, written under the number of its connection, so that an older node can't write over it. How
 * many there are by status stands in one record for each tenant and holder: whoever counts the cluster reads one of each
 * node that lives, however many agents there are.
 */
import type { AgentRecord, Free } from '../protocol/records.js'
import type { Desk } from './desk.js'
import { agentKey, agingSet, presenceKey } from './keys.js'
import { commitAll, type Order, type Procedure, read, Unavailable } from './procedure.js'
import { shardOf } from './shardOf.js'

export type SeenAgent = {
  readonly tenant: string
  readonly agent: string
  readonly connection: number
  readonly isConnected: boolean
  readonly status: Exclude<AgentRecord['status'], 'OFFLINE'>
  readonly lastSeen: number
  readonly holding: number
  readonly metrics?: Free
}

/** Connected agents by status. */
export type AgentCounts = Readonly<Record<SeenAgent['status'], number>>

const nobody: AgentCounts = { ACTIVE: 0, IDLE: 0, BUSY: 0 }

export const countAgents = (agents: readonly Pick<SeenAgent, 'isConnected' | 'status'>[]): AgentCounts => {
  const counts = { ...nobody }
  for (const { isConnected, status } of agents) if (isConnected) counts[status]++
  return counts
}

/** A record that is another connection's by now stays as it is. */
export function* writeAgents({ shards }: Pick<Desk, 'shards'>, agents: readonly SeenAgent[]): Procedure<void> {
  yield* commitAll(
    agents.map(({ tenant, agent, connection, isConnected, status, lastSeen, holding, metrics }): Order => {
      const record = agentKey(tenant, agent)
      const shown = { holding, metrics: metrics === undefined ? null : JSON.stringify(metrics) }
      return {
        shard: shardOf(agent, shards),
        tenant,
        drains: true,
        transaction: {
          guards: [{ kind: 'equals', record, field: 'connection', value: connection }],
          writes: [{ kind: 'put', record, fields: { status: isConnected ? status : 'OFFLINE', lastSeen, ...shown } }],
        },
      }
    }),
  )
}

/** Throws `Unavailable` where there was no room for one of them. */
export function* writeCounts(
  { shards, holder }: Pick<Desk, 'shards' | 'holder'>,
  counts: ReadonlyMap<string, AgentCounts>,
  now: number,
): Procedure<void> {
  const outcomes = yield* commitAll(
    [...counts].map(([tenant, fields]): Order => {
      const record = presenceKey(tenant, holder)
      return {
        shard: shardOf(tenant, shards),
        tenant,
        drains: true,
        transaction: {
          guards: [],
          writes: [
            { kind: 'put', record, fields: { ...fields, lastSeen: now } },
            { kind: 'index', set: agingSet, member: record, score: now },
          ],
        },
      }
    }),
  )
  if (outcomes.some(({ kind }) => kind !== 'done')) throw new Unavailable('no room for counts')
}

/** As these holders wrote them down. */
export function* countElsewhere(
  { shards }: Pick<Desk, 'shards'>,
  tenant: string,
  holders: readonly string[],
): Procedure<AgentCounts> {
  const keys = holders.map((holder) => presenceKey(tenant, holder))
  const records = keys.length === 0 ? [] : yield* read(shardOf(tenant, shards), keys)
  return records.reduce<AgentCounts>((sum, fields) => added(sum, fields ?? {}), nobody)
}

export const added = (one: AgentCounts, other: Readonly<Record<string, unknown>>): AgentCounts => ({
  ACTIVE: one.ACTIVE + Number(other.ACTIVE ?? 0),
  IDLE: one.IDLE + Number(other.IDLE ?? 0),
  BUSY: one.BUSY + Number(other.BUSY ?? 0),
})
