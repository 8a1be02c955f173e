/**
 * How many whole tasks a second, at what processor time, and how late: submit → claim → result → gate → durable →
 * outcome → seen, over sockets, beside a bare echo with as many connections.
 *
 * `node dist/bench/lifecycle.js [--tiny]`
 */
import { runLoad } from './load/runLoad.js'
import { startBenchNode, startEcho } from './process/benchNode.js'
import { isTiny, printCase, printMachine } from './report.js'

const agents = isTiny ? 20 : 1_000
const bytes = 256

printMachine('lifecycle', { agents, payloadBytes: bytes, outputBytes: bytes, ledger: 'embedded, fsync' })

const echoUs = await echo()
await saturated(echoUs)
await atRate()

/** Processor time of the server for one round trip, µs. */
async function echo(): Promise<number> {
  const server = await startEcho()
  const messages = isTiny ? 500 : 60_000
  const before = await server.usage()
  const found = await runLoad('echo', { url: server.url, connections: agents, messages, underWay: agents, bytes })
  const after = await server.usage()
  await server.stop()
  const serverUs = (after.cpuUs - before.cpuUs) / messages
  printCase('lifecycle', 'echo floor', { ...found, serverUs })
  return serverUs
}

async function saturated(floorUs: number): Promise<void> {
  const node = await startBenchNode()
  const [agentToken, producerToken] = [await node.token('agent', 'agent'), await node.token('app', 'producer')]
  // The window keeps every agent busy and a few batches waiting: more would only wait longer.
  const order = { url: node.url, agentToken, producerToken, agents, bytes, rate: 0, window: 3 * agents }
  const tasks = isTiny ? 400 : 120_000
  const warmup = isTiny ? 100 : 20_000
  const before = await node.usage()
  const found = await runLoad('lifecycle', { ...order, tasks, warmup })
  const after = await node.usage()
  await node.stop()
  const nodeUs = (after.cpuUs - before.cpuUs) / (tasks + warmup)
  const { loadCpuUs, ...rest } = found
  printCase('lifecycle', 'saturated', {
    ...rest,
    nodeUs,
    timesEcho: nodeUs / floorUs,
    loadUs: loadCpuUs / (tasks + warmup),
    lagP99Ms: after.lagP99Ms,
    lagMaxMs: after.lagMaxMs,
  })
}

async function atRate(): Promise<void> {
  const node = await startBenchNode()
  const [agentToken, producerToken] = [await node.token('agent', 'agent'), await node.token('app', 'producer')]
  const rate = isTiny ? 100 : 1_000
  const tasks = isTiny ? 100 : 20_000
  const order = {
    url: node.url,
    agentToken,
    producerToken,
    agents,
    bytes,
    rate,
    window: 0,
    warmup: isTiny ? 10 : 2_000,
  }
  const { loadCpuUs: _, ...found } = await runLoad('lifecycle', { ...order, tasks })
  const { lagP99Ms, lagMaxMs } = await node.usage()
  await node.stop()
  printCase('lifecycle', `open loop, ${rate}/s`, { ...found, lagP99Ms, lagMaxMs })
}
