/**
 * A node dies by `kill -9` under load: how long until each of its agents has answered a task elsewhere, and until its
 * shards are owned again? Nothing may be lost, accepted twice, or executed twice, as no agent dies.
 *
 * `node dist/bench/clusterFailover.js [--tiny] [--steady MINUTES]`
 *
 * With `--steady` no node dies: full load for so long, and shards that move all the same are counted.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { FailoverFound, FailoverOrder } from './load/failoverLoad.js'
import { latenciesOf } from './load/latencies.js'
import { startLoad } from './load/runLoad.js'
import { type Owner, openBenchCluster } from './process/benchCluster.js'
import { isTiny, printCase, printMachine } from './report.js'

const bench = 'clusterFailover'
const agents = isTiny ? 20 : 1_000
const nodeCount = isTiny ? 2 : 3
const kills = isTiny ? 1 : 5
const steadyAt = process.argv.indexOf('--steady')
const steadyMinutes = steadyAt < 0 ? undefined : Number(process.argv[steadyAt + 1])
/** Each agent always has something to do, and there is room on two cores for what a kill costs on top. */
const workMs = isTiny ? 100 : 1_500
/** A dead node stays away until it is taken for dead (6 s), and its agents have been long back. */
const awayMs = isTiny ? 500 : 10_000
/** Rare enough to be no load. */
const steadyLookMs = 500
/** By so much a shard may have been owned sooner. */
const lookMs = 50
/** Tasks that the dead node had claimed and not sent wait until it is taken for dead, and then as long as a lease can be adopted. */
const drainMs = 60_000
/** In the short form those spans are short: it only shows that it runs. */
const flags = isTiny ? { nodeLeaseMs: '1000', nodeQuietMs: '1500', resumeMs: '5000' } : {}

type Kill = {
  readonly returns: FailoverFound['returns']
  readonly counts: Counts
  readonly victim: string
  readonly at: number
  /** ms from the kill, for each shard that it owned. */
  readonly ownedMs: readonly number[]
  /** Shards of others that moved meanwhile. */
  readonly moved: number
  /** For how long a living node's event loop stood. */
  readonly lagMaxMs: number
}

type Counts = Omit<FailoverFound, 'returns' | 'tasksPerSecond'>

printMachine(bench, { agents, nodes: nodeCount, workMs })
const cluster = await openBenchCluster(nodeCount, { flags })
if (steadyMinutes === undefined) await dying()
if (steadyMinutes !== undefined || isTiny) await steady(steadyMinutes ?? 0.05)
await cluster.stop()

async function orderOf(load: Pick<FailoverOrder, 'workMs' | 'window'>): Promise<FailoverOrder> {
  const node = cluster.node(0)
  return {
    urls: cluster.urls,
    agentToken: await node.token('agent', 'agent'),
    producerToken: await node.token('app', 'producer'),
    agents,
    isTogether: false,
    drainMs,
    ...load,
  }
}

async function dying(): Promise<void> {
  const struck: Kill[] = []
  for (let round = 0; round < kills; round++) struck.push(await killOne(round % nodeCount))
  const hit = struck.flatMap(({ returns, victim, at }) =>
    returns.filter(({ from, lostAt }) => from === victim && lostAt >= at).map((back) => ({ ...back, killedAt: at })),
  )
  const answered = hit.flatMap(({ answeredAt, killedAt }) => (answeredAt === undefined ? [] : [answeredAt - killedAt]))
  const sum = (count: (kill: Kill) => number): number => struck.reduce((total, kill) => total + count(kill), 0)
  const counts = sumOf(struck.map((kill) => kill.counts))
  printCase(bench, `kill -9, ${kills} times`, {
    redis: cluster.redis.settings,
    agentsHit: hit.length,
    connectedAgain: latenciesOf(hit.map(({ backAt, killedAt }) => backAt - killedAt)),
    answeredAgain: latenciesOf(answered),
    neverAnswered: hit.length - answered.length,
    shards: sum(({ ownedMs }) => ownedMs.length),
    ownedAgain: latenciesOf(struck.flatMap(({ ownedMs }) => ownedMs)),
    otherShardsMoved: sum(({ moved }) => moved),
    otherConnectionsLost: sum(({ returns }) => returns.length) - hit.length,
    lagMaxMs: Math.max(...struck.map(({ lagMaxMs }) => lagMaxMs)),
    ...counts,
  })
  failUnlessExact(counts)
}

/** No agent died, so whatever was done or told twice is a fault; so is what never ended. */
function failUnlessExact({ missing, acceptedTwice, executedTwice }: Counts): void {
  if (missing + acceptedTwice + executedTwice > 0) process.exitCode = 1
}

function sumOf(all: readonly Counts[]): Counts {
  const names = Object.keys(all[0] ?? {}) as (keyof Counts)[]
  const sums = names.map((name) => [name, all.reduce((sum, counts) => sum + counts[name], 0)])
  return Object.fromEntries(sums) as Counts
}

/** A fleet that is spread evenly, a kill, and all of what was submitted brought to its end. */
async function killOne(index: number): Promise<Kill> {
  const witness = (index + 1) % nodeCount
  const victim = cluster.names[index] ?? ''
  // As many again wait as are worked on: nobody is ever without.
  const load = startLoad('failover', await orderOf({ workMs, window: 2 * agents + 64 }))
  await load.ready
  await cluster.settled(witness)
  const before = await cluster.owners()
  await cluster.node(witness).usage()
  const mine = ownedBy(before, victim)
  const at = await cluster.kill(index)
  const ownedAt = new Map<number, number>()
  while (ownedAt.size < mine.length) {
    for (const [shard, { node }] of (await cluster.owners()).entries()) {
      if (mine.includes(shard) && node !== undefined && node !== victim && !ownedAt.has(shard))
        ownedAt.set(shard, Date.now())
    }
    await pause(lookMs)
  }
  await pause(awayMs)
  const { lagMaxMs } = await cluster.node(witness).usage()
  const moved = handovers(before, await cluster.owners()) - mine.length
  load.stop()
  const { loadCpuUs: _cpu, tasksPerSecond: _rate, returns, ...counts } = await load.found
  await cluster.restart(index)
  await cluster.settled(witness)
  const ownedMs = [...ownedAt.values()].map((time) => time - at)
  return { returns, counts, victim, at, ownedMs, moved, lagMaxMs }
}

function ownedBy(owners: readonly Owner[], name: string): readonly number[] {
  return owners.flatMap(({ node }, shard) => (node === name ? [shard] : []))
}

/** Each take-over raises the epoch of its shard by one. */
function handovers(before: readonly Owner[], after: readonly Owner[]): number {
  return epochs(after) - epochs(before)
}

function epochs(owners: readonly Owner[]): number {
  return owners.reduce((sum, { epoch }) => sum + epoch, 0)
}

async function steady(minutes: number): Promise<void> {
  await cluster.settled(0)
  const before = await cluster.owners()
  // Answered at once, so that whatever is the bottleneck is always busy.
  const load = startLoad('failover', await orderOf({ workMs: 0, window: 3 * agents }))
  await load.ready
  const until = performance.now() + minutes * 60_000
  let [longestSilenceMs, movedAway, last] = [0, 0, before]
  while (performance.now() < until) {
    await pause(steadyLookMs)
    const { nodes } = await cluster.look(0)
    longestSilenceMs = Math.max(longestSilenceMs, ...nodes.map(({ silentMs = 0 }) => silentMs))
    const seen = await cluster.owners()
    movedAway += seen.filter(({ node }, shard) => node !== last[shard]?.node).length
    last = seen
  }
  load.stop()
  const { loadCpuUs: _, returns, ...found } = await load.found
  const after = await cluster.owners()
  const usage = await Promise.all(cluster.names.map((_name, index) => cluster.node(index).usage()))
  printCase(bench, `${minutes} minutes of full load`, {
    redis: cluster.redis.settings,
    falseHandovers: handovers(before, after),
    // The rest were taken again by the node that had given them up.
    toAnotherNode: movedAway,
    connectionsLost: returns.length,
    longestSilenceMs,
    lagMaxMs: Math.max(...usage.map(({ lagMaxMs }) => lagMaxMs)),
    ...found,
  })
  failUnlessExact(found)
}
