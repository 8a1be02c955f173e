/**
 * HTTP calls a second, by autocannon: submit, get, and decide, each checked for its answers.
 *
 * `node dist/bench/http.js [--tiny]`
 */
import { checkDelivered, holdCards } from './load/heldCards.js'
import { type Shot, shoot } from './load/shoot.js'
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
await shootAt('submit', amount, () => ({
  method: 'POST',
  path: '/v1/tenants/t_bench/tasks',
  token: producerToken,
  body: JSON.stringify({ queue: 'idle', payload: { n: submitted }, key: `h${submitted++}` }),
}))
const task = await submitOne('idle')
await shootAt('get', amount, () => ({ method: 'GET', path: `/v1/tenants/t_bench/tasks/${task}`, token: producerToken }))
const held = await holdCards(node, isTiny ? 20 : 2_000)
let next = 0
await shootAt('decide', held.reviews.length, () => ({
  method: 'POST',
  path: `/v1/tenants/t_bench/reviews/${held.reviews[next++]}/decision`,
  token: operatorToken,
  body: '{"status":"APPROVED"}',
}))
await checkDelivered(held)
await node.stop()

async function shootAt(name: string, amount: number, shot: () => Shot): Promise<void> {
  const before = await node.usage()
  const hits = await shoot({ url: node.url, connections, amount, shot })
  const after = await node.usage()
  printCase('http', name, { ...hits, nodeUs: (after.cpuUs - before.cpuUs) / amount })
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
