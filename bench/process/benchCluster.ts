/** Nodes on one Redis, each in a process with a name, a folder and a port of its own, that can be killed and come back. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { knobs } from '../../src/config.js'
import type { Ledger } from '../../src/ledger/port.js'
import { openRedisLedger } from '../../src/ledger/redis/openRedisLedger.js'
import type { ClusterRecord } from '../../src/protocol/records.js'
import { type BenchProcess, startBenchNode } from './benchNode.js'
import { type BenchRedis, type Flush, startBenchRedis } from './benchRedis.js'

export type Owner = { readonly node?: string; readonly epoch: number }

export interface BenchCluster {
  readonly redis: BenchRedis
  /** Of all nodes, also of one that is dead: it comes back there. */
  readonly urls: readonly string[]
  readonly names: readonly string[]
  node(index: number): BenchProcess
  /** By SIGKILL. Resolves with when, ms since the epoch. */
  kill(index: number): Promise<number>
  restart(index: number): Promise<void>
  /** What a node says of nodes and shards, by HTTP: three calls of the ledger for each shard, one after the other. */
  look(index: number): Promise<ClusterRecord>
  /** Who owns each shard, as the ledger has it: a few milliseconds, whatever the nodes are doing. */
  owners(): Promise<readonly Owner[]>
  /** Until all nodes are up, each shard has an owner, and none has moved for a while. Looks at a node. */
  settled(index: number): Promise<ClusterRecord>
  stop(): Promise<void>
}

export type BenchClusterOptions = {
  readonly flush?: Flush
  readonly flags?: Readonly<Record<string, string>>
  /** Nobody asks for the lag of its nodes' event loops. */
  readonly isUnwatched?: boolean
}

const lookMs = 250
/** Longer than a shard waits before it moves to a node that has come (1 s). */
const quietMs = 1_500
const settleWithinMs = 60_000

export const openBenchCluster = async (
  nodeCount: number,
  { flush = 'everysec', flags = {}, isUnwatched = false }: BenchClusterOptions = {},
): Promise<BenchCluster> => {
  const redis = await startBenchRedis(flush)
  const folder = await mkdtemp(join(tmpdir(), 'chimera-bench-cluster-'))
  const names = Array.from({ length: nodeCount }, (_, i) => `n${i + 1}`)
  const start = (index: number, port: string): Promise<BenchProcess> => {
    const node = names[index] ?? ''
    return startBenchNode({ redis: redis.url, node, data: join(folder, node), port, ...flags }, { isUnwatched })
  }
  const nodes = await Promise.all(names.map((_, index) => start(index, '0')))
  const urls = nodes.map(({ url }) => url)
  const shards = Number(flags.shards ?? knobs.shards.fallback)
  // Opened for who asks: it has loops of its own, which would count as an idle cluster's.
  let opened: Promise<Ledger> | undefined
  const admin = await at(nodes, 0).token('bench', 'admin')
  const living = new Set(nodes.keys())

  const look = async (index: number): Promise<ClusterRecord> => {
    const response = await fetch(`${urls[index]}/v1/tenants/t_bench/cluster`, {
      headers: { authorization: `Bearer ${admin}` },
    })
    if (!response.ok) throw new Error(`cluster: ${response.status} ${await response.text()}`)
    return (await response.json()) as ClusterRecord
  }
  const owners = async (): Promise<readonly Owner[]> => {
    opened ??= openRedisLedger({ url: redis.url, shards })
    const ledger = await opened
    const ownerOf = async (_: unknown, shard: number): Promise<Owner> => {
      const [fields] = await ledger.read(shard, ['owner'])
      const { node, epoch } = fields ?? {}
      return { epoch: Number(epoch ?? 0), ...(typeof node === 'string' ? { node } : {}) }
    }
    return Promise.all(Array.from({ length: shards }, ownerOf))
  }
  const settled = async (index: number): Promise<ClusterRecord> => {
    const until = performance.now() + settleWithinMs
    let [before, since] = ['', performance.now()]
    for (;;) {
      const seen = await look(index)
      const isUp = seen.nodes.length === living.size && seen.nodes.every(({ status }) => status === 'UP')
      const isOwned = seen.shards.every(({ node }) => node !== undefined)
      const owners = JSON.stringify(seen.shards.map(({ epoch }) => epoch))
      if (owners !== before || !isUp || !isOwned) [before, since] = [owners, performance.now()]
      if (performance.now() - since >= quietMs) return seen
      if (performance.now() > until) throw new Error(`the cluster doesn't settle: ${JSON.stringify(seen)}`)
      await pause(lookMs)
    }
  }
  return {
    redis,
    urls,
    names,
    node: (index) => at(nodes, index),
    kill: async (index) => {
      living.delete(index)
      const killedAt = Date.now()
      await at(nodes, index).kill()
      return killedAt
    },
    restart: async (index) => {
      nodes[index] = await start(index, new URL(urls[index] ?? '').port)
      living.add(index)
    },
    look,
    owners,
    settled,
    stop: async () => {
      await Promise.all([...living].map((index) => at(nodes, index).stop()))
      await (await opened)?.close()
      await redis.stop()
      await rm(folder, { recursive: true })
    },
  }
}

const at = (nodes: readonly BenchProcess[], index: number): BenchProcess => {
  const node = nodes[index]
  if (node === undefined) throw new Error(`there is no node ${index}`)
  return node
}
