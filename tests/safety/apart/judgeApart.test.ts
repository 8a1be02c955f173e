/** Large results on their way to a worker and back. */
import { afterEach, describe, expect, test } from 'vitest'
import type { Judgement, Spoken } from '../../../src/actors/effects.js'
import type { KnownPolicy } from '../../../src/actors/policyWatch.js'
import { systemClock } from '../../../src/clock.js'
import { createJudgeApart } from '../../../src/main/judgeApart.js'
import { createJudging, type JudgingParts } from '../../../src/main/judging.js'
import { policyIn, policyOfQueue } from '../../../src/main/policies.js'
import { Raw } from '../../../src/protocol/raw.js'
import { createJudgingPool, type JudgingPool } from '../../../src/safety/apart/judgingPool.js'
import { createGate } from '../../../src/safety/gate.js'
import { hashOfOutput } from '../../../src/safety/outputHash.js'
import { demandPassed, NotPassed } from '../../../src/tasks/passed.js'
import type { Verdict } from '../../../src/tasks/verdict.js'

const known = (says: unknown = {}): KnownPolicy => {
  const document = JSON.stringify(says)
  return { stored: { edition: 3, document }, policy: policyIn(document), at: 0, generation: 'g' }
}
const origin = { tenant: 't_test', queue: 'mail' }
const spokenOf = (value: unknown): Spoken => ({
  ...origin,
  kind: 'result',
  confidence: 0.9,
  of: { task: 'a', turn: 1 },
  raw: Raw.of(value),
})
const large = (note: string): unknown => Array.from({ length: 6_000 }, (_, i) => `${note} ${i % 7}`)

const ended: JudgingPool[] = []
afterEach(async () => {
  await Promise.all(ended.splice(0).map((pool) => pool.close()))
})

/** What was judged, and where. */
function desk(policy: KnownPolicy, pool: JudgingPool = createJudgingPool({ clock: systemClock(), workers: 1 })) {
  ended.push(pool)
  const apart: string[] = []
  const noted = (verdict: Verdict) => apart.push(verdict.kind)
  const gate = createGate(({ queue }) => policyOfQueue(policy, queue))
  const parts: JudgingParts = {
    judge: (said) => gate.judge(said),
    hashOf: hashOfOutput,
    known: () => policy,
    learn: () => Promise.reject(new Error('nothing is to be learned')),
    now: () => 0,
    apart: createJudgeApart(
      pool,
      () => 1,
      () => 0,
      noted,
    ),
  }
  const judging = createJudging(parts)
  const judge = (spoken: Spoken, more: { isHeld?: boolean } = {}) =>
    new Promise<Judgement>((resolve) => judging({ spoken, ...more }, resolve))
  return { judge, apart }
}

describe('a large result', () => {
  test('[GP1] is judged by a worker, a small one at once', async () => {
    const { judge, apart } = desk(known())
    expect((await judge(spokenOf('fine'))).verdict.kind).toBe('pass')
    expect(apart).toEqual([])
    expect((await judge(spokenOf(large('fine')))).verdict.kind).toBe('pass')
    expect((await judge(spokenOf(large('my password')))).verdict).toMatchObject({ reason: 'SENSITIVE_KEYWORD' })
    expect(apart).toEqual(['pass', 'hold'])
  })

  test('[GP1] is what the policy says', async () => {
    const { judge, apart } = desk(known({ limits: { inlineBytes: 4 }, queues: { mail: { keywords: ['wombat'] } } }))
    expect((await judge(spokenOf('wombat'))).verdict).toMatchObject({ kind: 'hold' })
    expect((await judge({ ...spokenOf('wombat'), queue: 'other' })).verdict).toMatchObject({ kind: 'pass' })
    expect(apart).toEqual(['hold', 'pass'])
  })

  test('[GP5 G3] that passes is released as the bytes that were judged, by the policy of then', async () => {
    const { judge } = desk(known())
    const spoken = spokenOf(large('fine'))
    const { passed, edition } = await judge(spoken)
    if (passed === null) throw new Error('it was held')
    expect(edition).toBe(3)
    expect(() => demandPassed(passed, spoken.raw.bytes, origin)).not.toThrow()
    expect(() => demandPassed(passed, Raw.of(large('other')).bytes, origin)).toThrow(NotPassed)
    expect(() => demandPassed(passed, spoken.raw.bytes, { ...origin, queue: 'other' })).toThrow(NotPassed)
  })

  test('[GP5 G3] that is held has the hash of its output', async () => {
    const value = large('my password')
    expect(await desk(known()).judge(spokenOf(value))).toMatchObject({ passed: null, hash: hashOfOutput(value) })
  })

  test('[GP5] that passes by a policy that changes all the time is held', async () => {
    const judgement = await desk(known()).judge(spokenOf(large('fine')), { isHeld: true })
    expect(judgement).toMatchObject({ verdict: { kind: 'hold', reason: 'GATE_ERROR' }, passed: null })
    expect(judgement.hash).toBe(hashOfOutput(large('fine')))
  })

  test('[GP2 G4] without a verdict is held for that reason, as severely as the policy has it', async () => {
    const policy = known({ severities: { GATE_ERROR: 'low' }, approvals: { low: 2 } })
    const entry = new URL(
      `data:text/javascript,${encodeURIComponent(
        `import { parentPort } from 'node:worker_threads'
         parentPort.on('message', () => process.exit(1)); parentPort.postMessage({ kind: 'ready' })`,
      )}`,
    )
    const dying = createJudgingPool({ clock: systemClock(), workers: 1, entry })
    const judgement = await desk(policy, dying).judge(spokenOf(large('fine')))
    expect(judgement).toMatchObject({ passed: null, hash: hashOfOutput(large('fine')) })
    expect(judgement.verdict).toMatchObject({
      kind: 'hold',
      reason: 'GATE_ERROR',
      severity: 'low',
      approvalsRequired: 2,
      details: 'Held: it could not be judged (worker: the worker ended).',
    })
  })

  test('[GP3] is told nothing by a pool that was closed', async () => {
    const pool = createJudgingPool({ clock: systemClock(), workers: 2 })
    const answers: unknown[] = []
    const asked = {
      ...origin,
      kind: 'text',
      document: null,
      drawn: 1,
      deadlineMs: 1,
      bytes: Raw.of('x').bytes,
    } as const
    pool.judge(asked, (answer) => answers.push(answer))
    await pool.close()
    pool.judge(asked, (answer) => answers.push(answer))
    await pool.close()
    expect(answers).toEqual([])
  })
})
