/** `chimera cluster`: the nodes on one ledger, and who owns which shard. */
import { systemClock } from '../../clock.js'
import type { ClusterRecord } from '../../protocol/records.js'
import { findNode, nodeOptions } from '../access.js'
import { columns, roughly } from '../columns.js'
import { command } from '../command.js'
import { nodeCall } from '../nodeCall.js'
import { json } from '../option.js'
import { printAs } from '../terminal.js'

export const cluster = command({
  name: 'cluster',
  about: 'Show the nodes of the cluster, and of each shard its owner, epoch, tasks in hand and how late it is.',
  options: { ...nodeOptions, json },
  run: async ({ json, ...node }) => {
    const access = await findNode(node, 'admin')
    const found = (await nodeCall(access, 'GET', `/v1/tenants/${access.tenant}/cluster`)) as unknown as ClusterRecord
    printAs(json, found, () => linesOf(found, systemClock().now()).join('\n'))
  },
})

const linesOf = ({ nodes, shards }: ClusterRecord, now: number): readonly string[] => [
  ...columns(
    nodes.map(({ node, status, url = '', version = '', startedAt, silentMs = 0 }) => [
      node,
      status,
      status === 'UP' ? '' : `silent for ${roughly(silentMs)}`,
      url,
      version,
      startedAt === undefined ? '' : `since ${roughly(now - startedAt)}`,
      `${shards.filter((shard) => shard.node === node).length} shards`,
    ]),
  ),
  ...columns(
    shards.map(({ shard, node = 'nobody', epoch, held, lateMs }) => [
      `shard ${shard}`,
      node,
      epoch === undefined ? '' : `epoch ${epoch}`,
      `${held} in hand`,
      lateMs === 0 ? 'on time' : `late by ${roughly(lateMs)}`,
    ]),
  ),
]
