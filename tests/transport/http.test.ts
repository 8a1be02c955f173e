import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { Raw } from '../../src/protocol/raw.js'
import type { Frame } from '../../src/protocol/reading.js'
import { ack, refuse } from '../../src/tasks/reply.js'
import { openWorld, type World, type WorldOptions } from './world.js'

let world: World
const open = async (options: WorldOptions = {}) => {
  world = await openWorld(options)
  return world
}
afterEach(() => world.stop())

type CallOptions = {
  method?: string
  body?: unknown
  text?: string
  token?: string
  roles?: string[]
  headers?: object
}
type Answer = { status: number; headers: Headers; body: Record<string, unknown> }

async function call(path: string, options: CallOptions = {}): Promise<Answer> {
  const { roles = ['producer', 'operator'] } = options
  const token = options.token ?? (await world.token({ roles }))
  const text = options.text ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
  const type = text === undefined ? {} : { 'Content-Type': 'application/json' }
  const response = await fetch(world.url(path.startsWith('/v1') ? path : `/v1/tenants/t_acme${path}`), {
    method: options.method ?? (text === undefined ? 'GET' : 'POST'),
    headers: { Authorization: `Bearer ${token}`, ...type, ...options.headers },
    ...(text === undefined ? {} : { body: text }),
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] }
}

const asked = () => world.performed.at(-1)

const tasksOf = (frame: Frame | undefined) => (frame?.tasks ?? []) as { queue: string; key: string; payload: Raw }[]

describe('submit', () => {
  test('[H1] one task is 202 with what submit answers; payload, key and subscriber are carried over', async () => {
    await open()
    world.reply = ack({ tasks: [{ id: 't1' }] })
    const body = { queue: 'mail', payload: { $bin: 'AAE=' }, priority: 'high' }
    const headers = { 'Idempotency-Key': 'k1' }
    const answer = await call('/tasks?subscriber=main', { body, headers })
    expect(answer).toMatchObject({ status: 202, body: { tasks: [{ id: 't1' }] } })
    expect(asked()).toMatchObject({ role: 'producer', subscriber: 'main', identity: { sub: 'ann', tenant: 't_acme' } })
    const [task] = tasksOf(asked()?.frame)
    expect(task).toMatchObject({ queue: 'mail', key: 'k1', priority: 'high' })
    expect(task?.payload.value()).toEqual(Uint8Array.from([0, 1]))
  })

  test('[H1] a list is answered item by item', async () => {
    await open()
    const tasks = [{ id: 't1' }, { error: { code: 'INVALID', message: 'queue: missing' } }]
    world.reply = ack({ tasks })
    expect(await call('/tasks', { body: [{ queue: 'q', payload: 1 }, {}] })).toMatchObject({
      status: 202,
      body: { tasks },
    })
    expect(asked()?.frame.tasks).toHaveLength(2)
  })

  test('[H1] what is wrong with the only task is what is wrong with the call', async () => {
    await open()
    world.reply = ack({ tasks: [{ error: { code: 'CONFLICT', message: 'key: known with another payload' } }] })
    const answer = await call('/tasks', { body: { queue: 'q', payload: 1 } })
    expect(answer).toMatchObject({ status: 409, body: { code: 'CONFLICT', detail: 'key: known with another payload' } })
  })

  test('[H2] a wrong body is 400 and names what was expected; nothing is performed', async () => {
    await open()
    const wrong: [CallOptions, string][] = [
      [{ text: '{"queue"' }, 'JSON'],
      [{ body: 'text' }, 'body'],
      [{ body: [] }, 'tasks'],
      [{ body: Array.from({ length: 257 }, () => ({ queue: 'q', payload: 1 })) }, 'tasks'],
      [{ body: { queue: 'q', payload: { a: [{ $bin: '?' }] } } }, 'tasks[0].payload: a[0].$bin'],
      [{ text: '{"queue":"q","payload":{"__proto__":1}}' }, '__proto__'],
      [{ text: `{"queue":"q","payload":${'['.repeat(5_000)}${']'.repeat(5_000)}}` }, 'levels'],
      [{ body: [{ queue: 'q', payload: 1 }], headers: { 'Idempotency-Key': 'k' } }, 'Idempotency-Key'],
      [{ body: { queue: 'q', payload: 1, key: 'a' }, headers: { 'Idempotency-Key': 'k' } }, 'key'],
    ]
    for (const [options, named] of wrong) {
      const answer = await call('/tasks', options)
      expect(answer.status, named).toBe(400)
      expect(answer.body.code).toBe('INVALID')
      expect(answer.body.detail).toContain(named)
    }
    expect(await call('/tasks?subscriber=a/b', { body: { queue: 'q', payload: 1 } })).toMatchObject({ status: 400 })
    expect(world.performed).toEqual([])
  })

  test('[H2] a body over messageBytes is 413, another type than JSON 415', async () => {
    await open({ config: { messageBytes: 16_384 } })
    const text = JSON.stringify({ queue: 'q', payload: 'x'.repeat(20_000) })
    expect(await call('/tasks', { text })).toMatchObject({ status: 413, body: { code: 'TOO_LARGE' } })
    const headers = { 'Content-Type': 'text/plain' }
    expect(await call('/tasks', { text: 'x', headers })).toMatchObject({ status: 415, body: { code: 'INVALID' } })
  })
})

describe('tasks', () => {
  const task = { id: 't1', status: 'COMPLETED', output: Raw.of({ $x: new Uint8Array([1]), n: 2n ** 60n }) }

  test('[H3] a record; free values follow the rules for JSON', async () => {
    await open()
    world.reply = ack({ task })
    const answer = await call('/tasks/t1')
    expect(answer.body).toEqual({ ...task, output: { $$x: { $bin: 'AQ==' }, n: { $int: '1152921504606846976' } } })
    expect(asked()?.frame).toMatchObject({ type: 'getTask', task: 't1' })
  })

  test('[H3] operators see the tenant’s tasks, producers their own: each call is asked in its role', async () => {
    await open()
    world.reply = ack({ task: { id: 't1' } })
    const calls = [
      ['/tasks/t1', 'GET', 'get', 'getTask'],
      ['/tasks/t1?reason=late', 'DELETE', 'cancel', 'cancelTask'],
      ['/tasks/t1/replay', 'POST', 'replay', 'replay'],
      ['/tasks?status=FAILED&queue=q', 'GET', 'tasks', 'tasks'],
    ] as const
    for (const [path, method, producers, operators] of calls) {
      await call(path, { method, roles: ['producer'] })
      expect(asked()).toMatchObject({ role: 'producer', frame: { type: producers } })
      await call(path, { method, roles: ['operator'] })
      expect(asked()).toMatchObject({ role: 'operator', frame: { type: operators } })
    }
    expect(world.performed[2]?.frame).toMatchObject({ task: 't1', reason: 'late' })
    expect(world.performed[6]?.frame).toMatchObject({ status: 'FAILED', queue: 'q' })
  })

  test('[H4] lists give 50 unless told, at most 1,000, and hand the cursor on', async () => {
    await open()
    world.reply = ack({ tasks: [task], cursor: 'c2' })
    expect((await call('/tasks?cursor=c1')).body).toMatchObject({ cursor: 'c2', tasks: [{ id: 't1' }] })
    expect(asked()?.frame).toMatchObject({ limit: 50, cursor: 'c1' })
    await call('/tasks?limit=1000000')
    expect(asked()?.frame).toMatchObject({ limit: 1_000 })
    for (const query of ['limit=0', 'limit=-1', 'limit=ten', 'limit=1.5', 'limit=', 'limit=1&limit=2', 'status=DONE']) {
      const answer = await call(`/tasks?${query}`)
      expect(answer, query).toMatchObject({ status: 400, body: { code: 'INVALID' } })
      expect(answer.body.detail).toContain(query.split('=', 1)[0])
    }
  })
})

describe('reviews', () => {
  test('[H5] a decision is asked as the operator, and answered with the card', async () => {
    await open()
    world.reply = ack({ card: { reviewId: 'r1', status: 'APPROVED' } })
    const body = { status: 'APPROVED', version: 3, edited: { a: 1 }, operatorId: 'ann' }
    const answer = await call('/reviews/r1/decision', { body })
    expect(answer).toMatchObject({ status: 200, body: { reviewId: 'r1', status: 'APPROVED' } })
    expect(asked()).toMatchObject({ role: 'operator', frame: { type: 'decide', review: 'r1', version: 3 } })
    expect(asked()?.frame.edited).toEqual(Raw.of({ a: 1 }))
  })

  test('[H5] whoever comes second gets 409 with the card as it stands', async () => {
    await open()
    for (const code of ['ALREADY_DECIDED', 'CLAIMED', 'CHANGED'] as const) {
      world.reply = refuse(code, 'too late', { fields: { card: { reviewId: 'r1', output: Raw.of([1]) } } })
      const answer = await call('/reviews/r1/decision', { body: { status: 'REJECTED', reason: 'no' } })
      expect(answer).toMatchObject({ status: 409, body: { code, card: { reviewId: 'r1', output: [1] } } })
    }
  })

  test('[H5] somebody else as operatorId is 403, a wrong status 400', async () => {
    await open()
    const other = await call('/reviews/r1/decision', { body: { status: 'APPROVED', operatorId: 'bob' } })
    expect(other).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } })
    expect(await call('/reviews/r1/decision', { body: { status: 'MAYBE' } })).toMatchObject({ status: 400 })
    expect(world.performed).toEqual([])
  })

  test('[H5] cards are listed with their filter, and one is shown whole', async () => {
    await open()
    world.reply = ack({ cards: [{ reviewId: 'r1' }], total: 7, cursor: 'c' })
    expect((await call('/reviews?status=PENDING&severity=high&text=a')).body).toMatchObject({ total: 7, cursor: 'c' })
    expect(asked()?.frame).toMatchObject({ type: 'cards', filter: { status: 'PENDING', severity: 'high', text: 'a' } })
    world.reply = ack({ card: { reviewId: 'r1' } })
    expect((await call('/reviews/r1')).body).toEqual({ reviewId: 'r1' })
  })

  test('[RV43] claims, assignments, reveals and decisions on a list are asked by their frames', async () => {
    await open()
    world.reply = ack({
      card: { reviewId: 'r1' },
      output: Raw.of([1]),
      payload: Raw.of(2),
      decisions: [{ review: 'r1' }],
    })
    expect((await call('/reviews/r1/claim', { body: { force: true } })).body).toEqual({ reviewId: 'r1' })
    expect(asked()).toMatchObject({ role: 'operator', frame: { type: 'claim', review: 'r1', force: true } })
    await call('/reviews/r1/claim', { method: 'POST' })
    expect(asked()?.frame).toMatchObject({ type: 'claim', review: 'r1' })
    await call('/reviews/r1/assign', { body: { to: null, note: 'for all' } })
    expect(asked()?.frame).toMatchObject({ type: 'assign', review: 'r1', note: 'for all' })
    expect((await call('/reviews/r1/reveal', { method: 'POST' })).body).toEqual({ output: [1], payload: 2 })
    expect(asked()?.frame).toMatchObject({ type: 'reveal', review: 'r1' })
    const cards = [{ review: 'r1', version: 2 }]
    expect((await call('/reviews/decisions', { body: { cards, status: 'APPROVED' } })).body).toEqual({
      decisions: [{ review: 'r1' }],
    })
    expect(asked()?.frame).toMatchObject({ type: 'decideMany', cards, status: 'APPROVED' })
    for (const [path, body] of [
      ['/reviews/r1/claim', []],
      ['/reviews/r1/claim', { release: 'yes' }],
      ['/reviews/r1/assign', { to: 'a/b' }],
      ['/reviews/decisions', { cards: [], status: 'APPROVED' }],
      ['/reviews/decisions', { cards: Array(101).fill(cards[0]), status: 'APPROVED' }],
      ['/reviews/decisions', { cards: [{ review: 'r1' }], status: 'APPROVED' }],
      ['/reviews/decisions', { cards, status: 'EXPIRED' }],
    ] as const) {
      expect(await call(path, { body }), path).toMatchObject({ status: 400, body: { code: 'INVALID' } })
    }
  })

  test('[H6] agents are for operators, the audit log for admins', async () => {
    await open()
    world.reply = ack({ agents: [{ id: 'a' }] })
    expect((await call('/agents')).body).toEqual({ agents: [{ id: 'a' }] })
    expect(await call('/audit')).toMatchObject({ status: 403 })
    world.reply = ack({ entries: [] })
    expect(await call('/audit', { roles: ['admin'] })).toMatchObject({ status: 200, body: { entries: [] } })
    expect(asked()?.frame).toMatchObject({ type: 'audit', limit: 50 })
  })
})

describe('who may call', () => {
  test('[H7] 401 without a good token, and no body is read', async () => {
    await open()
    const answer = await call('/tasks', { body: {}, token: 'wrong' })
    expect(answer).toMatchObject({ status: 401, body: { status: 401, code: 'FORBIDDEN', type: 'about:blank' } })
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(await call(`/tasks?token=${await world.token()}`)).toMatchObject({ status: 401 })
  })

  test('[H7] another tenant’s path, and a role that does not fit, are 403', async () => {
    await open()
    expect(await call('/v1/tenants/t_other/tasks')).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } })
    expect(await call('/reviews', { roles: ['producer'] })).toMatchObject({ status: 403 })
    expect(await call('/tasks', { roles: ['operator'], body: { queue: 'q', payload: 1 } })).toMatchObject({
      status: 403,
    })
    expect(await call('/tasks', { roles: ['agent'] })).toMatchObject({ status: 403 })
    expect(world.performed).toEqual([])
  })

  test('[H7] after too many refused tokens the address is 429', async () => {
    await open({ config: { refusalsPerMinute: 2 } })
    for (let i = 0; i < 2; i++) await call('/tasks', { token: 'wrong' })
    const answer = await call('/tasks')
    expect(answer).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED', retryAfterMs: 30_000 } })
    expect(answer.headers.get('retry-after')).toBe('30')
  })
})

describe('errors', () => {
  test('[H8] each code has its status; what may be tried again says when', async () => {
    await open()
    const statuses = {
      NOT_FOUND: 404,
      FORBIDDEN: 403,
      INVALID: 400,
      CONFLICT: 409,
      PAUSED: 503,
      INTERNAL: 500,
    } as const
    for (const [code, status] of Object.entries(statuses)) {
      world.reply = refuse(code as keyof typeof statuses, 'why')
      expect(await call('/tasks/t1')).toMatchObject({ status, body: { code, status, detail: 'why' } })
    }
    world.reply = refuse('OVERLOADED', 'busy', { retryAfterMs: 1_500 })
    const answer = await call('/tasks/t1')
    expect(answer).toMatchObject({ status: 503, body: { retryAfterMs: 1_500 } })
    expect(answer.headers.get('retry-after')).toBe('2')
  })

  test('[H8] a failure is 500, told to the node and to nobody else', async () => {
    await open()
    world.reply = () => Promise.reject(new Error('secret path'))
    const answer = await call('/tasks/t1')
    expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL' } })
    expect(JSON.stringify(answer.body)).not.toContain('secret')
    expect(world.failures).toHaveLength(1)
  })

  test('[H12] the title says what the status is about', async () => {
    await open()
    const titleOf = async (path: string, options: CallOptions = {}) => (await call(path, options)).body.title
    expect(await titleOf('/v1/agent')).toContain('WebSockets')
    expect(await titleOf('/tasks', { text: 'x', headers: { 'Content-Type': 'text/plain' } })).toContain('type')
    expect(await titleOf('/tasks', { token: 'none' })).toContain('no token')
    expect(await titleOf('/audit', { roles: ['operator'] })).toContain('does not allow')
  })

  test('[H13] a method that a known path lacks is 405 with those that it has, before a token is asked for', async () => {
    await open()
    const [task, tasks, health] = await Promise.all([
      call('/tasks/t1', { method: 'PATCH', token: 'none' }),
      call('/tasks', { method: 'DELETE', body: {} }),
      fetch(world.url('/healthz'), { method: 'POST', body: '{', headers: { 'Content-Type': 'text/odd' } }),
    ])
    expect(task).toMatchObject({ status: 405, body: { code: 'INVALID', detail: expect.stringContaining('GET') } })
    expect(task.headers.get('allow')?.split(', ').sort()).toEqual(['DELETE', 'GET'])
    expect(tasks.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'POST'])
    expect([health.status, health.headers.get('allow')]).toEqual([405, 'GET'])
    expect(await call('/nothing', { method: 'PATCH' })).toMatchObject({ status: 404 })
  })

  test('[H8] a wrong id, an unknown path and a path that is no text are told apart', async () => {
    await open()
    expect(await call('/tasks/a%20b')).toMatchObject({ status: 400, body: { code: 'INVALID' } })
    expect(await call('/nothing')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
    expect(await call('/tasks/%ff')).toMatchObject({ status: 400, body: { code: 'INVALID' } })
  })

  test('[H8] a call that offers HTTP/2 by an upgrade is answered as it stands', async () => {
    await open()
    const headers = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQAoAAA' }
    const bearer = { Authorization: `Bearer ${await world.token()}`, 'Content-Type': 'application/json' }
    world.reply = ack({ tasks: [{ id: 't1' }] })
    const sent = request(world.url('/v1/tenants/t_acme/tasks'), { method: 'POST', headers: { ...headers, ...bearer } })
    sent.end('{"queue":"q","payload":1}')
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    response.resume()
    expect(response.statusCode).toBe(202)
    expect(tasksOf(asked()?.frame)).toHaveLength(1)
  })

  test('[H8] an output too deep for JSON is said to be so', async () => {
    await open()
    let deep: unknown = 1
    for (let i = 0; i < 1_500; i++) deep = [deep]
    world.reply = ack({ task: { id: 't1', output: Raw.of(deep) } })
    expect(await call('/tasks/t1')).toMatchObject({ status: 413, body: { code: 'TOO_LARGE' } })
  })
})

describe('open calls', () => {
  test('[H9] healthz is alive; readyz says what keeps it from serving', async () => {
    await open()
    expect((await fetch(world.url('/healthz'))).status).toBe(200)
    expect((await fetch(world.url('/readyz'))).status).toBe(200)
    world.unready = 'draining'
    const response = await fetch(world.url('/readyz'))
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ detail: 'draining' })
    expect((await fetch(world.url('/healthz'))).status).toBe(200)
  })

  test('[H10] openapi.json lists every call, and nothing that it refers to is missing', async () => {
    await open()
    const document = (await (await fetch(world.url('/openapi.json'))).json()) as { paths: object; components: object }
    expect(document).toMatchObject({ openapi: '3.1.0' })
    const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path.replace('/v1/tenants/{tenant}', '')}`),
    )
    expect(calls.sort()).toEqual([
      'delete /tasks/{id}',
      'delete /webhooks/{name}',
      'get /agents',
      'get /audit',
      'get /audit/checkpoint',
      'get /audit/key',
      'get /audit/lines',
      'get /cluster',
      'get /fleet',
      'get /policy',
      'get /reviews',
      'get /reviews/calibration',
      'get /reviews/numbers',
      'get /reviews/{id}',
      'get /tasks',
      'get /tasks/{id}',
      'get /webhooks',
      'get /webhooks/{name}/dead',
      'post /agents/{id}/ban',
      'post /agents/{id}/pause',
      'post /agents/{id}/resume',
      'post /agents/{id}/unban',
      'post /audit/erase',
      'post /halt',
      'post /pause',
      'post /policy/backtest',
      'post /queues/{queue}/pause',
      'post /queues/{queue}/resume',
      'post /resume',
      'post /reviews/decisions',
      'post /reviews/{id}/assign',
      'post /reviews/{id}/claim',
      'post /reviews/{id}/decision',
      'post /reviews/{id}/reveal',
      'post /tasks',
      'post /tasks/{id}/replay',
      'post /webhooks/{name}/resend',
      'post /webhooks/{name}/test',
      'put /policy',
      'put /webhooks/{name}',
    ])
    const schemas = Object.keys((document.components as { schemas: object }).schemas)
    const refs = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name)
    expect(refs.filter((name) => !schemas.includes(name ?? ''))).toEqual([])
  })

  test('[H11] metrics have a port of their own, if any', async () => {
    await open({ config: { metricsPort: 0 } })
    expect((await fetch(world.url('/metrics'))).status).toBe(404)
    const response = await fetch(`http://127.0.0.1:${world.server.metricsPort}/metrics`)
    expect(await response.text()).toBe('up 1\n')
    expect((await fetch(`http://127.0.0.1:${world.server.metricsPort}/`)).status).toBe(404)
  })
})
