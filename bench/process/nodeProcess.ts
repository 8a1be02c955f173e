/** A node in a process of its own, for benchmarks: says where it is, makes tokens, and tells what it has used. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { readConfig } from '../../src/config.js'
import { startNode } from '../../src/main/node.js'
import type { NodeAnswer, NodeQuestion } from './benchNode.js'

const config = readConfig(JSON.parse(process.argv[2] ?? '{}'), {})
const node = await startNode(config)
const lag = monitorEventLoopDelay({ resolution: 1 })
// It wakes the process a thousand times a second, which an idle one would be charged for.
if (process.argv[3] !== 'unwatched') lag.enable()

const answer = (message: NodeAnswer): void => {
  process.send?.(message)
}

const answerTo = async (question: NodeQuestion): Promise<void> => {
  if (question.kind === 'token') {
    const { sub, role } = question
    const token = await node.signToken({ sub, tenant: 't_bench', roles: [role], ttlSeconds: 3_600 })
    answer({ kind: 'token', token })
  } else if (question.kind === 'usage') {
    const { user, system } = process.cpuUsage()
    if (question.collect) globalThis.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    answer({
      kind: 'usage',
      cpuUs: user + system,
      rss,
      heapUsed,
      lagP99Ms: lag.percentile(99) / 1e6,
      lagMaxMs: lag.max / 1e6,
    })
    lag.reset()
  } else {
    await node.stop()
    process.disconnect()
  }
}

process.on('message', (question: NodeQuestion) => void answerTo(question))
// Whoever asked is gone.
process.once('disconnect', () => void node.stop())
answer({ kind: 'ready', url: node.url })
