/**
 * What an idle agent costs: memory of the whole process for each of 10,000 that are connected, with and without their
 * sockets' own (the bare echo's).
 *
 * `node dist/bench/memory.js [--tiny]`
 */
import { runLoad } from './load/runLoad.js'
import { startBenchNode, startEcho } from './process/benchNode.js'
import { isTiny, printCase, printMachine } from './report.js'

const agents = isTiny ? 50 : 10_000

printMachine('memory')
const echo = await startEcho()
const bare = await perAgent(echo, 'none', true)
await echo.stop()
printCase('memory', `echo floor, ${agents} idle`, bare)

const node = await startBenchNode()
printCase('memory', `${agents} idle`, await perAgent(node, await node.token('agent', 'agent'), false))
await node.stop()

async function perAgent(server: Awaited<ReturnType<typeof startEcho>>, agentToken: string, isBare: boolean) {
  const before = await server.usage(true)
  const measured = { during: before }
  const load = runLoad('idle', { url: server.url, agentToken, agents, isBare, holdMs: isTiny ? 500 : 6_000 })
  const timer = setInterval(async () => {
    const now = await server.usage(true)
    if (now.rss > measured.during.rss) measured.during = now
  }, 1_000)
  const found = await load
  clearInterval(timer)
  const kB = (bytes: number) => bytes / 1_000 / agents
  return {
    connected: found.connected,
    rssKbPerAgent: kB(measured.during.rss - before.rss),
    heapKbPerAgent: kB(measured.during.heapUsed - before.heapUsed),
  }
}
