/**
 * HTTP calls a second, by autocannon: submit, get, and decide, each checked for its answers.
 *
 * `node dist/bench/http.js [--tiny]`
 */
import autocannon from 'autocannon'
import { signal } from './load/signal.js'
import { openSocket } from './load/socket.js'
import { startBenchNode } from './process/benchNode.js'
import { isTiny, printCase, printMachine } from './report.js'

const connections = isTiny ? 2 : 32
const amount = isTiny ? 40 : 20_000

printMachine('http', { connections })
const node = await startBenchNode()
const producerToken = await node.token('app', 'producer')
const operatorToken = await node.token('op', 'operator')
const base = `${node.url}/v1/tenants/t_bench`

let submitted = 0
await shoot('submit', amount, () => ({
  method: 'POST',
  path: '/v1/tenants/t_bench/tasks',
  token: producerToken,
  body: JSON.stringify({ queue: 'idle', payload: { n: submitted }, key: `h${submitted++}` }),
}))
const task = await submitOne('idle')
await shoot('get', amount, () => ({ method: 'GET', path: `/v1/tenants/t_bench/tasks/${task}`, token: producerToken }))
const reviews = await heldCards(isTiny ? 20 : 2_000)
let next = 0
await shoot('decide', reviews.length, () => ({
  method: 'POST',
  path: `/v1/tenants/t_bench/reviews/${reviews[next++]}/decision`,
  token: operatorToken,
  body: '{"status":"APPROVED"}',
}))
await node.stop()

type Shot = { readonly method: 'GET' | 'POST'; readonly path: string; readonly token: string; readonly body?: string }

async function shoot(name: string, count: number, shot: () => Shot): Promise<void> {
  const before = await node.usage()
  const result = await autocannon({
    url: node.url,
    connections,
    amount: count,
    requests: [
      {
        setupRequest: (request) => {
          const { token, ...one } = shot()
          const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
          return { ...request, ...one, headers }
        },
      },
    ],
  })
  const after = await node.usage()
  if (result['2xx'] !== count)
    throw new Error(`${name}: ${result['2xx']} of ${count} answered with 2xx, ${result.non2xx} otherwise`)
  const { p50, p99 } = result.latency
  const nodeUs = (after.cpuUs - before.cpuUs) / count
  printCase('http', name, {
    requests: count,
    perSecond: Math.round(count / result.duration),
    p50Ms: p50,
    p99Ms: p99,
    nodeUs,
  })
}

async function submitOne(queue: string): Promise<string> {
  const response = await fetch(`${base}/tasks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${producerToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ queue, payload: 1 }),
  })
  const { tasks } = (await response.json()) as { tasks: [{ id: string }] }
  return tasks[0].id
}

/** Has an agent say what the gate holds, so many times; returns the cards. */
async function heldCards(count: number): Promise<readonly string[]> {
  const held = signal()
  let waiting = count
  const agent = await openSocket(node.url, '/v1/agent', await node.token('agent', 'agent'), (frame, socket) => {
    if (frame.type === 'welcome') socket.send({ type: 'pull', id: 1, credits: 64 })
    if (frame.type === 'ack' && frame.status === 'NEEDS_REVIEW' && --waiting === 0) held.resolve()
    if (frame.type !== 'task') return
    const { id: task, lease } = frame.task as { id: string; lease: string }
    socket.send({ type: 'result', id: 2, task, lease, output: 'the password', confidence: 1, credits: 1 })
  })
  agent.send({ type: 'hello', id: 0, queues: ['held'], capacity: 64 })
  for (let i = 0; i < count; i += 20)
    await Promise.all(Array.from({ length: Math.min(20, count - i) }, () => submitOne('held')))
  await held.promise
  agent.close()
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const response = await fetch(`${base}/reviews?status=PENDING&limit=1000${query}`, {
      headers: { authorization: `Bearer ${operatorToken}` },
    })
    const page = (await response.json()) as { cards: { reviewId: string }[]; cursor?: string }
    ids.push(...page.cards.map(({ reviewId }) => reviewId))
    cursor = page.cursor
  } while (cursor !== undefined)
  if (ids.length !== count) throw new Error(`${ids.length} cards of ${count}`)
  return ids
}
