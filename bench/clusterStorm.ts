/**
 * One of two nodes dies with half of the fleet on it, each agent with a task in its hands: how long until all are back
 * at the other node with their leases, and what becomes of the heartbeats of those who were there before?
 *
 * `node dist/bench/clusterStorm.js [--tiny]`
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { BeatFound } from './load/beatLoad.js'
import { latenciesOf } from './load/latencies.js'
import { startLoad } from './load/runLoad.js'
import { openBenchCluster } from './process/benchCluster.js'
import { isTiny, printCase, printMachine } from './report.js'

const bench = 'clusterStorm'
const agents = isTiny ? 20 : 5_000
/** As they beat by default: what is asked for is what a node promises. */
const periodMs = isTiny ? 200 : 5_000
/** Two periods: each resident has beaten before the storm. */
const quietMs = 2 * periodMs
const withinMs = 60_000

printMachine(bench, { agents, residents: agents, nodes: 2 })
const cluster = await openBenchCluster(2)
await cluster.settled(0)
const [agentToken, residentToken, producerToken] = await tokens()
const [, survivor = ''] = cluster.urls
const [first = ''] = cluster.names
const residents = startLoad('beat', {
  url: survivor,
  agentToken: residentToken,
  agents,
  periodMs,
  name: 'resident',
})
await residents.ready
const order = { urls: cluster.urls, agentToken, producerToken, agents, isTogether: true, withinMs, first }
const load = startLoad('handover', order)
await load.ready
const quietFrom = Date.now()
await pause(quietMs)
await cluster.node(1).usage()
const killedAt = await cluster.kill(0)
load.stop()
const { returns, loadCpuUs: _, ...found } = await load.found
const { lagP99Ms, lagMaxMs } = await cluster.node(1).usage()
residents.stop()
const beaten = await residents.found
await cluster.stop()

const backMs = returns.map(({ backAt }) => backAt - killedAt)
const allBackAt = killedAt + Math.max(...backMs)
printCase(bench, `${agents} agents of a dead node`, {
  redis: cluster.redis.settings,
  back: latenciesOf(backMs),
  allBackMs: allBackAt - killedAt,
  ...found,
  lagP99Ms,
  lagMaxMs,
})
const { unanswered, closed } = beaten
const quiet = { from: quietFrom, until: killedAt }
printCase(bench, `heartbeats of ${agents} who were there, before`, beats(beaten, quiet))
printCase(bench, `heartbeats of ${agents} who were there, until all are back`, {
  ...beats(beaten, { from: killedAt, until: allBackAt }),
  unanswered,
  closed,
})

function tokens(): Promise<[string, string, string]> {
  const node = cluster.node(0)
  // One after the other: the answers of a node's process have no numbers.
  return node
    .token('agent', 'agent')
    .then(async (agent) => [agent, await node.token('resident', 'agent'), await node.token('app', 'producer')])
}

function beats({ beats: all }: BeatFound, { from, until }: { readonly from: number; readonly until: number }) {
  const some = all.filter(({ dueAt }) => dueAt >= from && dueAt < until)
  return { beats: some.length, ...latenciesOf(some.map(({ tookMs }) => tookMs)) }
}
