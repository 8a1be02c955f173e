/**
 * Whole tasks over two nodes on one Redis, 1,000 agents spread over both: throughput, processor time of Redis and nodes,
 * latency at a rate. Beside it, in the same run and on a Redis of the same settings, BullMQ, which does less: no socket
 * for each worker, no gate, no outcome that is kept until it was seen.
 *
 * `node dist/bench/clusterLifecycle.js [--tiny]`
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { runLoad } from './load/runLoad.js'
import { type BenchProcess, startBenchNode } from './process/benchNode.js'
import { type BenchRedis, type Flush, startBenchRedis } from './process/benchRedis.js'
import type { BullmqFound, BullmqOrder } from './process/bullmqProcess.js'
import { isTiny, printCase, printMachine } from './report.js'

const agents = isTiny ? 20 : 1_000
const bytes = 256
const tasks = isTiny ? 400 : 60_000
const warmup = isTiny ? 100 : 10_000
const nodeCount = 2

printMachine('clusterLifecycle', { agents, nodes: nodeCount, payloadBytes: bytes, outputBytes: bytes })
const flushes: readonly Flush[] = isTiny ? ['everysec'] : ['everysec', 'always']
for (const flush of flushes) await saturated(flush, await peer(flush))
await atRate()

type Floor = { readonly tasksPerSecond: number; readonly usPerTask: number }

/** BullMQ: one process that adds in bulk, works 1,000 at a time and counts what was completed. */
async function peer(flush: Flush): Promise<Floor> {
  const redis = await startBenchRedis(flush)
  const child = fork(new URL('./process/bullmqProcess.js', import.meta.url))
  const order: BullmqOrder = { port: redis.port, concurrency: agents, tasks, warmup, bytes, window: 3 * agents }
  const before = await redis.spent()
  child.send(order)
  const [found] = (await once(child, 'message')) as [BullmqFound]
  await once(child, 'exit')
  const redisUs = ((await redis.spent()).processor - before.processor) / (tasks + warmup)
  const processUs = found.cpuUs / (tasks + warmup)
  const usPerTask = redisUs + processUs
  const { tasksPerSecond } = found
  printCase('clusterLifecycle', 'BullMQ', { redis: redis.settings, tasksPerSecond, redisUs, processUs, usPerTask })
  await redis.stop()
  return { tasksPerSecond, usPerTask }
}

type Cluster = { readonly redis: BenchRedis; readonly nodes: readonly BenchProcess[]; readonly url: string }

async function openCluster(flush: Flush): Promise<Cluster> {
  const redis = await startBenchRedis(flush)
  const names = Array.from({ length: nodeCount }, (_, i) => `n${i + 1}`)
  const nodes = await Promise.all(names.map((node) => startBenchNode({ redis: redis.url, node })))
  return { redis, nodes, url: nodes.map(({ url }) => url).join() }
}

async function closeCluster({ redis, nodes }: Cluster): Promise<void> {
  await Promise.all(nodes.map((node) => node.stop()))
  await redis.stop()
}

async function tokensOf({ nodes: [node] }: Cluster) {
  if (node === undefined) throw new Error('a cluster without nodes')
  return { agentToken: await node.token('agent', 'agent'), producerToken: await node.token('app', 'producer') }
}

/** Processor time of all nodes so far, µs. */
async function usedBy({ nodes }: Cluster): Promise<number> {
  const used = await Promise.all(nodes.map((node) => node.usage()))
  return used.reduce((sum, { cpuUs }) => sum + cpuUs, 0)
}

async function saturated(flush: Flush, floor: Floor): Promise<void> {
  const cluster = await openCluster(flush)
  const order = { url: cluster.url, ...(await tokensOf(cluster)), agents, bytes, rate: 0, window: 3 * agents }
  const [nodesBefore, redisBefore] = [await usedBy(cluster), await cluster.redis.spent()]
  const { loadCpuUs, ...found } = await runLoad('lifecycle', { ...order, tasks, warmup })
  const [nodesAfter, redisAfter] = [await usedBy(cluster), await cluster.redis.spent()]
  await closeCluster(cluster)
  const all = tasks + warmup
  const nodesUs = (nodesAfter - nodesBefore) / all
  const redisUs = (redisAfter.processor - redisBefore.processor) / all
  printCase('clusterLifecycle', 'saturated', {
    redis: cluster.redis.settings,
    ...found,
    nodesUs,
    redisUs,
    functionsUs: (redisAfter.functions - redisBefore.functions) / all,
    loadUs: loadCpuUs / all,
    timesBullmqThroughput: found.tasksPerSecond / floor.tasksPerSecond,
    timesBullmqTime: (nodesUs + redisUs) / floor.usPerTask,
  })
}

async function atRate(): Promise<void> {
  const cluster = await openCluster('everysec')
  const rate = isTiny ? 100 : 1_000
  const order = { url: cluster.url, ...(await tokensOf(cluster)), agents, bytes, rate, window: 0 }
  const load = { ...order, tasks: isTiny ? 100 : 20_000, warmup: isTiny ? 10 : 2_000 }
  const { loadCpuUs: _, ...found } = await runLoad('lifecycle', load)
  await closeCluster(cluster)
  printCase('clusterLifecycle', `open loop, ${rate}/s`, { redis: cluster.redis.settings, ...found })
}
