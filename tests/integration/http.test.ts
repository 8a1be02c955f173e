/** The life of a task by HTTP calls alone, but for the agent: the same procedures, on a real node. */
import { expect, onTestFinished, test } from 'vitest'
import { startNode } from '../../src/main/node.js'
import {
  configOf,
  type Door,
  openIdleAgent,
  openReviewer,
  openWorld,
  temporaryFolder,
  tenant,
  tokenOf,
  type Who,
} from './world.js'

type Body = Readonly<Record<string, unknown>>

const caller =
  ({ url }: Door) =>
  async (who: Who, method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`${url}/v1/tenants/${tenant}${path}`, {
      method,
      headers: { Authorization: `Bearer ${await tokenOf(who)}`, 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Body }
  }

const ann: Who = { sub: 'ann', roles: ['producer'] }
const olga: Who = { sub: 'olga', roles: ['operator'] }
const root: Who = { sub: 'root', roles: ['admin'] }

const firstId = ({ tasks }: Body): string => (tasks as readonly { readonly id: string }[])[0]?.id ?? ''

test('[T005 T021 T023 G3 G5] a task is submitted, held, decided and read over HTTP', async () => {
  const world = await openWorld()
  const call = caller(world)
  const reviewer = await openReviewer(world)
  const agent = await openIdleAgent(world)
  const key = { 'Idempotency-Key': 'order-1' }
  const submitted = await call(ann, 'POST', '/tasks', { queue: 'q', payload: { $bin: 'aGk=' } }, key)
  expect(submitted).toMatchObject({ status: 202, body: { tasks: [{ id: expect.any(String) }] } })
  const again = await call(ann, 'POST', '/tasks', { queue: 'q', payload: { $bin: 'aGk=' } }, key)
  expect(again.body).toMatchObject({ tasks: [{ existing: true }] })
  const id = firstId(submitted.body)
  const task = await agent.task(id)
  expect(task.payload).toEqual(Buffer.from('hi'))
  await agent.request('result', { task: id, lease: task.lease, output: 'the secret key', confidence: 1 })
  await reviewer.frame('card')

  const held = await call(ann, 'GET', `/tasks/${id}`)
  expect(held).toMatchObject({ status: 200, body: { status: 'NEEDS_REVIEW', final: false } })
  expect(JSON.stringify(held)).not.toContain('secret key')
  const { body: listed } = await call(olga, 'GET', '/reviews?status=PENDING')
  expect(listed).toMatchObject({ total: 1, cards: [{ taskId: id, reason: 'SENSITIVE_KEYWORD' }] })
  const [card] = listed.cards as readonly { readonly reviewId: string }[]
  const path = `/reviews/${card?.reviewId}/decision`
  expect((await call(ann, 'POST', path, { status: 'APPROVED' })).status).toBe(403)
  expect((await call(olga, 'POST', path, { status: 'REJECTED' })).body).toMatchObject({ code: 'INVALID' })
  expect((await call(olga, 'POST', path, { status: 'APPROVED', operatorId: 'otto' })).status).toBe(403)
  expect(await call(olga, 'POST', path, { status: 'APPROVED' })).toMatchObject({
    status: 200,
    body: { status: 'APPROVED' },
  })
  const late = await call(root, 'POST', path, { status: 'REJECTED', reason: 'no' })
  expect(late).toMatchObject({ status: 409, body: { code: 'ALREADY_DECIDED', card: { operatorId: 'olga' } } })
  const done = await call(ann, 'GET', `/tasks/${id}`)
  expect(done.body).toMatchObject({ status: 'APPROVED', final: true, output: 'the secret key' })
  const { body: record } = await call(root, 'GET', '/audit')
  expect((record.entries as readonly { readonly kind: string }[]).map(({ kind }) => kind).sort()).toEqual([
    'decided',
    'held',
  ])
  expect((await call(olga, 'GET', '/audit')).status).toBe(403)
})

test('[T013 G1] tasks are listed, cancelled and replayed over HTTP', async () => {
  const world = await openWorld()
  const call = caller(world)
  const specs = ['a', 'b', 'c'].map((payload) => ({ queue: 'q', payload, ttlMs: 600_000 }))
  const { body } = await call(ann, 'POST', '/tasks', specs)
  const id = firstId(body)
  expect(await call(ann, 'DELETE', `/tasks/${id}`)).toMatchObject({ status: 200, body: { status: 'CANCELLED' } })
  expect((await call(ann, 'POST', `/tasks/${id}/replay`)).body).toMatchObject({ code: 'INVALID' })
  const queued = await call(olga, 'GET', '/tasks?status=QUEUED&limit=1')
  expect(queued.body).toMatchObject({ tasks: [{ status: 'QUEUED' }], cursor: expect.any(String) })
  const rest = await call(olga, 'GET', `/tasks?status=QUEUED&cursor=${String(queued.body.cursor)}`)
  expect(rest.body.tasks).toHaveLength(1)
  expect((await call(ann, 'GET', '/tasks/nothing')).status).toBe(404)
})

test('[T023 G9] what is wrong with a call is told as a problem that names the field', async () => {
  const call = caller(await openWorld())
  const problem = await call(ann, 'POST', '/tasks', { queue: 'no queue', payload: 1 })
  expect(problem).toMatchObject({ status: 400, body: { code: 'INVALID', detail: expect.stringContaining('queue') } })
  expect((await call(ann, 'GET', '/tasks?limit=many')).body).toMatchObject({ detail: expect.stringContaining('limit') })
})

test('[T003 G8] health and readiness are told without a token, and metrics on their own port without ids', async () => {
  const node = await startNode(configOf(await temporaryFolder(), { drainMs: '0', metricsPort: '0' }))
  onTestFinished(() => node.stop())
  await openIdleAgent(node, { sub: 'a-name-of-its-own' })
  for (const path of ['/healthz', '/readyz', '/openapi.json']) expect((await fetch(node.url + path)).status).toBe(200)
  expect((await fetch(`${node.url}/metrics`)).status).toBe(404)
  const metrics = await (await fetch(`${node.metricsUrl}/metrics`)).text()
  expect(metrics).toContain('chimera_')
  expect(metrics).not.toContain('a-name-of-its-own')
})
