/**
 * How long until a fleet is back that lost its connections at once, each agent with a session and a lease, beside as
 * many bare connects? No attempt may be lost, no work repeated.
 *
 * `node dist/bench/storm.js [--tiny]`
 */
import { runLoad } from './load/runLoad.js'
import { startBenchNode, startEcho } from './process/benchNode.js'
import { isTiny, printCase, printMachine } from './report.js'

printMachine('storm')
for (const agents of isTiny ? [20] : [1_000, 10_000]) {
  const server = await startEcho()
  const base = { agentToken: 'none', producerToken: 'none', agents }
  const bare = await runLoad('storm', { ...base, url: server.url, isBare: true })
  await server.stop()
  printCase('storm', `echo floor, ${agents} at once`, { ms: bare.resumedMs })

  const node = await startBenchNode()
  const [agentToken, producerToken] = [await node.token('agent', 'agent'), await node.token('app', 'producer')]
  const { loadCpuUs: _, ...found } = await runLoad('storm', {
    agentToken,
    producerToken,
    agents,
    url: node.url,
    isBare: false,
  })
  await node.stop()
  printCase('storm', `${agents} at once`, { ...found, timesEcho: found.resumedMs / bare.resumedMs })
}
