/** An agent asks before it acts: what is kept of it, who may ask, and how a question ends. */
import { describe, expect, test } from 'vitest'
import { Raw } from '../../src/protocol/raw.js'
import { cardDesk } from '../../src/review/cardDesk.js'
import { settleCards } from '../../src/review/cardDue.js'
import { type Decision, decideCard } from '../../src/review/decision.js'
import { holdResult, type Lease, loseAttempt, orphanOrder, releaseLease } from '../../src/tasks/attempt.js'
import { cancelTask } from '../../src/tasks/cancellation.js'
import type { HeldWord } from '../../src/tasks/desk.js'
import { settleDue } from '../../src/tasks/due.js'
import { answerHint, cardKey, partsOfAnswer, policyKey, taskOfReview } from '../../src/tasks/keys.js'
import { commit } from '../../src/tasks/procedure.js'
import { noteHeard, proposeAction, type Question, readAnswers } from '../../src/tasks/proposal.js'
import { deadlineOf, mostProposals, proposalsOf } from '../../src/tasks/proposals.js'
import { dropOld } from '../../src/tasks/retention.js'
import { expectBooksBalance } from './books.js'
import { failAttempt, heldWord, hold, noon, output, passedFor, passResult, sub, tenant, World } from './world.js'

const ada = { tenant, sub: 'ada', roles: ['operator'] }
const judge = { judge: () => ({ kind: 'pass', policyVersion: 'p1' }) as const, hashOf: () => 'h' }
const error = { code: 'E', message: 'no' }

const action = Raw.of({ transfer: 100 }).bytes

const passing = (lease: Lease, key = 'k', digest = 'd'): Question => ({
  key,
  digest,
  action,
  passed: passedFor(lease, action),
})

const held = (lease: Lease, key = 'k', more: Partial<HeldWord> = {}): Question => ({
  key,
  digest: 'd',
  word: { ...heldWord(lease), kind: 'action', value: action, ...more },
})

/** Something may have been asked under the lease, as its session knows. */
const asking = (world: World, lease: Lease): Lease => ({
  ...lease,
  asks: { cards: world.desk.cards, known: undefined },
})

const running = async (asked: object = {}, world = new World()) => {
  const id = await world.submitOne(asked)
  const lease = asking(world, await world.take())
  const propose = (question: Question, from = lease) =>
    world.perform(proposeAction(world.desk, from, question, world.now))
  /** A question that is open: its card. */
  const ask = async (key = 'k') => {
    const reply = await propose(held(lease, key))
    if (reply.kind !== 'asked' || reply.proposal.review === undefined) throw new Error(`not open: ${reply.kind}`)
    return reply.proposal.review
  }
  const decide = (review: string, decision: Partial<Decision> = {}) =>
    world.perform(decideCard(1, ada, { review, status: 'APPROVED', ...decision }, judge, world.now))
  const card = async (review: string) => (await world.ledger.read(0, [cardKey(review)]))[0]
  const answers = async (again?: string) => {
    const reply = await world.perform(readAnswers(world.desk, lease, again))
    return reply.kind === 'read' ? reply.answers.map(({ proposal, answer }) => ({ key: proposal.key, ...answer })) : []
  }
  return { world, id, lease, propose, ask, decide, card, answers }
}

describe('an action that the gate lets pass', () => {
  test('[PP1] is answered APPROVED, kept with its task, and again the same when it is sent again', async () => {
    const { world, id, lease, propose } = await running()
    expect(await propose(passing(lease))).toMatchObject({ kind: 'asked', proposal: { key: 'k' } })
    const before = await world.record(id)
    expect(proposalsOf(await world.task(id)).made).toEqual([{ key: 'k', digest: 'd' }])
    expect(await propose(held(lease))).toMatchObject({ kind: 'asked', proposal: { key: 'k' } })
    expect(await world.record(id)).toEqual(before)
    expect(await world.audit()).toEqual([])
    expectBooksBalance(world)
  })

  test('[PP1 G3] is one that passed, and no other', async () => {
    const { lease, propose } = await running()
    const other = passedFor(lease, Raw.of('something else').bytes)
    await expect(propose({ key: 'k', digest: 'd', action, passed: other })).rejects.toThrow('other bytes')
  })

  test('[PP2] by a policy that is no longer in force is not done', async () => {
    const { world, id, lease, propose } = await running()
    await world.perform(
      commit({
        shard: 0,
        tenant,
        drains: true,
        transaction: { guards: [], writes: [{ kind: 'put', record: policyKey(tenant), fields: { edition: 1 } }] },
      }),
    )
    expect(await propose(passing(lease))).toEqual({ kind: 'policyChanged' })
    expect((await world.task(id)).proposals).toBeUndefined()
  })
})

describe('an action that the gate holds', () => {
  test('[PP3 G6] is a card of its own with one audit entry, and its task runs on', async () => {
    const { world, id, ask, card } = await running()
    const review = await ask()
    expect(taskOfReview(review)).toBe(id)
    expect(await card(review)).toMatchObject({ kind: 'action', status: 'PENDING', output: action, turn: 1 })
    expect(await world.task(id)).toMatchObject({ status: 'RUNNING', asked: 1 })
    expect(await world.audit()).toMatchObject([{ kind: 'held', task: id, review }])
    expect(await world.outcomes()).toEqual([])
    expectBooksBalance(world)
  })

  test('[PP3] shows what the agent says it is for, secrets masked', async () => {
    const { lease, propose, card } = await running()
    const text = 'pay with sk_live_1234567890'
    const finding = { reason: 'SECRET', rule: 'secret.key', path: '', start: 9, end: 27, excerpt: '••' } as const
    await propose(held(lease, 'a', { summary: { text, findings: [finding] } }))
    await propose(held(lease, 'b', { summary: { text: 'to pay the bill', findings: [] } }))
    const at = (n: number) => card(`a_${lease.task.id}_${n}`)
    expect((await at(1))?.summary).toBe('pay with ••••••')
    expect((await at(2))?.summary).toBe('to pay the bill')
  })

  test('[PP4] is answered by its key like the first time; another action by the key is a conflict', async () => {
    const { world, id, lease, propose, ask } = await running()
    const review = await ask()
    const before = await world.record(id)
    expect(await propose(held(lease))).toMatchObject({ kind: 'asked', proposal: { review, isOpen: true } })
    expect(await propose(passing(lease))).toMatchObject({ kind: 'asked', proposal: { review, isOpen: true } })
    expect(await propose({ ...held(lease), digest: 'another' })).toEqual({ kind: 'conflict' })
    expect(await propose(passing(lease, 'k', 'another'))).toEqual({ kind: 'conflict' })
    expect(await world.record(id)).toEqual(before)
    expect(await world.audit()).toHaveLength(1)
  })

  test('[PP4] of ten under way at once by one key is asked once; by forty keys forty times', async () => {
    const { world, id, lease, propose } = await running()
    const same = await Promise.all(Array.from({ length: 10 }, () => propose(held(lease))))
    expect(new Set(same.map((reply) => reply.kind === 'asked' && reply.proposal.review)).size).toBe(1)
    const keys = Array.from({ length: 40 }, (_, n) => `k${n}`)
    await Promise.all(keys.map((key) => propose(held(lease, key))))
    expect(proposalsOf(await world.task(id)).made.map(({ key }) => key)).toEqual(['k', ...keys])
    expect(await world.audit()).toHaveLength(41)
    expectBooksBalance(world)
  })

  test('[PP5 G9] is not asked once the attempt has asked so many', async () => {
    const { world, id, lease, propose } = await running()
    for (let n = 0; n < mostProposals; n++) await propose(n % 2 === 0 ? passing(lease, `${n}`) : held(lease, `${n}`))
    expect(await propose(held(lease, 'more'))).toEqual({ kind: 'tooMany' })
    expect(await propose(held(lease, '1'))).toMatchObject({ kind: 'asked' })
    expect((await world.task(id)).asked).toBe(mostProposals / 2)
  })

  test('[PP5 G9] adds to the ledger: one that is full is OVERLOADED, and takes it later', async () => {
    const { world, lease, propose } = await running()
    world.isFullFor = ({ drains }) => !drains
    expect(await propose(held(lease))).toEqual({ kind: 'overloaded', retryAfterMs: 250 })
    world.isFullFor = () => false
    expect(await propose(held(lease))).toMatchObject({ kind: 'asked' })
  })

  test('[PP6 G2] is nothing that a lost lease can ask', async () => {
    const { world, id, lease, propose } = await running()
    expect(await propose(held(lease), { ...lease, connection: 0 })).toEqual({ kind: 'stale' })
    await world.perform(releaseLease(lease, 'release', noon))
    expect(await propose(held(lease))).toEqual({ kind: 'stale' })
    expect((await world.task(id)).asked).toBeUndefined()
    expect(await world.audit()).toEqual([])
  })
})

describe('a decision', () => {
  test('[PP7 G5] reaches the agent with who, when and why, and the task runs on', async () => {
    const { world, id, ask, decide, answers } = await running()
    const [yes, no, other] = [await ask('yes'), await ask('no'), await ask('other')]
    world.now += 60_000
    await decide(yes, { reason: 'fine' })
    await decide(no, { status: 'REJECTED', reason: 'too much', reasonCode: 'LIMIT' })
    await decide(other, { edited: Raw.of({ transfer: 10 }) })
    const who = { operator: 'ada', at: world.now }
    expect(await answers()).toEqual([
      { key: 'yes', status: 'APPROVED', ...who, reason: 'fine' },
      { key: 'no', status: 'REJECTED', ...who, reason: 'too much', reasonCode: 'LIMIT' },
      { key: 'other', status: 'APPROVED', ...who, action: Raw.of({ transfer: 10 }).bytes },
    ])
    expect((await world.task(id)).status).toBe('RUNNING')
    expect(await world.outcomes()).toEqual([])
    expect((await world.audit()).map(({ kind }) => kind)).toEqual([
      ...Array(3).fill('held'),
      ...Array(3).fill('decided'),
    ])
    expectBooksBalance(world)
  })

  test('[PP7] hints at the agent, by a name that may have an instance', async () => {
    const { world, id, ask, decide } = await running()
    const hints: string[] = []
    world.ledger.onHint((_shard, hint) => hints.push(hint))
    await decide(await ask())
    const about = { task: id, turn: 1, tenant, agent: 'crawler' }
    expect(hints.map(partsOfAnswer).filter((parts) => parts !== null)).toEqual([about])
    expect(partsOfAnswer(answerHint({ ...about, agent: 'bot/7' }))).toEqual({ ...about, agent: 'bot/7' })
    expect(partsOfAnswer('stop/a/1/t_a/b')).toBeNull()
  })

  test('[PP8] that nobody takes in time is EXPIRED: told to the agent, whose task runs on', async () => {
    const world = new World()
    const cards = cardDesk({ high: 1_000, normal: 1_000, low: 1_000 })
    const { id, lease, answers } = await running({}, Object.assign(world, { desk: { ...world.desk, cards } }))
    await world.perform(proposeAction(world.desk, lease, held(lease), noon))
    for (const at of [500, 750, 1_000]) {
      world.now = noon + at
      await world.perform(settleCards({ shard: 0, epoch: 0 }))
    }
    expect(await answers()).toEqual([
      { key: 'k', status: 'EXPIRED', at: noon + 1_000, reason: 'nobody decided in time' },
    ])
    expect(await world.task(id)).toMatchObject({ status: 'RUNNING' })
    expect((await world.task(id)).rejection).toBeUndefined()
    expectBooksBalance(world)
  })

  test('[PP9] is told until the agent has heard it, and once more to who asks again', async () => {
    const { world, lease, ask, decide, answers } = await running()
    const hear = (key: string) => world.perform(noteHeard(lease, key, world.now))
    const review = await ask()
    expect(await hear('k')).toEqual({ kind: 'undecided' })
    expect(await hear('nothing')).toEqual({ kind: 'undecided' })
    await decide(review)
    expect(await answers()).toHaveLength(1)
    expect(await hear('k')).toMatchObject({ kind: 'done' })
    expect(await hear('k')).toMatchObject({ kind: 'done' })
    expect(await answers()).toEqual([])
    expect(await answers('k')).toMatchObject([{ key: 'k', status: 'APPROVED' }])
    expect(await world.perform(noteHeard({ ...lease, connection: 0 }, 'k', noon))).toEqual({ kind: 'stale' })
  })

  test('[PP10] lets the clock go on, which stands while any question is open', async () => {
    const { world, id, ask, decide } = await running({ timeoutMs: 10_000 })
    const deadline = async () => {
      const task = await world.task(id)
      return deadlineOf(task, proposalsOf(task), world.now) - noon
    }
    world.now = noon + 1_000
    const first = await ask('first')
    world.now = noon + 5_000
    const second = await ask('second')
    expect(await deadline()).toBe(14_000)
    world.now = noon + 50_000
    await decide(first)
    expect(await deadline()).toBe(59_000)
    world.now = noon + 61_000
    await decide(second)
    expect(await deadline()).toBe(70_000)
    world.now += 5_000
    expect(await deadline()).toBe(70_000)
    expect(proposalsOf(await world.task(id)).since).toBeUndefined()
  })
})

describe('the end of the lease', () => {
  type Running = Awaited<ReturnType<typeof running>>
  const ends: Readonly<Record<string, (at: Running) => Promise<unknown>>> = {
    'a result': ({ world, lease }) => world.perform(passResult(lease, output(), world.now)),
    'a held result': ({ world, lease }) =>
      world.perform(holdResult(world.desk, lease, { ...heldWord(lease), verdict: hold }, world.now)),
    'a failure': ({ world, lease }) => world.perform(failAttempt(world.desk, lease, { error, retry: true }, world.now)),
    'a release': ({ world, lease }) => world.perform(releaseLease(lease, 'release', world.now)),
    'a loss': ({ world, lease }) => world.perform(loseAttempt(world.desk, lease, error, world.now)),
    'a cancel': ({ world, id }) => world.perform(cancelTask(world.desk, { tenant, sub, ownOnly: true }, id, undefined)),
    'the death of its node': async ({ world, id, lease }) =>
      world.perform(commit(orphanOrder(world.desk, lease.place, world.desk.holder, await world.task(id), world.now))),
  }

  test.each(Object.keys(ends))('[PP11 G6] by %s withdraws what is open, and nothing that was decided', async (end) => {
    const at = await running()
    const { world, id, lease, ask, decide, card, propose } = at
    const [decided, open] = [await ask('decided'), await ask('open')]
    await propose(passing(lease, 'passed'))
    await decide(decided)
    await ends[end]?.(at)
    const task = await world.task(id)
    expect(task.status).not.toBe('RUNNING')
    expect(task.proposals).toBeUndefined()
    expect(await card(decided)).toMatchObject({ status: 'APPROVED' })
    expect(await card(open)).toMatchObject({ status: 'WITHDRAWN' })
    expect((await world.audit()).filter(({ kind }) => kind === 'withdrawn')).toMatchObject([{ review: open }])
    expect(await decide(open)).toMatchObject({ kind: 'alreadyDecided' })
    expectBooksBalance(world)
  })

  test('[PP11 G5] and a decision at once: one wins, and the card says which', async () => {
    const seen = new Set<string>()
    for (let delay = 0; delay < 8; delay++) {
      const { world, lease, ask, card } = await running()
      const review = await ask()
      const decision = world.begin(decideCard(1, ada, { review, status: 'APPROVED' }, judge, world.now))
      let step = await decision.step()
      for (let i = 0; i < delay && !step.isDone; i++) step = await decision.step()
      expect(await world.perform(passResult(lease, output(), world.now))).toMatchObject({ status: 'COMPLETED' })
      while (!step.isDone) step = await decision.step()
      const status = String((await card(review))?.status)
      seen.add(status)
      expect(step.result.kind).toBe(status === 'APPROVED' ? 'decided' : 'alreadyDecided')
      expectBooksBalance(world)
    }
    expect([...seen].sort()).toEqual(['APPROVED', 'WITHDRAWN'])
  })

  test('[PP11] and a question at once: none is left open', async () => {
    for (let delay = 0; delay < 6; delay++) {
      const { world, id, lease } = await running()
      const question = world.begin(proposeAction(world.desk, lease, held(lease), world.now))
      for (let i = 0; i < delay; i++) if ((await question.step()).isDone) break
      await world.perform(passResult(lease, output(), world.now))
      for (let step = await question.step(); !step.isDone; ) step = await question.step()
      const { status, asked } = await world.task(id)
      expect(status).toBe('COMPLETED')
      const [card] = asked === undefined ? [] : await world.ledger.read(0, [cardKey(`a_${id}_1`)])
      expect(card?.status ?? 'WITHDRAWN').toBe('WITHDRAWN')
      expectBooksBalance(world)
    }
  })

  test('[PP12] leaves the next attempt to ask anew, by the same keys; its cards go with the task', async () => {
    const { world, id, ask } = await running({ maxAttempts: 2 })
    const first = await ask()
    const task = await world.task(id)
    const lost = { place: { shard: 0, turn: 1, entry: task.entry ?? '', task: id, lane: `${tenant}/mail/normal` } }
    await world.perform(
      loseAttempt(world.desk, asking(world, { ...lost, task, agent: 'crawler', connection: 1 }), error, noon),
    )
    world.now += 60_000

    await world.perform(settleDue({ shard: 0, epoch: 0 }))
    const again = asking(world, await world.take())
    const reply = await world.perform(proposeAction(world.desk, again, held(again), world.now))
    expect(reply).toMatchObject({ kind: 'asked', proposal: { key: 'k', isOpen: true } })
    const second = reply.kind === 'asked' ? (reply.proposal.review ?? '') : ''
    expect(second).not.toBe(first)
    await world.perform(passResult(again, output(), world.now))
    world.now += 1_000_000
    const keep = { taskRetentionMs: 1, auditRetentionMs: 1e9, absentRetentionMs: 1e9 }
    await world.perform(dropOld(world.desk, { shard: 0, epoch: 0 }, keep, world.now))
    expect(await world.record(id)).toBeNull()
    expect(await world.ledger.read(0, [cardKey(first), cardKey(second)])).toEqual([null, null])
    expectBooksBalance(world)
  })
})
