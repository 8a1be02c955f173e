/**
 * An operator at one node decides on what an agent at another one said: how long from the held result to its card at the
 * console, and from the decision to the next step's task at the agent?
 *
 * `node dist/bench/clusterReview.js [--tiny]`
 */
import { runLoad } from './load/runLoad.js'
import { openBenchCluster } from './process/benchCluster.js'
import { isTiny, printCase, printMachine } from './report.js'

/** Idle ones are what a decision meets: work is done at once, so that few are ever busy. */
const agents = isTiny ? 10 : 100

printMachine('clusterReview', { agents, nodes: 2 })
// A quick team of reviewers, and far more than people decide.
for (const rate of isTiny ? [50] : [20, 200]) {
  const cluster = await openBenchCluster(2)
  await cluster.settled(0)
  const node = cluster.node(0)
  const [consoleUrl = '', workUrl = ''] = cluster.urls
  const { loadCpuUs: _, ...found } = await runLoad('review', {
    consoleUrl,
    workUrl,
    agentToken: await node.token('agent', 'agent'),
    producerToken: await node.token('app', 'producer'),
    operatorToken: await node.token('reviewer', 'operator'),
    agents,
    // Half a minute each.
    tasks: isTiny ? 50 : 30 * rate,
    warmup: isTiny ? 10 : 5 * rate,
    rate,
  })
  await cluster.stop()
  printCase('clusterReview', `${rate} decisions/s`, { redis: cluster.redis.settings, ...found })
}
