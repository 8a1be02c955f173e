import { describe, expect, it } from 'vitest'
import { Raw } from '../../src/protocol/raw.js'
import type { ReviewCard } from '../../src/protocol/records.js'
import { cardRequests } from '../../src/review/cardRequests.js'
import { claimCard } from '../../src/review/claim.js'
import { type Decision, decideCard, type Judge } from '../../src/review/decision.js'
import { shownCard } from '../../src/review/shownCard.js'
import type { Call } from '../../src/tasks/procedure.js'
import { aFinding, aHeldWord, hashOf, noon, said, tenant } from './fixtures.js'
import { openWorld, passing, revealing, type World } from './world.js'

const person = (sub: string) => ({ tenant, sub })
const [ada, bob, cleo] = [person('ada'), person('bob'), person('cleo')]

const decide = (world: World, review: string, by: typeof ada, decision: Partial<Decision> = {}, judge = passing) =>
  decideCard(world.desk.shards, by, { review, status: 'APPROVED', ...decision }, judge, world.now)

const held = (world: World, approvalsRequired = 2) => world.hold({}, { verdict: { approvalsRequired } })

const taskOf = (review: string) => review.slice(2, review.lastIndexOf('_'))

const isCommit = ({ kind }: Call) => kind === 'commit'

const edited = Raw.of('rewritten')

const approvalsOf = async (world: World, review: string): Promise<unknown> => {
  const { approvals = '[]' } = await world.card(review)
  return (JSON.parse(String(approvals)) as readonly { readonly by: string }[]).map(({ by }) => by)
}

describe('a card that several have to approve', () => {
  it('[RV30] waits with each approval, on record, until enough people have given theirs', async () => {
    const world = await openWorld()
    const review = await held(world, 3)
    for (const by of [ada, bob]) {
      const reply = await world.perform(decide(world, review, by))
      expect(reply).toMatchObject({ kind: 'decided', card: { standing: { status: 'PENDING' } } })
      expect((await world.task(taskOf(review))).status).toBe('NEEDS_REVIEW')
    }
    const last = await world.perform(decide(world, review, cleo))
    expect(last).toMatchObject({
      kind: 'decided',
      card: { version: 4, standing: { status: 'APPROVED', operator: 'cleo' } },
    })
    expect(await approvalsOf(world, review)).toEqual(['ada', 'bob', 'cleo'])
    expect(said((await world.task(taskOf(review))).output)).toEqual(said(aHeldWord().value))
    const entries = (await world.audit()).slice(1)
    expect(entries.map(({ kind, by, approvals }) => [kind, by, approvals])).toEqual([
      ['approved', 'ada', 1],
      ['approved', 'bob', 2],
      ['decided', 'cleo', 3],
    ])
  })

  it('[RV31] is approved by nobody twice: the same one again is answered like the first', async () => {
    const world = await openWorld()
    const review = await held(world)
    await world.perform(decide(world, review, ada))
    await world.perform(claimCard(world.desk.shards, bob, { review }, 60_000, noon))
    expect(await world.perform(decide(world, review, ada))).toMatchObject({
      kind: 'decided',
      card: { standing: { status: 'PENDING', approvals: [{ by: 'ada' }] } },
    })
    await world.perform(decide(world, review, bob))
    expect(await world.perform(decide(world, review, ada))).toMatchObject({
      kind: 'decided',
      card: { standing: { status: 'APPROVED', operator: 'bob' } },
    })
    expect(await world.audit()).toHaveLength(4)
  })

  it('[RV32] approved by two at once takes both', async () => {
    const world = await openWorld()
    const review = await held(world)
    const slow = await world.performUntil(decide(world, review, ada, { version: 1 }), isCommit)
    await world.perform(decide(world, review, bob, { version: 1 }))
    expect(await slow()).toMatchObject({ kind: 'decided', card: { standing: { status: 'APPROVED', operator: 'ada' } } })
    expect(await approvalsOf(world, review)).toEqual(['bob', 'ada'])
  })

  it('[RV33] begins anew with an edit, which its author can’t release alone', async () => {
    const world = await openWorld()
    const review = await held(world)
    await world.perform(decide(world, review, ada))
    await world.perform(decide(world, review, bob, { edited }))
    expect(await approvalsOf(world, review)).toEqual(['bob'])
    await world.perform(decide(world, review, bob, { edited, version: 3 }))
    expect((await world.card(review)).status).toBe('PENDING')
    expect(await world.perform(decide(world, review, ada, { version: 3 }))).toMatchObject({ kind: 'decided' })
    expect(said((await world.task(taskOf(review))).output)).toBe('rewritten')
    const { edited: kept, output } = await world.card(review)
    expect([said(kept), said(output)]).toEqual(['rewritten', said(aHeldWord().value)])
  })

  it.each([{}, { version: 1 }])('[RV34] releases no edit to somebody who may not have seen it: %j', async (asked) => {
    const world = await openWorld()
    const review = await held(world)
    await world.perform(decide(world, review, bob, { edited }))
    const reply = await world.perform(decide(world, review, ada, asked))
    expect(reply).toMatchObject({
      kind: 'changed',
      card: { version: 2, standing: { edit: { hash: hashOf('rewritten') } } },
    })
    expect((await world.card(review)).status).toBe('PENDING')
  })

  it('[RV35] is ended by one rejection, also of somebody who had approved', async () => {
    const world = await openWorld()
    const review = await held(world)
    await world.perform(decide(world, review, ada))
    await world.perform(decide(world, review, ada, { status: 'REJECTED', reason: 'on second thoughts' }))
    expect((await world.card(review)).status).toBe('REJECTED')
    expect((await world.task(taskOf(review))).status).toBe('REJECTED')
  })

  it.each(['shop', 'crawler'])('[RV36] is not decided by whoever submitted it or made it: %s', async (sub) => {
    const world = await openWorld()
    const review = await held(world)
    for (const decision of [{}, { status: 'REJECTED', reason: 'no' } as const]) {
      expect((await world.perform(decide(world, review, person(sub), decision))).kind).toBe('forbidden')
    }
    const alone = await world.hold()
    expect((await world.perform(decide(world, alone, person(sub)))).kind).toBe('decided')
  })

  it('[RV37] goes to the others once one has approved: that one’s claim is over', async () => {
    const world = await openWorld()
    const review = await held(world)
    await world.perform(claimCard(world.desk.shards, ada, { review }, 60_000, noon))
    await world.perform(decide(world, review, ada))
    expect((await world.perform(decide(world, review, bob))).kind).toBe('decided')
    expect((await world.card(review)).status).toBe('APPROVED')
  })
})

describe('an edit', () => {
  const verdict: ReturnType<Judge['judge']> = {
    ...aHeldWord().verdict,
    reason: 'SECRET',
    findings: [aFinding({ reason: 'SECRET', rule: 'secret.key', path: '', start: 4, end: 12, excerpt: '••••••' })],
  }

  it('[RV40] is judged again, and the operator told what the gate found in it, masked', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const reply = await world.perform(
      decide(world, review, ada, { edited: Raw.of('key sk-12345') }, { ...passing, judge: () => verdict }),
    )
    if (reply.kind !== 'decided') throw new Error(reply.kind)
    const card: ReviewCard = shownCard(reply.card, reply.task, { whole: true })
    expect(card.editHeld).toMatchObject({ reason: 'SECRET', findings: [{ rule: 'secret.key' }] })
    expect(said(card.edited)).toBe('key ••••••')
    expect(said((await world.task(taskOf(review))).output)).toBe('key sk-12345')
    const again = await world.perform(
      decide(world, review, ada, { edited: Raw.of('key sk-12345') }, { ...passing, judge: () => verdict }),
    )
    if (again.kind !== 'decided') throw new Error(again.kind)
    expect(shownCard(again.card, again.task, { whole: true }).editHeld).toEqual(card.editHeld)
  })
})

describe('decisions on a list', () => {
  const decideMany = async (world: World, cards: { review: string; version: number }[], by = ada) => {
    const requests = cardRequests({
      shards: world.desk.shards,
      judge: passing,
      claimMs: 1_000,
      revealPolicy: revealing,
    })
    const frame = { type: 'decideMany', id: 1, cards, reason: 'spam', reasonCode: 'S' } as const
    const reply = await world.perform(requests.decideMany(by, { ...frame, status: 'REJECTED' }, world.now))
    return reply.kind === 'ack' ? reply.fields.decisions : reply
  }

  it('[RV41] have an answer for each card, in order, and the same one when they are sent again', async () => {
    const world = await openWorld()
    const low = { verdict: { severity: 'low' } } as const
    const [first, second, third] = [await world.hold({}, low), await world.hold({}, low), await world.hold({}, low)]
    await world.perform(claimCard(world.desk.shards, bob, { review: third }, 60_000, noon))
    const cards = [
      { review: first, version: 1 },
      { review: second, version: 7 },
      { review: third, version: 2 },
      { review: 'r_none_1', version: 1 },
    ]
    const answers = await decideMany(world, cards)
    expect(answers).toMatchObject([
      { review: first, status: 'REJECTED', version: 2 },
      { review: second, error: { code: 'CHANGED' } },
      { review: third, error: { code: 'CLAIMED' } },
      { review: 'r_none_1', error: { code: 'NOT_FOUND' } },
    ])
    expect(await decideMany(world, cards)).toEqual(answers)
    const decided = (await world.audit()).filter(({ kind }) => kind === 'decided')
    expect(decided).toMatchObject([{ review: first, status: 'REJECTED', by: 'ada', reason: 'spam', reasonCode: 'S' }])
    expect((await world.task(taskOf(first))).rejection).toMatchObject({ reason: 'spam', reasonCode: 'S' })
  })

  it('[RV42] never take a card of severity high', async () => {
    const world = await openWorld()
    const review = await world.hold()
    expect(await decideMany(world, [{ review, version: 1 }])).toMatchObject([{ error: { code: 'FORBIDDEN' } }])
    expect((await world.card(review)).status).toBe('PENDING')
    const edited = await world.hold({}, { verdict: { severity: 'low', approvalsRequired: 2 } })
    const judge = () => ({ ...aHeldWord().verdict, severity: 'high' }) as const
    await world.perform(decide(world, edited, ada, { edited: Raw.of('the password') }, { ...passing, judge }))
    const answers = await decideMany(world, [{ review: edited, version: 2 }], bob)
    expect(answers).toMatchObject([{ error: { code: 'FORBIDDEN' } }])
  })
})
