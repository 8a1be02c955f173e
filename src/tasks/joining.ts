/**
 * An agent joins by a new connection: it adopts the leases it still holds, then commits itself as the agent's one
 * connection.
 *
 * Connections of an agent are numbered, and `below` in its record decides, so whichever of two comes second wins
 * everywhere. Leases are adopted first: between the two steps no lease of a living agent can end (design section 5).
 * All that is read is read before: once a lease is adopted there are only commits, which the shard's door carries through
 * whatever the ledger does, so that no lease is left with a connection that never came to be.
 */
import type { Fields } from '../ledger/port.js'
import type { Lease } from './attempt.js'
import type { Desk } from './desk.js'
import { agentHint, agentKey, agentSet, agingSet, taskKey } from './keys.js'
import type { LeasePlace } from './lease.js'
import { commit, commitAll, type Order, type Outcome, type Procedure, read, readOne } from './procedure.js'
import { shardOf } from './shardOf.js'
import { taskOf } from './task.js'

export type Joiner = {
  readonly tenant: string
  readonly agent: string
  readonly queues: readonly string[]
  /** The number in its session, 0 for none. */
  readonly lastConnection: number
  /** What it says it still works on: verified tokens only. */
  readonly holding: readonly { readonly token: string; readonly place: LeasePlace }[]
}

export type Joined = {
  readonly connection: number
  readonly resumed: readonly { readonly token: string; readonly lease: Lease }[]
  /** Tokens of leases that aren't its any more. */
  readonly lost: readonly string[]
}

export type JoinReply =
  | ({ readonly kind: 'joined' } & Joined)
  | { readonly kind: 'overloaded'; readonly retryAfterMs: number }

/** Another connection of the same agent may have raised the number in between. */
const tries = 8
/** So much is added, and its square, and so on: past what the clocks of two nodes can differ by. */
const raise = 16

export function* joinAgent(desk: Desk, joiner: Joiner, now: number): Procedure<JoinReply> {
  const shard = shardOf(joiner.agent, desk.shards)
  const record = agentKey(joiner.tenant, joiner.agent)
  // A session tells the number; in a storm that is a look-up less for each agent. Where it was outrun, it is raised.
  const last = joiner.lastConnection || Number((yield* readOne(shard, record))?.connection ?? 0)
  let connection = Math.max(now, last + 1)
  const tasks = yield* readTasks(joiner.holding.map(({ place }) => place))
  for (let round = 1; round <= tries; round++) {
    const adopted = yield* adoptLeases(desk, joiner, tasks, connection)
    if (adopted.kind === 'overloaded') return adopted
    const outcome = yield* commit({
      shard,
      tenant: joiner.tenant,
      drains: true,
      transaction: {
        guards: [{ kind: 'below', record, field: 'connection', n: connection }],
        writes: [
          { kind: 'put', record, fields: agentFields(desk, joiner, connection, now) },
          { kind: 'index', set: agentSet(joiner.tenant), member: joiner.agent, score: 0 },
          { kind: 'index', set: agingSet, member: record, score: now },
          { kind: 'hint', hint: agentHint({ ...joiner, node: desk.node, connection }) },
        ],
      },
    })
    if (outcome.kind === 'done') return { ...adopted, kind: 'joined', connection }
    if (outcome.kind === 'overloaded') return outcome
    if (outcome.kind === 'invalid') throw new Error(`join: ${outcome.why}`)
    connection += raise ** round
  }
  throw new Error(`join: the number of agent ${joiner.agent} was raised ${tries} times by others`)
}

const agentFields = (desk: Desk, joiner: Joiner, connection: number, now: number): Fields => ({
  tenant: joiner.tenant,
  agent: joiner.agent,
  connection,
  node: desk.node,
  holder: desk.holder,
  holding: joiner.holding.length,
  queues: joiner.queues.join(' '),
  status: 'ACTIVE',
  lastSeen: now,
})

type Adopted = { readonly kind: 'adopted' } & Omit<Joined, 'connection'>

function* adoptLeases(
  desk: Desk,
  { tenant, agent, holding }: Joiner,
  tasks: ReadonlyMap<string, Fields>,
  connection: number,
): Procedure<Adopted | Extract<Outcome, { kind: 'overloaded' }>> {
  if (holding.length === 0) return { kind: 'adopted', resumed: [], lost: [] }
  const outcomes = yield* commitAll(holding.map(({ place }) => adoptOrder(desk, place, tenant, agent, connection)))
  const busy = outcomes.find((outcome) => outcome.kind === 'overloaded')
  if (busy?.kind === 'overloaded') return busy
  const kept = holding.filter((_, at) => outcomes[at]?.kind === 'done')
  return {
    kind: 'adopted',
    resumed: kept.flatMap(({ token, place }) => {
      const fields = tasks.get(place.task)
      if (!fields) return []
      const task = taskOf({ ...fields, payload: '' })
      const asks = { cards: desk.cards, known: task.proposals }
      return [{ token, lease: { place, task, agent, connection, asks } }]
    }),
    lost: holding.filter((_, at) => outcomes[at]?.kind !== 'done').map(({ token }) => token),
  }
}

const adoptOrder = (desk: Desk, place: LeasePlace, tenant: string, agent: string, connection: number): Order => {
  const record = taskKey(place.task)
  return {
    shard: place.shard,
    tenant,
    drains: true,
    transaction: {
      guards: [
        { kind: 'pending', lane: place.lane, entry: place.entry },
        { kind: 'equals', record, field: 'turn', value: place.turn },
        { kind: 'equals', record, field: 'agent', value: agent },
        { kind: 'below', record, field: 'agentConnection', n: connection },
      ],
      writes: [
        { kind: 'adopt', lane: place.lane, entry: place.entry },
        { kind: 'put', record, fields: { agentConnection: connection, node: desk.node } },
      ],
    },
  }
}

function* readTasks(places: readonly LeasePlace[]): Procedure<ReadonlyMap<string, Fields>> {
  const byShard = new Map<number, string[]>()
  for (const { shard, task } of places) byShard.set(shard, [...(byShard.get(shard) ?? []), task])
  const found = new Map<string, Fields>()
  for (const [shard, ids] of byShard) {
    const records = yield* read(shard, ids.map(taskKey))
    for (const [at, id] of ids.entries()) {
      const fields = records[at]
      if (fields) found.set(id, fields)
    }
  }
  return found
}

/** Those of them who have a newer connection elsewhere. */
export function* replacedElsewhere<
  Agent extends { readonly tenant: string; readonly agent: string; readonly connection: number },
>(desk: Desk, agents: readonly Agent[]): Procedure<readonly Agent[]> {
  const newest: number[] = new Array(agents.length).fill(0)
  const byShard = new Map<number, number[]>()
  for (const [at, { agent }] of agents.entries()) {
    const shard = shardOf(agent, desk.shards)
    byShard.set(shard, [...(byShard.get(shard) ?? []), at])
  }
  for (const [shard, places] of byShard) {
    const records = yield* read(
      shard,
      places.map((at) => agentKey(agents[at]?.tenant ?? '', agents[at]?.agent ?? '')),
    )
    for (const [i, at] of places.entries()) newest[at] = Number(records[i]?.connection ?? 0)
  }
  return agents.filter(({ connection }, at) => connection < (newest[at] ?? 0))
}
