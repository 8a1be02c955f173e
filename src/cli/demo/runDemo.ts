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
import type { DemoNow, DemoSummary } from './demoBoard.js'
import { checkRecords, heldByReason } from './demoCheck.js'
import { DemoCounting } from './demoCounting.js'
import { DemoTally } from './demoTally.js'
import { openMailCorpus } from './mailCorpus.js'
import { feedMails } from './mailFeed.js'

export type DemoOptions = {
  readonly data: string
  /** Where the node keeps what it does, instead of its folder. */
  readonly redis: { readonly url: string; readonly cluster: string } | undefined
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

/** What a producer that can't reach its node is waited for. */
const closeMs = 1_000
const sub = 'demo'
/** Whoever is started again under its name buries at once what was before. */
const nodeName = `demo-${process.pid}`

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

function superviseNode({ data, redis, port }: DemoOptions, onGivenUp: (because: CommandFailure) => void) {
  let known = port
  let told: (url: string) => void = () => {}
  const url = new Promise<string>((resolve) => {
    told = resolve
  })
  const process = new Supervised({
    words: () => [
      ...['serve', '--host', '127.0.0.1', '--port', String(known), '--data', data, '--log-level', 'error'],
      ...(redis === undefined ? [] : ['--redis', redis.url, '--cluster', redis.cluster, '--node', nodeName]),
    ],
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
  const counting = new DemoCounting({ operator, tally, seconds, restarts }, options.onCounts)
  try {
    await reviewer?.start()
    const feed = feedMails({ ...options, producer, corpus: openMailCorpus(seed), tally, signal: stopping.signal })
    await Promise.race([stopping.asked, feed])
    if (isDone()) done.abort()
    await Promise.race([stopping.asked, aborted(done.signal)])
    const worked = seconds()
    const checked = await checkRecords(producer, tally)
    const held = await heldByReason(operator, tally)
    await counting.end()
    return {
      tally: tally.counts,
      seconds: worked,
      restarts: restarts(),
      held,
      checked,
      ...(reviewer === undefined ? {} : { reviewer: { rule: autoReviewRule, ...reviewer.decided } }),
    }
  } finally {
    counting.stop()
    reviewer?.close()
    operator.close()
    // What it waits for may never come, where the node is gone for good.
    await producer.close({ signal: AbortSignal.timeout(closeMs) })
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
