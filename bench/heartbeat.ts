/**
 * Does a fleet's heartbeat get through? 1,000 and 10,000 agents beat at the same instant while tasks flow, beside the
 * same burst on a bare echo; then spread by phase, as fleets really beat.
 *
 * `node dist/bench/heartbeat.js [--tiny]`
 */
import { runLoad } from './load/runLoad.js'
import { startBenchNode, startEcho } from './process/benchNode.js'
import { isTiny, printCase, printMachine } from './report.js'

printMachine('heartbeat')
for (const agents of isTiny ? [20] : [1_000, 10_000]) {
  const echo = await burstOnEcho(agents)
  await beat(agents, echo)
}

async function burstOnEcho(agents: number): Promise<number> {
  const server = await startEcho()
  const order = { url: server.url, connections: agents, messages: 0, underWay: agents, bytes: 32 }
  // The first burst warms the server up.
  await runLoad('echo', order)
  const { loadCpuUs: _, ...found } = await runLoad('echo', order)
  await server.stop()
  printCase('heartbeat', `echo floor, ${agents} at once`, found)
  return found.p95Ms
}

async function beat(agents: number, floorMs: number): Promise<void> {
  const node = await startBenchNode({ heartbeatMs: '5000' })
  const [agentToken, producerToken] = [await node.token('agent', 'agent'), await node.token('app', 'producer')]
  const {
    loadCpuUs: _,
    burst,
    spread,
    ...found
  } = await runLoad('heartbeat', {
    url: node.url,
    agentToken,
    producerToken,
    agents,
    bursts: isTiny ? 1 : 5,
    rate: isTiny ? 50 : 500,
    spreadMs: isTiny ? 500 : 15_000,
    periodMs: 5_000,
  })
  const { lagP99Ms, lagMaxMs } = await node.usage()
  await node.stop()
  printCase('heartbeat', `${agents} at once`, { ...burst, timesEcho: burst.p95Ms / floorMs })
  printCase('heartbeat', `${agents} by phase`, { ...spread, ...found, lagP99Ms, lagMaxMs })
}
