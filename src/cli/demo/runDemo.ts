/**
 * The demo: a node and a team of agents in processes of their own, a producer that hands in real mail, and what becomes
 * of it. The node may be killed at any time: it is started again on its folder, and everything goes on.
 */
import { Operator, Producer } from '../../client/index.js'
import { localAccess } from '../access.js'
import { CommandFailure } from '../failure.js'
import { defaultTenant } from '../localToken.js'
import type { Stopping } from '../stopping.js'
import { Supervised } from '../supervisor.js'
import { AutoReviewer, autoReviewRule } from './autoReviewer.js'
import type { DemoNow, DemoSummary, NodeCounts } from './demoBoard.js'
import { checkRecords, heldByReason } from './demoCheck.js'
import { DemoTally } from './demoTally.js'
import { openMailCorpus } from './mailCorpus.js'
import { feedMails } from './mailFeed.js'

export type DemoOptions = {
  readonly data: string
  readonly seed: string
  readonly agents: number
  /** 0: a free one. */
  readonly port: number
  readonly once: number | undefined
  readonly mailsPerSecond: number | undefined
  readonly isReviewed: boolean
  readonly stopping: Stopping
  /** The node listens for the first time. */
  readonly onReady: (url: string) => void
  /** About once a second. */
  readonly onCounts: (now: DemoNow) => void
}

const countMs = 1_000
const sub = 'demo'
/** Over which the tasks a second are counted. */
const rateSeconds = 5

/** Runs until all is done or it is stopped. Throws `CommandFailure` where node or agents can't be started. */
export async function runDemo(options: DemoOptions): Promise<DemoSummary> {
  const { data, stopping, onReady } = options
  let failure: CommandFailure | undefined
  const onGivenUp = (because: CommandFailure) => {
    failure = because
    stopping.ask()
  }
  const node = superviseNode(options, onGivenUp)
  try {
    const url = await Promise.race([node.url, stopping.asked])
    if (url === undefined) throw failure ?? new CommandFailure('stopped before the node was up')
    onReady(url)
    const team = new Supervised({
      words: () => ['demo-agents', '--data', data, '--agents', String(options.agents), '--seed', options.seed],
      onReady: () => {},
      onGivenUp,
    })
    try {
      const summary = await workThrough(options, () => node.process.restarts)
      if (failure !== undefined) throw failure
      return summary
    } finally {
      await team.stop()
    }
  } finally {
    await node.process.stop()
  }
}

function superviseNode({ data, port }: DemoOptions, onGivenUp: (because: CommandFailure) => void) {
  let known = port
  let told: (url: string) => void = () => {}
  const url = new Promise<string>((resolve) => {
    told = resolve
  })
  const process = new Supervised({
    words: () => ['serve', '--host', '127.0.0.1', '--port', String(known), '--data', data, '--log-level', 'error'],
    onReady: (message) => {
      const address = urlOf(message)
      // The next one listens where this one did, so that everybody finds it again.
      known = Number(new URL(address).port)
      told(address)
    },
    onGivenUp,
  })
  return { process, url }
}

function urlOf(message: unknown): string {
  if (typeof message === 'object' && message !== null && 'url' in message && typeof message.url === 'string')
    return message.url
  throw new Error('serve: told its supervisor no address')
}

async function workThrough(options: DemoOptions, restarts: () => number): Promise<DemoSummary> {
  const { data, seed, once, stopping, isReviewed } = options
  const access = await localAccess(data, { sub, tenant: defaultTenant, roles: ['producer'] })
  const operator = new Operator(await localAccess(data, { sub, tenant: defaultTenant, roles: ['operator'] }))
  const producer = new Producer({ ...access, subscriber: sub })
  const reviewer = isReviewed
    ? new AutoReviewer(await localAccess(data, { sub: 'auto-reviewer', tenant: defaultTenant, roles: ['operator'] }))
    : undefined
  const tally = new DemoTally()
  const since = performance.now()
  const seconds = () => (performance.now() - since) / 1_000
  const done = new AbortController()
  const isDone = () => {
    const { submitted, open, held } = tally.counts
    return once !== undefined && submitted >= once && open === 0 && (!isReviewed || held === 0)
  }
  producer.onOutcome((outcome) => {
    tally.told(outcome)
    if (isDone()) done.abort()
  })
  const counting = countEachSecond(options, { operator, tally, seconds, restarts })
  try {
    await reviewer?.start()
    const feed = feedMails({ ...options, producer, corpus: openMailCorpus(seed), tally, signal: stopping.signal })
    await Promise.race([stopping.asked, feed])
    if (isDone()) done.abort()
    await Promise.race([stopping.asked, aborted(done.signal)])
    const worked = seconds()
    const checked = await checkRecords(producer, tally)
    const held = await heldByReason(operator, tally)
    return {
      tally: tally.counts,
      seconds: worked,
      restarts: restarts(),
      held,
      checked,
      ...(reviewer === undefined ? {} : { reviewer: { rule: autoReviewRule, ...reviewer.decided } }),
    }
  } finally {
    counting()
    reviewer?.close()
    operator.close()
    // What it waits for may never come, where the node is gone for good.
    await Promise.race([producer.close(), aborted(AbortSignal.timeout(countMs))])
  }
}

type Counted = {
  readonly operator: Operator
  readonly tally: DemoTally
  readonly seconds: () => number
  readonly restarts: () => number
}

/** Returns what ends it. */
function countEachSecond({ onCounts }: DemoOptions, { operator, tally, seconds, restarts }: Counted): () => void {
  let node: NodeCounts = { running: 0, agents: 0, agentsAtWork: 0, held: {} }
  const ended: number[] = []
  const timer = setInterval(() => {
    operator.stats({ timeoutMs: countMs }).then(
      (stats) => {
        node = nodeCountsOf(stats)
      },
      // It is away for the moment: what was counted last stays.
      () => {},
    )
    const counts = tally.counts
    ended.push(counts.ended + counts.held)
    if (ended.length > rateSeconds + 1) ended.shift()
    const [first = 0] = ended
    const tasksPerSecond = Math.round((counts.ended + counts.held - first) / Math.max(1, ended.length - 1))
    onCounts({ tally: counts, node, tasksPerSecond, seconds: seconds(), restarts: restarts() })
  }, countMs)
  return () => clearInterval(timer)
}

function nodeCountsOf(stats: Readonly<Record<string, unknown>>): NodeCounts {
  const agents = numbersOf(stats.agents)
  const { ACTIVE = 0, BUSY = 0, IDLE = 0 } = agents
  const cards =
    typeof stats.cards === 'object' && stats.cards !== null && 'byReason' in stats.cards ? stats.cards.byReason : {}
  return {
    running: numbersOf(stats.tasks).RUNNING ?? 0,
    agents: ACTIVE + BUSY + IDLE,
    agentsAtWork: ACTIVE + BUSY,
    held: numbersOf(cards),
  }
}

function numbersOf(value: unknown): Readonly<Record<string, number>> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).filter(([, n]) => typeof n === 'number'))
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
