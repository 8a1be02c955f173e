/**
 * What does a cluster cost that has nothing to do, and what is added by one more node, shard, idle agent, heartbeat and
 * task: processor time of Redis and node, bytes on the wire, memory? From these `docs/scaling.md` reckons.
 *
 * `node dist/bench/nodeCost.js [--tiny]`
 *
 * What a heartbeat and a task cost is what they add to an idle node's costs over the same time.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { runLoad, startLoad } from './load/runLoad.js'
import { type BenchCluster, openBenchCluster } from './process/benchCluster.js'
import { openRedisMeter, type RedisMeter, type RedisUse } from './process/redisMeter.js'
import { isTiny, printCase, printMachine } from './report.js'

const bench = 'nodeCost'
/** Long enough for a hundred rounds of what is done each 100 ms, and two of what is done each 5 s. */
const idleMs = isTiny ? 500 : 10_000
const shards = 16
const nodeCounts = isTiny ? [1, 2] : [1, 2, 4]
const shardCounts = isTiny ? [32] : [64, 256]
const agents = isTiny ? 20 : 5_000
const periodMs = isTiny ? 200 : 5_000
const beatMs = 4 * periodMs
const bytes = 256
const taskRate = isTiny ? 100 : 500

type Spent = {
  readonly tookMs: number
  /** Of all nodes together. */
  readonly nodesUs: number
  readonly redis: RedisUse
}

/** Of a second: µs of processor time, calls and bytes. */
type Idle = { readonly nodesUs: number; readonly redisUs: number; readonly bytes: number }

printMachine(bench, { payloadBytes: bytes, outputBytes: bytes })
const idle = new Map<number, Idle>()
for (const nodes of nodeCounts) idle.set(nodes, await idleCase(nodes, shards))
const [fewest = 1, most = 1] = [nodeCounts[0], nodeCounts.at(-1)]
const [one, many] = [idle.get(fewest), idle.get(most)]
if (one === undefined || many === undefined) throw new Error('nothing was measured')
const more = most - fewest
printCase(bench, 'one more idle node', {
  redisCpuPercent: percent((many.redisUs - one.redisUs) / more),
  redisBytesPerSecond: (many.bytes - one.bytes) / more,
  nodeCpuPercent: percent(many.nodesUs / most),
})
for (const count of shardCounts) {
  const found = await idleCase(1, count)
  printCase(bench, `one more idle shard, of ${count}`, {
    redisUsPerSecond: (found.redisUs - one.redisUs) / (count - shards),
    nodeUsPerSecond: (found.nodesUs - one.nodesUs) / (count - shards),
    redisBytesPerSecond: (found.bytes - one.bytes) / (count - shards),
  })
}
await onCluster(1, async (place) => {
  await heartbeats(place, one)
  await tasks(place, one, 0)
  await tasks(place, one, taskRate)
})
// Nodes with idle agents all reach for what is submitted: what a task costs the ledger may depend on how many they are.
await onCluster(most, (place) => tasks(place, many, taskRate))

type Place = { readonly cluster: BenchCluster; readonly meter: RedisMeter }

async function onCluster(nodes: number, run: (place: Place) => Promise<void>, shardCount = shards): Promise<void> {
  const cluster = await openBenchCluster(nodes, { flags: { shards: `${shardCount}` }, isUnwatched: true })
  const meter = await openRedisMeter(cluster.redis.url)
  await cluster.settled(0)
  await run({ cluster, meter })
  await meter.close()
  await cluster.stop()
}

async function idleCase(nodes: number, shardCount: number): Promise<Idle> {
  let found: Idle = { nodesUs: 0, redisUs: 0, bytes: 0 }
  const run = async (place: Place): Promise<void> => {
    // What a process does once, at its start, is not what idling costs.
    await pause(idleMs / 2)
    const { tookMs, nodesUs, redis } = await spentIn(place, () => pause(idleMs))
    const perSecond = (amount: number) => (amount * 1_000) / tookMs
    found = {
      nodesUs: perSecond(nodesUs),
      redisUs: perSecond(redis.cpuUs),
      bytes: perSecond(redis.inBytes + redis.outBytes),
    }
    printCase(bench, `idle: ${nodes} nodes, ${shardCount} shards`, {
      redis: place.cluster.redis.settings,
      redisCpuPercent: percent(found.redisUs),
      nodeCpuPercent: percent(found.nodesUs / nodes),
      callsPerSecond: perSecond(redis.calls),
      commandsPerSecond: perSecond(redis.commands),
      redisBytesPerSecond: found.bytes,
      fileBytesPerSecond: perSecond(redis.fileBytes),
    })
  }
  await onCluster(nodes, run, shardCount)
  return found
}

/** A fleet that beats and does nothing else. */
async function heartbeats(place: Place, base: Idle): Promise<void> {
  const { cluster, meter } = place
  const node = cluster.node(0)
  const agentToken = await node.token('agent', 'agent')
  const [redisBefore, nodeBefore] = [await meter.use(), await node.usage(true)]
  const load = startLoad('beat', { url: node.url, agentToken, agents, periodMs, name: 'a' })
  const joining = await spentIn(place, () => load.ready)
  printCase(bench, `${agents} agents join`, added(joining, base, agents))
  // Each has beaten before it counts.
  await pause(periodMs)
  const spent = await spentIn(place, () => pause(beatMs))
  const [redisAfter, nodeAfter] = [await meter.use(), await node.usage(true)]
  load.stop()
  const { beats, unanswered, closed } = await load.found
  const sent = (agents * beatMs) / periodMs
  printCase(bench, `heartbeats of ${agents} agents`, {
    redis: cluster.redis.settings,
    ...added(spent, base, sent),
    nodeKbPerAgent: (nodeAfter.rss - nodeBefore.rss) / 1_000 / agents,
    redisKbPerAgent: (redisAfter.memoryBytes - redisBefore.memoryBytes) / 1_000 / agents,
    answered: beats.length,
    unanswered,
    closed,
  })
}

/** Whole tasks; `rate` 0: as many as go. What stays of them in Redis is what is kept until their time is over. */
async function tasks(place: Place, base: Idle, rate: number): Promise<void> {
  const { cluster } = place
  const node = cluster.node(0)
  const workers = isTiny ? 20 : 1_000
  const count = isTiny ? 200 : 20_000
  const order = {
    url: cluster.urls.join(),
    agentToken: await node.token('agent', 'agent'),
    // A producer of its own: its keys are the same ones again.
    producerToken: await node.token(`app${rate}`, 'producer'),
    agents: workers,
    bytes,
    rate,
    window: rate === 0 ? 3 * workers : 0,
    tasks: count,
    warmup: 0,
  }
  const spent = await spentIn(place, async () => {
    const { submitted, outcomes, doubled, missing } = await runLoad('lifecycle', order)
    if (submitted !== count || outcomes !== count || doubled + missing > 0)
      throw new Error(JSON.stringify({ submitted, outcomes, doubled, missing }))
  })
  const nodes = cluster.names.length
  printCase(bench, `tasks, ${rate === 0 ? 'saturated' : `open loop, ${rate}/s`}, ${nodes} nodes`, {
    redis: cluster.redis.settings,
    tasks: count,
    agents: workers,
    ...added(spent, base, count),
    redisKbPerTask: spent.redis.memoryBytes / 1_000 / count,
    fileKbPerTask: spent.redis.fileBytes / 1_000 / count,
  })
}

/** Of a core, from µs a second. */
function percent(usPerSecond: number): number {
  return usPerSecond / 1e4
}

/** What each of `count` things adds to an idle node's costs. */
function added({ tookMs, nodesUs, redis }: Spent, base: Idle, count: number) {
  const seconds = tookMs / 1_000
  return {
    redisUs: (redis.cpuUs - base.redisUs * seconds) / count,
    nodeUs: (nodesUs - base.nodesUs * seconds) / count,
    redisBytes: (redis.inBytes + redis.outBytes - base.bytes * seconds) / count,
  }
}

async function spentIn({ cluster, meter }: Place, meanwhile: () => Promise<void>): Promise<Spent> {
  const [before, nodesBefore] = [await meter.use(), await usedBy(cluster)]
  await meanwhile()
  const [after, nodesAfter] = [await meter.use(), await usedBy(cluster)]
  return {
    tookMs: after.atMs - before.atMs,
    nodesUs: nodesAfter - nodesBefore,
    redis: difference(before, after),
  }
}

function difference(before: RedisUse, after: RedisUse): RedisUse {
  const names = Object.keys(after) as (keyof RedisUse)[]
  return Object.fromEntries(names.map((name) => [name, after[name] - before[name]])) as RedisUse
}

async function usedBy(cluster: BenchCluster): Promise<number> {
  const used = await Promise.all(cluster.names.map((_name, index) => cluster.node(index).usage()))
  return used.reduce((sum, { cpuUs }) => sum + cpuUs, 0)
}
