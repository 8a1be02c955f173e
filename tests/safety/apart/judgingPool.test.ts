/** The pool against the built worker, and against workers that fail in each way that a worker can. */
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock, virtualClock } from '../../../src/clock.js'
import { Raw } from '../../../src/protocol/raw.js'
import {
  type AskedApart,
  createJudgingPool,
  type JudgedApart,
  type JudgingPool,
} from '../../../src/safety/apart/judgingPool.js'
import { Turns } from '../../../src/safety/apart/turns.js'
import { createGate, filtersOf } from '../../../src/safety/gate.js'
import { hashOfOutput } from '../../../src/safety/outputHash.js'
import { defaultPolicy } from '../../../src/safety/policy.js'

const pools: JudgingPool[] = []
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()))
})

const rows = (note: string): unknown => ({ rows: Array.from({ length: 2_000 }, (_, i) => ({ id: i, note })) })
const asked = (value: unknown, more: Partial<AskedApart> = {}): AskedApart => ({
  tenant: 't_test',
  queue: 'mail',
  kind: 'result',
  confidence: 0.9,
  document: null,
  drawn: 1,
  deadlineMs: 60_000,
  bytes: Raw.of(value).bytes,
  ...more,
})
const judged = (pool: JudgingPool, what: AskedApart): Promise<JudgedApart> =>
  new Promise((resolve) => pool.judge(what, resolve))

describe('the built worker', () => {
  function built(): JudgingPool {
    const pool = createJudgingPool({ clock: systemClock(), workers: 1 })
    pools.push(pool)
    return pool
  }

  test('[GP1] judges as the node itself would, and tells the hash of what it holds', async () => {
    const pool = built()
    const gate = createGate(
      () => defaultPolicy,
      filtersOf,
      () => 1,
    )
    for (const value of [
      rows('a line as many'),
      rows('my password'),
      { bytes: new Uint8Array(40_000), n: 2n ** 60n },
    ]) {
      const said = { tenant: 't_test', queue: 'mail', kind: 'result', confidence: 0.9, value } as const
      const verdict = gate.judge(said)
      const outputHash = verdict.kind === 'hold' ? hashOfOutput(value) : ''
      await expect(judged(pool, asked(value))).resolves.toEqual({ kind: 'judged', verdict, outputHash })
    }
  })

  test('[GP1] judges by what the policy says of the queue', async () => {
    const pool = built()
    const document = JSON.stringify({ queues: { mail: { keywords: ['wombat'] } } })
    const inQueue = async (queue: string) => {
      const answer = await judged(pool, asked(rows('a wombat'), { document, queue }))
      return answer.kind === 'judged' ? answer.verdict.kind : answer.why
    }
    await expect(inQueue('mail')).resolves.toBe('hold')
    await expect(inQueue('other')).resolves.toBe('pass')
  })

  test('[GP1] holds by a policy that it can’t read, whatever is said', async () => {
    const answer = await judged(built(), asked('fine', { document: '{"confidenceThreshold": 7}' }))
    expect(answer).toMatchObject({ kind: 'judged', verdict: { kind: 'hold', reason: 'GATE_ERROR' } })
  })
})

describe('a worker that fails', () => {
  /** What is left to say after `port` says that it is ready. */
  const entryThat = (onJob: string, atStart = "port.postMessage({ kind: 'ready' })"): URL =>
    new URL(
      `data:text/javascript,${encodeURIComponent(
        `import { parentPort as port } from 'node:worker_threads'; import { hash } from 'node:crypto'
         const answerTo = ({ id, bytes }) => ({ kind: 'judged', id, judgedBytes: hash('sha256', bytes, 'base64'), outputHash: '',
           verdict: { kind: 'pass', policyVersion: 'p' } })
         port.on('message', (job) => { ${onJob} }); ${atStart}`,
      )}`,
    )

  function poolOf(entry: URL, workers = 1) {
    const clock = virtualClock()
    const lost: string[] = []
    let tellLost: () => void = () => {}
    const loss = new Promise<void>((resolve) => {
      tellLost = resolve
    })
    const onLost = (why: string) => {
      lost.push(why)
      tellLost()
    }
    const pool = createJudgingPool({ clock, workers, entry, onLost })
    pools.push(pool)
    return { pool, clock, lost, loss }
  }

  const passes = { kind: 'judged', verdict: { kind: 'pass', policyVersion: 'p' }, outputHash: '' }

  test.each([
    ['dies', 'process.exit(1)', 'the worker ended'],
    ['throws', "throw new Error('out of order')", 'out of order'],
    ['answers with nothing', 'port.postMessage(undefined)', 'no verdict'],
    ['answers with a text', "port.postMessage('pass')", 'no verdict'],
    ['passes in other words', "port.postMessage({ ...answerTo(job), verdict: { kind: 'PASS' } })", 'no verdict'],
    ['names no policy', "port.postMessage({ ...answerTo(job), verdict: { kind: 'pass' } })", 'no verdict'],
    [
      'holds for no reason',
      "port.postMessage({ ...answerTo(job), verdict: { kind: 'hold', policyVersion: 'p', severity: 'high' } })",
      'no verdict',
    ],
    [
      'holds without a hash',
      "port.postMessage({ ...answerTo(job), verdict: { kind: 'hold', policyVersion: 'p', severity: 'high', reason: 'PII', details: '', findings: [] } })",
      'no verdict',
    ],
    ['answers for another job', 'port.postMessage({ ...answerTo(job), id: job.id + 1 })', 'something else'],
    ['answers for other bytes', 'job.bytes[0] ^= 1; port.postMessage(answerTo(job))', 'something else'],
    ['says again that it is ready', "port.postMessage({ kind: 'ready' })", 'out of turn'],
  ])('[GP2 G4] and %s is no verdict, and is replaced', async (_, onJob, why) => {
    const { pool, lost } = poolOf(
      entryThat(`if (job.tenant === 'bad') { ${onJob} } else port.postMessage(answerTo(job))`),
    )
    const answer = await judged(pool, asked('x', { tenant: 'bad' }))
    expect(answer).toEqual({ kind: 'failed', why: expect.stringContaining(why) })
    expect(lost).toHaveLength(1)
    await expect(judged(pool, asked('x'))).resolves.toEqual(passes)
  })

  test('[GP2 G4] and is late is no verdict, however busy it is, and is replaced', async () => {
    const { pool: busy, clock } = poolOf(
      entryThat("if (job.tenant === 'bad') for (;;); port.postMessage(answerTo(job))"),
    )
    // The one before proves that the worker is at work, and the deadline with it.
    await expect(judged(busy, asked('x'))).resolves.toEqual(passes)
    const late = judged(busy, asked('x', { tenant: 'bad', deadlineMs: 1_000 }))
    const next = judged(busy, asked('x'))
    clock.advance(1_000)
    await expect(late).resolves.toEqual({ kind: 'failed', why: 'it took longer than 1000 ms' })
    await expect(next).resolves.toEqual(passes)
  })

  test('[GP2 G4] before it could start is tried again later, and meanwhile nothing is judged', async () => {
    const { pool, clock, loss } = poolOf(entryThat('', "throw new Error('no start')"))
    const waiting = judged(pool, asked('x'))
    await expect(waiting).resolves.toEqual({ kind: 'failed', why: expect.stringContaining('no start') })
    await loss
    await expect(judged(pool, asked('x'))).resolves.toEqual({ kind: 'failed', why: 'no worker could be started' })
    clock.advance(1_000)
    // Another one is on its way, and is waited for.
    await expect(judged(pool, asked('x'))).resolves.toEqual({
      kind: 'failed',
      why: expect.stringContaining('no start'),
    })
  })

  test('[GP2 G4] what can’t be told to a worker is no verdict, and the worker stays', async () => {
    const { pool, lost } = poolOf(entryThat('port.postMessage(answerTo(job))'))
    await expect(judged(pool, asked('x'))).resolves.toEqual(passes)
    const answer = await judged(pool, asked('x', { confidence: () => 1 }))
    expect(answer).toMatchObject({ kind: 'failed' })
    await expect(judged(pool, asked('x'))).resolves.toEqual(passes)
    expect(lost).toEqual([])
  })
})

describe('those who wait', () => {
  type One = { tenant: string; bytes: number; name: string }
  const one = (tenant: string, name: string, bytes = 1): One => ({ tenant, bytes, name })

  test('[GP3] take turns by tenant, each in the order in which they came', () => {
    const turns = new Turns<One>({ ofTenant: 8, inAll: 8, bytes: 8 })
    for (const each of [
      one('a', 'a1'),
      one('a', 'a2'),
      one('a', 'a3'),
      one('b', 'b1'),
      one('c', 'c1'),
      one('b', 'b2'),
    ]) {
      expect(turns.add(each)).toBe(true)
    }
    const order = Array.from({ length: 7 }, () => turns.next()?.name)
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', undefined])
  })

  test('[GP3 G9] are at most so many of a tenant, so many in all, and so many bytes', () => {
    const turns = new Turns<One>({ ofTenant: 2, inAll: 3, bytes: 10 })
    expect(turns.add(one('a', 'a1', 4))).toBe(true)
    expect(turns.add(one('b', 'b1', 7))).toBe(false)
    expect(turns.add(one('a', 'a2'))).toBe(true)
    expect(turns.add(one('a', 'a3'))).toBe(false)
    expect(turns.add(one('b', 'b1'))).toBe(true)
    expect(turns.add(one('c', 'c1'))).toBe(false)
    turns.next()
    expect(turns.add(one('c', 'c1', 8))).toBe(true)
  })

  test('[GP3 G9] one too many is told so at once', async () => {
    const pool = createJudgingPool({ clock: virtualClock(), workers: 1 })
    pools.push(pool)
    const answers = Array.from({ length: 33 }, () => judged(pool, asked('x')))
    await expect(answers[32]).resolves.toEqual({ kind: 'failed', why: 'too many large results wait to be judged' })
    await expect(answers[31]).resolves.toMatchObject({ kind: 'judged' })
  })
})
