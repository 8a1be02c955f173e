/** What an agent's session does with a question: from the frame to the decision, and over each way it can be interrupted. */
import { describe, expect, test } from 'vitest'
import { Raw } from '../../src/protocol/raw.js'
import { decideCard } from '../../src/review/decision.js'
import { cardKey, taskKey } from '../../src/tasks/keys.js'
import { hold, tenant } from '../tasks/world.js'
import { type AgentWorld, joined, leaseMs, result, resumeMs } from './agentSessionWorld.js'

type Held = { readonly task: string; readonly lease: string }

const question = (held: Held, more: Record<string, unknown> = {}) => ({
  type: 'propose',
  ...held,
  key: 'k',
  action: Raw.of({ transfer: 100 }),
  confidence: 0.9,
  ...more,
})

/** Asks what the gate holds: the card. */
const ask = async (world: AgentWorld, held: Held, more: Record<string, unknown> = {}): Promise<string> => {
  world.verdict = hold
  const id = world.say(question(held, more))
  await world.run()
  return String(world.answerTo(id)?.review)
}

const decide = (world: AgentWorld, review: string, status: 'APPROVED' | 'REJECTED' = 'APPROVED', edited?: unknown) =>
  world.tasks.perform(
    decideCard(
      1,
      { tenant, sub: 'ada', roles: ['operator'] },
      { review, status, reason: 'seen', ...(edited === undefined ? {} : { edited: Raw.of(edited) }) },
      { judge: () => ({ kind: 'pass', policyVersion: 'p1' }), hashOf: () => 'h' },
      world.tasks.now,
    ),
  )

const hint = async (world: AgentWorld, { task }: Held) => {
  world.tell({ kind: 'answered', task, turn: 1 })
  await world.run()
}

const decisions = ({ sent }: AgentWorld) => sent.filter(({ type }) => type === 'decision')

const cardOf = async (world: AgentWorld, review: string) => (await world.tasks.ledger.read(0, [cardKey(review)]))[0]

describe('a question', () => {
  test('[PP20] is judged as an action with its confidence, and answered APPROVED where it passes', async () => {
    const world = await joined()
    const held = await world.assign()
    const id = world.say(question(held))
    expect(world.answerTo(id)).toBeUndefined()
    await world.run()
    expect(world.answerTo(id)).toEqual({ type: 'ack', re: id, status: 'APPROVED' })
    expect(world.judged.at(-1)).toMatchObject({ kind: 'action', confidence: 0.9, of: { task: held.task, turn: 1 } })
    expect(decisions(world)).toEqual([])
  })

  test('[PP20 G3] is answered NEEDS_REVIEW and the card where it is held, and the decision follows', async () => {
    const world = await joined()
    const held = await world.assign({ timeoutMs: 60_000 })
    const started = world.tasks.now
    const review = await ask(world, held)
    expect(await cardOf(world, review)).toMatchObject({ kind: 'action', status: 'PENDING', agent: 'crawler' })
    world.tasks.now += 5_000
    await decide(world, review, 'APPROVED', { transfer: 10 })
    await hint(world, held)
    await hint(world, held)
    expect(decisions(world)).toEqual([
      {
        type: 'decision',
        ...held,
        key: 'k',
        review,
        status: 'APPROVED',
        operatorId: 'ada',
        decidedAt: world.tasks.now,
        action: Raw.of({ transfer: 10 }),
        reason: 'seen',
        deadline: started + 65_000,
      },
    ])
  })

  test('[PP20] has its summary judged as a text first', async () => {
    const world = await joined()
    const held = await world.assign()
    world.verdict = {
      ...hold,
      findings: [{ reason: 'SECRET', rule: 's', path: '', start: 4, end: 12, excerpt: '••' }],
    }
    const id = world.say(question(held, { summary: 'use hunter22 to pay' }))
    await world.run()
    expect(world.judged.map(({ kind }) => kind).slice(-2)).toEqual(['text', 'action'])
    const card = await cardOf(world, String(world.answerTo(id)?.review))
    expect(card?.summary).toBe('use •••••• to pay')
  })

  test('[PP21] under no lease of this agent, or one that is on its way to its end, is STALE_LEASE', async () => {
    const world = await joined()
    const held = await world.assign()
    const stale = { type: 'error', code: 'STALE_LEASE' }
    expect(world.answerTo(world.say(question({ ...held, lease: 'none' })))).toMatchObject(stale)
    expect(world.answerTo(world.say(question({ ...held, task: 'none' })))).toMatchObject(stale)
    world.say(result(held))
    expect(world.answerTo(world.say(question(held)))).toMatchObject(stale)
    await world.run()
    const late = world.say({ type: 'decided', ...held, key: 'k' })
    expect(world.answerTo(late)).toMatchObject(stale)
  })

  test('[PP21] by a key of another action is a CONFLICT; too many are INVALID', async () => {
    const world = await joined()
    const held = await world.assign()
    await ask(world, held)
    const other = world.say(question(held, { action: Raw.of('something else') }))
    await world.run()
    expect(world.answerTo(other)).toMatchObject({ type: 'error', code: 'CONFLICT' })
    for (let n = 0; n < 63; n++) world.say(question(held, { key: `k${n}` }))
    const more = world.say(question(held, { key: 'more' }))
    await world.run()
    expect(world.answerTo(more)).toMatchObject({ type: 'error', code: 'INVALID' })
  })

  test('[PP22] is judged anew where the policy has changed meanwhile, and held after the third time', async () => {
    const world = await joined()
    const held = await world.assign()
    world.edition = 3
    const put = { kind: 'put', record: `policy/${tenant}`, fields: { edition: 9 } } as const
    await world.tasks.ledger.commit(0, 'other', 1, [{ guards: [], writes: [put] }])
    const id = world.say(question(held))
    await world.run()
    expect(
      world.asked.filter(({ spoken }) => spoken.kind === 'action').map(({ after, isHeld }) => after ?? isHeld),
    ).toEqual([undefined, 3, 3, true])
    expect(world.answerTo(id)).toMatchObject({ status: 'NEEDS_REVIEW' })
  })

  test('[PP22] is OVERLOADED while the ledger is away, and asked once when it is sent again', async () => {
    const world = await joined()
    const held = await world.assign()
    world.verdict = hold
    const lost = world.say(question(held))
    world.failRuns()
    expect(world.answerTo(lost)).toMatchObject({ type: 'error', code: 'OVERLOADED' })
    await ask(world, held)
    await ask(world, held)
    expect((await world.tasks.task(held.task)).asked).toBe(1)
  })
})

describe('while people think', () => {
  test('[PP23] the clock stands, and the lease lives on heartbeats alone', async () => {
    const world = await joined()
    const held = await world.assign({ timeoutMs: 20_000 })
    const review = await ask(world, held)
    for (let beat = 0; beat < 20; beat++) {
      world.tasks.now += 5_000
      world.say({ type: 'heartbeat' })
      world.wake('leases')
      await world.run()
    }
    expect(world.held).toBe(1)
    await decide(world, review)
    await hint(world, held)
    for (let beat = 0; beat < 5; beat++) {
      world.tasks.now += 5_000
      world.say({ type: 'heartbeat' })
      world.wake('leases')
      await world.run()
    }
    expect(world.held).toBe(0)
    const cancel = world.sent.find(({ type }) => type === 'cancel')
    expect(cancel).toMatchObject({ ...held, reason: expect.stringContaining('time limit') })
  })

  test('[PP23] a silent agent loses its lease, and the question is withdrawn', async () => {
    const world = await joined()
    const review = await ask(world, await world.assign())
    world.tasks.now += leaseMs
    world.wake('leases')
    await world.run()
    expect(world.held).toBe(0)
    expect(await cardOf(world, review)).toMatchObject({ status: 'WITHDRAWN' })
  })

  test('[PP24] a decision whose hint was lost is found by the next look', async () => {
    const world = await joined()
    const held = await world.assign()
    const review = await ask(world, held)
    await decide(world, review)
    expect(decisions(world)).toEqual([])
    world.say({ type: 'heartbeat' })
    world.wake('answers')
    await world.run()
    expect(decisions(world)).toMatchObject([{ key: 'k', status: 'APPROVED' }])
    expect(world.wakes.has('answers')).toBe(true)
    world.wake('answers')
    expect(world.runs).toEqual([])
    expect(world.wakes.has('answers')).toBe(false)
  })

  test('[PP24] looks go on while the ledger is away, and end with the connection', async () => {
    const world = await joined()
    const held = await world.assign()
    await decide(world, await ask(world, held))
    world.wake('answers')
    world.failRuns()
    world.wake('answers')
    await world.run()
    expect(decisions(world)).toHaveLength(1)
    await ask(world, held, { key: 'other' })
    world.tell({ kind: 'lost' })
    world.wake('answers')
    expect(world.runs).toEqual([])
  })

  test('[PP25] an ending takes what is open with it', async () => {
    const world = await joined()
    const held = await world.assign()
    const review = await ask(world, held)
    const id = world.say({ type: 'release', ...held })
    await world.run()
    expect(world.answerTo(id)).toMatchObject({ status: 'SCHEDULED' })
    expect(await cardOf(world, review)).toMatchObject({ status: 'WITHDRAWN' })
  })

  test('[PP25] an ending that overtakes its question leaves none open', async () => {
    const world = await joined()
    const held = await world.assign()
    world.verdict = hold
    const asked = world.say(question(held))
    const ended = world.say({ type: 'release', ...held })
    world.runs.reverse()
    await world.run()
    expect(world.answerTo(ended)).toMatchObject({ status: 'SCHEDULED' })
    expect(world.answerTo(asked)).toMatchObject({ type: 'error', code: 'STALE_LEASE' })
    expect((await world.tasks.task(held.task)).asked).toBeUndefined()
  })
})

test('[PP25] a lease that a join left behind goes back with what was asked under it', async () => {
  const world = await joined()
  const held = await world.assign()
  const review = await ask(world, held)
  const next = await joined({}, world.tasks)
  const { state } = next.session
  const connection = 'work' in state ? state.work.connection : 0
  const record = taskKey(held.task)
  const put = { kind: 'put', record, fields: { agentConnection: connection } } as const
  await world.tasks.ledger.commit(0, 'a join', 1, [{ guards: [], writes: [put] }])
  const task = await world.tasks.task(held.task)
  const place = { shard: 0, lane: `${tenant}/mail/normal`, entry: task.entry ?? '' }
  next.tell({ kind: 'doYouHold', claimed: { kind: 'assigned', ...place, task, until: 0 } })
  await next.run()
  expect(await world.tasks.task(held.task)).toMatchObject({ status: 'SCHEDULED' })
  expect(await cardOf(world, review)).toMatchObject({ status: 'WITHDRAWN' })
})

describe('an agent that comes back', () => {
  /** The same agent on its next connection, to the same ledger. */
  const comeBack = async (world: AgentWorld, { task, lease }: Held) => {
    const next = await joined({ holding: [{ task, lease }], session: 'none' }, world.tasks)
    expect(next.sent.find(({ type }) => type === 'welcome')).toMatchObject({ resumed: [lease] })
    return next
  }

  test('[PP26] is told what was decided meanwhile, on each connection until it has heard it', async () => {
    const world = await joined()
    const held = await world.assign({ timeoutMs: 60_000 })
    const review = await ask(world, held)
    world.tell({ kind: 'lost' })
    await decide(world, review, 'REJECTED')
    let back = world
    for (let connection = 0; connection < 3; connection++) {
      back = await comeBack(back, held)
      expect(decisions(back)).toMatchObject([{ ...held, key: 'k', review, status: 'REJECTED', reason: 'seen' }])
    }
    const heard = back.say({ type: 'decided', ...held, key: 'k' })
    await back.run()
    expect(back.answerTo(heard)).toEqual({ type: 'ack', re: heard })
    back = await comeBack(back, held)
    expect(decisions(back)).toEqual([])
    // It asks again, as one would whose process died over the answer.
    expect(await ask(back, held)).toBe(review)
    expect(decisions(back)).toMatchObject([{ key: 'k', status: 'REJECTED' }])
  })

  test('[PP26] finds its question open, its clock standing, and is told once it is decided', async () => {
    const world = await joined()
    const held = await world.assign({ timeoutMs: 60_000 })
    const review = await ask(world, held)
    world.tell({ kind: 'lost' })
    const back = await comeBack(world, held)
    back.tasks.now += 600_000
    back.say({ type: 'heartbeat' })
    back.wake('leases')
    await back.run()
    expect(back.held).toBe(1)
    await decide(back, review)
    await hint(back, held)
    expect(decisions(back)).toMatchObject([{ status: 'APPROVED', deadline: expect.any(Number) }])
    expect(back.say({ type: 'decided', ...held, key: 'none' })).toBeGreaterThan(0)
    await back.run()
    expect(back.sent.at(-1)).toMatchObject({ type: 'error', code: 'INVALID' })
  })

  test('[PP26] not in time loses its lease with what it asked', async () => {
    const world = await joined()
    const review = await ask(world, await world.assign())
    world.tell({ kind: 'lost' })
    world.tasks.now += resumeMs
    world.wake('resume')
    await world.run()
    expect(await cardOf(world, review)).toMatchObject({ status: 'WITHDRAWN' })
  })
})
