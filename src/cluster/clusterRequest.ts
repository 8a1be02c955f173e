/** What a person wants to see of a cluster: its nodes, and of each shard who owns it and how late its work is. */
import { membershipAddress } from '../actors/addresses.js'
import type { ClusterRecord } from '../protocol/records.js'
import type { Desk } from '../tasks/desk.js'
import { dueSet } from '../tasks/keys.js'
import { ask, holders, now, type Procedure, range } from '../tasks/procedure.js'
import { ack, type Reply, refuse } from '../tasks/reply.js'
import type { Seen } from './members.js'
import type { WhoIsThere } from './membership.js'
import { readOwner } from './ownership.js'

const askMs = 5_000

const adminOnly = refuse('FORBIDDEN', 'Nodes and shards serve all tenants: they are for the role admin.')

export function* clusterRequest(desk: Desk, roles: readonly string[]): Procedure<Reply> {
  if (!roles.includes('admin')) return adminOnly
  const shards: ClusterRecord['shards'][number][] = []
  for (let shard = 0; shard < desk.shards; shard++) shards.push(yield* lookAtShard(shard))
  const cluster: ClusterRecord = { nodes: yield* nodesOf(desk), shards }
  return ack({ cluster })
}

function* lookAtShard(shard: number): Procedure<ClusterRecord['shards'][number]> {
  const owner = yield* readOwner(shard)
  const known = yield* holders(shard)
  const { members } = yield* range({ shard, set: dueSet, limit: 1 })
  const due = members[0]?.score
  const lateMs = due === undefined ? 0 : Math.max(0, (yield* now()) - due)
  let held = 0
  for (const { pending } of known) held += pending
  return { shard, ...(owner === null ? {} : { node: owner.node, epoch: owner.epoch }), held, lateMs }
}

function* nodesOf({ isAlone, node }: Desk): Procedure<ClusterRecord['nodes']> {
  if (isAlone) return [{ node, status: 'UP' }]
  const { view } = yield* ask<WhoIsThere>(membershipAddress, { kind: 'whoIsThere' }, askMs)
  return [...view.members.values()]
    .map((member) => nodeOf(member, view.spans.leaseMs))
    .sort((a, b) => (a.node < b.node ? -1 : 1))
}

const nodeOf = (
  { node, url, version, status, startedAt, stillMs }: Seen,
  leaseMs: number,
): ClusterRecord['nodes'][number] => ({
  node,
  status: status === 'up' && stillMs >= leaseMs ? 'SILENT' : statuses[status],
  url,
  version,
  startedAt,
  silentMs: stillMs,
})

const statuses = { up: 'UP', draining: 'DRAINING', left: 'LEFT' } as const
