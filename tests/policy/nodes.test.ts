/** Policies on real nodes: by HTTP, under load, on several nodes over one Redis, and over a folder. */
import { describe, expect, test } from 'vitest'
import type { AuditEntry } from '../../src/tasks/entries.js'
import { nodesOnRedis } from '../cluster/redisNodes.js'
import { spawnNode } from '../integration/childNode.js'
import type { Client } from '../integration/client.js'
import {
  type Door,
  openIdleAgent,
  openOperator,
  openProducer,
  openWorld,
  submit,
  submitOne,
  temporaryFolder,
  tokenOf,
} from '../integration/world.js'

type Body = Readonly<Record<string, unknown>>

const ask = async (
  { url }: Door,
  method: string,
  {
    path = '',
    policy,
    ifMatch,
    tenant = 't_acme',
    roles = ['admin'],
  }: {
    path?: string
    policy?: unknown
    ifMatch?: string
    tenant?: string
    roles?: readonly string[]
  } = {},
) => {
  const response = await fetch(`${url}/v1/tenants/${tenant}/policy${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${await tokenOf({ sub: 'ada', tenant, roles })}`,
      'Content-Type': 'application/json',
      ...(ifMatch === undefined ? {} : { 'If-Match': `"${ifMatch}"` }),
    },
    ...(policy === undefined ? {} : { body: JSON.stringify(policy) }),
  })
  return { status: response.status, etag: response.headers.get('etag'), body: (await response.json()) as Body }
}

const put = (door: Door, policy: unknown, more: { ifMatch?: string; tenant?: string } = {}) =>
  ask(door, 'PUT', { policy, ...more })

/** One task after the other, each answered with the same words. */
const work = async (agent: Client, producer: Client, output: unknown): Promise<string> => {
  const id = await submitOne(producer)
  const task = await agent.task(id)
  const { status } = await agent.request('result', { task: id, lease: task.lease, output, confidence: 1, credits: 1 })
  return String(status)
}

const merger = { keywords: ['merger'] }
const said = 'The merger is on.'

describe('one node', () => {
  test('[PO30] shows the policy in force, takes another, and judges by it from the answer on', async () => {
    const door = await openWorld()
    const agent = await openIdleAgent(door)
    const producer = await openProducer(door)
    const first = await ask(door, 'GET', { roles: ['operator'] })
    expect(first).toMatchObject({
      status: 200,
      body: { version: expect.stringMatching(/^p_[0-9a-f]{16}$/), policy: {} },
    })
    expect(first.etag).toBe(`"${first.body.version}"`)
    expect(await work(agent, producer, said)).toBe('COMPLETED')
    const changed = await put(door, merger)
    expect(changed).toMatchObject({ status: 200, body: { changed: true, before: first.body.version } })
    expect(await work(agent, producer, said)).toBe('NEEDS_REVIEW')
    expect((await put(door, merger)).body).toEqual({ version: changed.body.version, changed: false })
    const now = await ask(door, 'GET')
    expect(now.body).toMatchObject({ version: changed.body.version, policy: merger, by: 'ada', at: expect.any(Number) })
    await put(door, {})
    expect(await work(agent, producer, said)).toBe('COMPLETED')

    const operator = await openOperator(door, { roles: ['admin'] })
    const entries = (await operator.request('audit')).entries as readonly AuditEntry[]
    const versions = [first.body.version, changed.body.version, first.body.version]
    expect(entries.filter(({ kind }) => kind === 'policyChanged')).toMatchObject([
      { by: 'ada', before: versions[0], version: versions[1] },
      { by: 'ada', before: versions[1], version: versions[2] },
    ])
    expect(entries.filter(({ kind }) => kind === 'held')).toMatchObject([{ policyVersion: versions[1] }])
  })

  test('[PO31] refuses a wrong policy whole, with path and reason, and the one in force stays', async () => {
    const door = await openWorld()
    await put(door, merger)
    const before = await ask(door, 'GET')
    const wrong: readonly [unknown, string, string][] = [
      [{ keywords: ['x'], confidenceThreshold: 2 }, '/confidenceThreshold', '0 to 1'],
      [{ rules: { 'keyword.pasword': 'off' } }, '/rules/keyword.pasword', 'keyword.password'],
      [{ rules: { 'keyword.password': 'off' } }, '/rules/keyword.password', 'seed'],
      [{ queues: { mail: { keywords: [''] } } }, '/queues/mail/keywords/0', 'text'],
    ]
    for (const [policy, path, reason] of wrong) {
      const refused = await put(door, policy)
      expect(refused).toMatchObject({
        status: 400,
        body: { code: 'INVALID', path, reason: expect.stringContaining(reason) },
      })
    }
    expect(await ask(door, 'PUT', { policy: [] })).toMatchObject({ status: 400 })
    expect(await ask(door, 'PUT', { policy: { keywords: ['x'.repeat(400_000)] } })).toMatchObject({ status: 400 })
    expect(await ask(door, 'PUT', { policy: {}, roles: ['operator'] })).toMatchObject({ status: 403 })
    expect(await ask(door, 'GET', { roles: ['producer'] })).toMatchObject({ status: 403 })
    expect((await ask(door, 'GET')).body).toEqual(before.body)
    const operator = await openOperator(door)
    expect(await operator.ask('setPolicy', { policy: '{}' })).toMatchObject({ type: 'error', code: 'FORBIDDEN' })
  })

  test('[PO32] of two admins who began with the same version one is told that it has changed', async () => {
    const door = await openWorld()
    const { body } = await ask(door, 'GET')
    const ifMatch = String(body.version)
    const both = await Promise.all([
      put(door, { samplePercent: 1 }, { ifMatch }),
      put(door, { samplePercent: 2 }, { ifMatch }),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    const [lost] = both.filter(({ status }) => status === 409)
    const now = await ask(door, 'GET')
    expect(lost?.body).toMatchObject({ code: 'CHANGED', version: now.body.version })
    expect(await put(door, { samplePercent: 2 }, { ifMatch: String(now.body.version) })).toMatchObject({ status: 200 })
  })

  test('[PO33 G8] keeps the policies of tenants apart', async () => {
    const door = await openWorld()
    const who = { tenant: 't_other' }
    const agent = await openIdleAgent(door, who)
    const producer = await openProducer(door, who)
    await put(door, merger)
    expect(await work(agent, producer, said)).toBe('COMPLETED')
    expect((await ask(door, 'GET', who)).body).toMatchObject({ policy: {} })
    expect(await ask(door, 'PUT', { policy: {}, tenant: 't_other' })).toMatchObject({ body: { changed: false } })
    await put(door, { queues: { q: { confidenceThreshold: 1 } } }, who)
    expect((await ask(door, 'GET')).body).toMatchObject({ policy: merger })
  })

  test('[PO34 G1] has the policy again after it was killed', async () => {
    const folder = await temporaryFolder()
    const killed = await spawnNode(folder)
    await put(killed, merger)
    await killed.kill()
    const again = await spawnNode(folder)
    const agent = await openIdleAgent(again)
    const producer = await openProducer(again)
    expect(await work(agent, producer, said)).toBe('NEEDS_REVIEW')
    expect((await ask(again, 'GET')).body).toMatchObject({ policy: merger })
  })

  test('[PO39] gives cards the time that it says, and lifts masks no more once it forbids that', async () => {
    const door = await openWorld()
    const agent = await openIdleAgent(door)
    const producer = await openProducer(door)
    const operator = await openOperator(door)
    const hold = async (): Promise<{ reviewId: string; deadline: number; createdAt: number }> => {
      expect(await work(agent, producer, 'the password is xyzzy')).toBe('NEEDS_REVIEW')
      const { cards } = await operator.request('cards')
      const [last] = (cards as { reviewId: string; deadline: number; createdAt: number }[]).slice(-1)
      if (last === undefined) throw new Error('no card')
      return last
    }
    const before = await hold()
    expect(before.deadline - before.createdAt).toBe(4 * 3_600_000)
    await operator.request('reveal', { review: before.reviewId })
    const strict = { reveal: 'off', reviewMs: { high: 60_000 }, queues: { web: { reveal: 'on' } } }
    expect(await put(door, strict)).toMatchObject({ status: 200 })
    expect((await ask(door, 'GET')).body).toMatchObject({ policy: strict })
    const after = await hold()
    expect(after.deadline - after.createdAt).toBe(60_000)
    for (const { reviewId: review } of [before, after]) {
      expect(await operator.ask('reveal', { review })).toMatchObject({
        type: 'error',
        code: 'FORBIDDEN',
        message: expect.stringContaining('queue q'),
      })
    }
    const url = `${door.url}/v1/tenants/t_acme/reviews/${after.reviewId}/reveal`
    const headers = { Authorization: `Bearer ${await tokenOf({ sub: 'ada', roles: ['admin'] })}` }
    expect((await fetch(url, { method: 'POST', headers })).status).toBe(403)
    await put(door, { queues: { q: { reveal: 'on' } }, reveal: 'off' })
    await operator.request('reveal', { review: after.reviewId })
    const wrong = await put(door, { reviewMs: { high: 0 }, reveal: 'on' })
    expect(wrong).toMatchObject({ status: 400, body: { path: '/reviewMs/high' } })
  })

  test('[PO35] backtests a policy on what went by, and changes nothing', async () => {
    const door = await openWorld()
    const agent = await openIdleAgent(door)
    const producer = await openProducer(door)
    const operator = await openOperator(door, { roles: ['admin'] })
    expect(await work(agent, producer, said)).toBe('COMPLETED')
    expect(await work(agent, producer, 'fine')).toBe('COMPLETED')
    for (const status of ['APPROVED', 'REJECTED', 'PENDING']) {
      expect(await work(agent, producer, 'Das Kennwort liegt bei.')).toBe('NEEDS_REVIEW')
      const cards = (await operator.request('cards')).cards as readonly { readonly reviewId: string }[]
      const decision = { review: cards[0]?.reviewId, status, reason: 'because' }
      if (status !== 'PENDING') await operator.request('decide', decision)
    }
    const candidate = { ...merger, words: { german: 'off' } }
    const { status, body } = await ask(door, 'POST', { path: '/backtest', policy: candidate })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      counts: {
        passed: { pass: 1, hold: 1 },
        APPROVED: { pass: 1, hold: 0 },
        REJECTED: { pass: 1, hold: 0 },
        PENDING: { pass: 1, hold: 0 },
      },
      byRule: { 'keyword.merger': 1 },
      isBounded: false,
    })
    const changes = body.changes as readonly { was: string; would: string }[]
    expect(changes.map(({ was, would }) => `${was} ${would}`).sort()).toEqual([
      'APPROVED pass',
      'PENDING pass',
      'REJECTED pass',
      'passed hold',
    ])
    expect((await ask(door, 'POST', { path: '/backtest?limit=1', policy: {} })).body).toMatchObject({ isBounded: true })
    expect(await ask(door, 'POST', { path: '/backtest', policy: { x: 1 } })).toMatchObject({ status: 400 })
    expect(await ask(door, 'POST', { path: '/backtest', policy: {}, roles: ['operator'] })).toMatchObject({
      status: 403,
    })
    expect((await ask(door, 'GET')).body).toMatchObject({ policy: {} })
  })
})

describe('two nodes', () => {
  const cluster = nodesOnRedis()

  /** Answers all that it is given, and keeps when each answer was sent and what came of it. */
  const busyAgent = async (door: Door, sub: string) => {
    const agent = await openIdleAgent(door, { sub, capacity: 4 })
    const answers: { readonly sentAt: number; readonly ackedAt: number; readonly status: string }[] = []
    const run = async (): Promise<void> => {
      for (;;) {
        const task = await agent.task()
        const sentAt = performance.now()
        const ack = await agent.request('result', {
          task: task.id,
          lease: task.lease,
          output: said,
          confidence: 1,
          credits: 1,
        })
        answers.push({ sentAt, ackedAt: performance.now(), status: String(ack.status) })
      }
    }
    const ended = run().catch(() => undefined)
    return { answers, ended, agent }
  }

  test('[PO36 G3] on both, under load, nothing passes from a change’s answer on that it holds, and the other way', {
    timeout: 60_000,
  }, async () => {
    const { first, second } = await cluster.pair()
    const producer = await openProducer(first)
    const doors = [first, second, first, second]
    const agents = await Promise.all(doors.map((door, at) => busyAgent(door, `bot${at}`)))
    const answered = () => agents.reduce((sum, { answers }) => sum + answers.length, 0)
    let submitted = 0
    const feed = async (count: number) => {
      await submit(producer, ...Array.from({ length: count }, () => ({})))
      submitted += count
    }
    /** From `from` until before `to` exactly this is in force. */
    const spans: { readonly from: number; to: number; readonly status: string }[] = []
    for (let round = 0; round < 8; round++) {
      const isHolding = round % 2 === 0
      const last = spans.at(-1)
      const feeding = feed(60)
      if (last !== undefined) last.to = performance.now()
      const reply = await put(
        round % 3 === 0 ? second : first,
        isHolding ? { ...merger, samplePercent: 0, confidenceThreshold: round / 100 } : {},
      )
      expect(reply).toMatchObject({ status: 200, body: { changed: true } })
      spans.push({
        from: performance.now(),
        to: Number.POSITIVE_INFINITY,
        status: isHolding ? 'NEEDS_REVIEW' : 'COMPLETED',
      })
      await feeding
      await feed(20)
      const enough = submitted - 40
      while (answered() < enough) await Promise.race(agents.map(({ agent }) => agent.request('heartbeat', {})))
    }
    while (answered() < submitted) await agents[0]?.agent.request('heartbeat', {})
    const all = agents.flatMap(({ answers }) => answers)
    expect(all).toHaveLength(submitted)
    let judged = 0
    for (const { from, to, status } of spans) {
      const settled = all.filter(({ sentAt, ackedAt }) => sentAt > from && ackedAt < to)
      judged += settled.length
      expect(settled.filter((one) => one.status !== status)).toEqual([])
    }
    expect(judged).toBeGreaterThan(0)
  })

  test('[PO37 G7] a node killed in the middle of a change leaves none that is half: sent again it is in force', {
    timeout: 60_000,
  }, async () => {
    for (const turns of [1, 100]) {
      const { first, second } = await cluster.pair()
      const agent = await openIdleAgent(second)
      const producer = await openProducer(second)
      const unanswered = put(first, merger).catch(() => undefined)
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
      await first.kill()
      await unanswered
      expect(await put(second, merger)).toMatchObject({ status: 200 })
      for (let n = 0; n < 8; n++) expect(await work(agent, producer, said)).toBe('NEEDS_REVIEW')
      await second.kill()
    }
  })
})
