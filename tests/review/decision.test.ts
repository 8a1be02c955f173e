import { describe, expect, it } from 'vitest'
import { Raw } from '../../src/protocol/raw.js'
import { claimCard } from '../../src/review/claim.js'
import { type Decision, decideCard, type Judge } from '../../src/review/decision.js'
import { cancelTask } from '../../src/tasks/cancellation.js'
import { cardKey } from '../../src/tasks/keys.js'
import type { Call, Procedure } from '../../src/tasks/procedure.js'
import { passResult } from '../tasks/world.js'
import { aHeldWord, hashOf, noon, said, tenant } from './fixtures.js'
import { openWorld, passing, type World } from './world.js'

const ada = { tenant, sub: 'ada' }
const bob = { tenant, sub: 'bob' }

const decide = (world: World, review: string, decision: Partial<Decision> = {}, by = ada, judge: Judge = passing) =>
  decideCard(world.desk.shards, by, { review, status: 'APPROVED', ...decision }, judge, world.now)

const isCommit = ({ kind }: Call) => kind === 'commit'

/** The procedure, with another one before each of its commits. */
function* beforeEachCommit<Result>(procedure: Procedure<Result>, other: () => Procedure<unknown>): Procedure<Result> {
  let step = procedure.next()
  while (!step.done) {
    if (isCommit(step.value)) yield* other()
    step = procedure.next(yield step.value)
  }
  return step.value
}

const taskOf = (review: string) => review.slice(2, review.lastIndexOf('_'))

describe('an approval', () => {
  it('[V30] (T005, T024) after the last step ends the task as APPROVED, with the output released', async () => {
    const world = await openWorld()
    const review = await world.hold()
    world.now = noon + 60_000
    const reply = await world.perform(decide(world, review, { reason: 'a drawer is no safe' }))
    const standing = { status: 'APPROVED', operator: 'ada', resolvedAt: world.now, reason: 'a drawer is no safe' }
    expect(reply).toMatchObject({ kind: 'decided', card: { id: review, version: 2, standing } })
    const approval = {
      reviewId: review,
      operatorId: 'ada',
      decidedAt: world.now,
      edited: false,
      reason: 'a drawer is no safe',
    }
    const task = await world.task(taskOf(review))
    expect(task).toMatchObject({ status: 'APPROVED', approval, updatedAt: world.now })
    expect(said(task.output)).toEqual(said(aHeldWord().value))
    expect(await world.outcomes()).toMatchObject([
      { status: 'NEEDS_REVIEW', final: false },
      { status: 'APPROVED', final: true, step: 1, approval, at: world.now },
    ])
    expect(await world.card(review)).toMatchObject({ status: 'APPROVED', version: 2, operator: 'ada' })
  })

  it('[V31] (T019, T024) before the last step puts the task into the next queue, with the output and who approved', async () => {
    const world = await openWorld()
    const review = await world.hold({ steps: ['draft', 'send'], ttlMs: 60_000 })
    await world.perform(decide(world, review))
    const id = taskOf(review)
    const waiting = await world.task(id)
    expect(waiting).toMatchObject({ status: 'APPROVED', step: 2, attempts: 0, turn: 2, expiresAt: noon + 60_000 })
    expect(said(waiting.previous)).toEqual(said(aHeldWord().value))
    expect(waiting.output).toBeUndefined()
    expect((await world.outcomes()).at(-1)).toMatchObject({ status: 'APPROVED', final: false, step: 1 })
    const lease = await world.claim(id)
    expect(lease.task.approval).toMatchObject({ operatorId: 'ada', decidedAt: noon })
    await world.perform(passResult(lease, Raw.of('sent').bytes, world.now))
    expect((await world.task(id)).status).toBe('COMPLETED')
  })

  it('[V32] of an edited output releases the edit, and keeps both', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const edited = Raw.of({ text: 'it is in the drawer' })
    await world.perform(decide(world, review, { edited }))
    const task = await world.task(taskOf(review))
    expect(said(task.output)).toEqual(edited.value())
    expect(task.approval?.edited).toBe(true)
    const card = await world.card(review)
    expect([said(card.output), said(card.edited), card.editedHash]).toEqual([
      said(aHeldWord().value),
      edited.value(),
      hashOf(edited.value()),
    ])
  })

  it('[V33] (T007, T016) is what releases: before it no output and no next step is there for anybody', async () => {
    const world = await openWorld()
    const review = await world.hold({ steps: ['draft', 'send'] })
    const task = await world.task(taskOf(review))
    expect(task.status).toBe('NEEDS_REVIEW')
    expect([task.entry, task.output, task.previous]).toEqual([undefined, undefined, undefined])
    expect(await world.ledger.ready(world.shardOf(task.id), tenant)).toEqual([])
    expect(JSON.stringify(await world.outcomes())).not.toContain('drawer')
  })
})

describe('a rejection', () => {
  it('[V34] (T005, T024) ends the task and tells the producer who, when and why', async () => {
    const world = await openWorld()
    const review = await world.hold({ steps: ['draft', 'send'] })
    await world.perform(decide(world, review, { status: 'REJECTED', reason: 'leaks', reasonCode: 'privacy' }))
    const rejection = {
      reviewId: review,
      by: 'operator',
      operatorId: 'ada',
      decidedAt: noon,
      reason: 'leaks',
      reasonCode: 'privacy',
    }
    const task = await world.task(taskOf(review))
    expect(task).toMatchObject({ status: 'REJECTED', rejection })
    expect(task.output).toBeUndefined()
    expect((await world.outcomes()).at(-1)).toMatchObject({ status: 'REJECTED', final: true, rejection })
  })

  it.each([{}, { reason: '' }, { reason: ' \n' }])('[V35] needs a reason: %j', async (asked) => {
    const world = await openWorld()
    const review = await world.hold()
    const reply = await world.perform(decide(world, review, { status: 'REJECTED', ...asked }))
    expect(reply).toEqual({ kind: 'invalid', why: 'reason: missing, expected a text with a rejection' })
    expect(await world.card(review)).toMatchObject({ status: 'PENDING', version: 1 })
  })

  it('[V36] takes no edit', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const reply = await world.perform(decide(world, review, { status: 'REJECTED', reason: 'no', edited: Raw.of(1) }))
    expect(reply).toEqual({ kind: 'invalid', why: 'edited: expected only with an approval' })
  })
})

describe('one decision for each card', () => {
  it('[V37] (T021, T023) of two who decide at once one wins, and the other is given the first', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const slow = await world.performUntil(decide(world, review), isCommit)
    const quick = await world.performUntil(decide(world, review, { status: 'REJECTED', reason: 'no' }, bob), isCommit)
    expect((await quick()).kind).toBe('decided')
    expect(await slow()).toMatchObject({
      kind: 'alreadyDecided',
      card: { standing: { status: 'REJECTED', operator: 'bob' } },
    })
    expect((await world.task(taskOf(review))).status).toBe('REJECTED')
    expect((await world.audit()).filter(({ kind }) => kind === 'decided')).toHaveLength(1)
  })

  it('[V38] (T023) of a hundred who decide at once one wins, and all others are given the same', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const waiting = []
    for (let n = 0; n < 100; n++) {
      const by = { tenant, sub: `operator${n}` }
      const choice = n % 2 === 0 ? {} : ({ status: 'REJECTED', reason: 'no' } as const)
      waiting.push(await world.performUntil(decide(world, review, choice, by), isCommit))
    }
    const replies = await Promise.all(waiting.map((rest) => rest()))
    const kinds = replies.map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'decided')).toHaveLength(1)
    expect(kinds.filter((kind) => kind === 'alreadyDecided')).toHaveLength(99)
    expect(new Set(replies.map((reply) => 'card' in reply && JSON.stringify(reply.card.standing))).size).toBe(1)
  })

  it('[V39] sent once more by the same operator is answered like the first, and nothing happens', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const edited = Raw.of('fine')
    const first = await world.perform(decide(world, review, { edited, version: 1 }))
    world.now += 5_000
    const second = await world.perform(decide(world, review, { edited, version: 1 }))
    expect(second.kind).toBe('decided')
    expect('card' in second && second.card).toMatchObject({ version: 2, standing: { resolvedAt: noon } })
    expect(first.kind).toBe('decided')
    expect((await world.audit()).filter(({ kind }) => kind === 'decided')).toHaveLength(1)
  })

  it.each<[string, Partial<Decision>, typeof ada]>([
    ['another operator', { edited: Raw.of('fine') }, bob],
    ['another edit', { edited: Raw.of('finer') }, ada],
    ['no edit', {}, ada],
    ['another status', { status: 'REJECTED', reason: 'no' }, ada],
  ])('[V40] sent with %s is ALREADY_DECIDED', async (_, decision, by) => {
    const world = await openWorld()
    const review = await world.hold()
    await world.perform(decide(world, review, { edited: Raw.of('fine') }))
    const reply = await world.perform(decide(world, review, decision, by))
    expect(reply).toMatchObject({ kind: 'alreadyDecided', card: { standing: { operator: 'ada', status: 'APPROVED' } } })
  })

  it('[V41] is refused for another version than the card has', async () => {
    const world = await openWorld()
    const review = await world.hold()
    expect(await world.perform(decide(world, review, { version: 7 }))).toMatchObject({
      kind: 'changed',
      card: { version: 1 },
    })
    expect(await world.card(review)).toMatchObject({ status: 'PENDING' })
  })

  it('[V42] is bound to the hash of what was held: with another one the card is not decided', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const late = await world.performUntil(decide(world, review), isCommit)
    const record = `card/${review}`
    await world.commit(world.shardOf(taskOf(review)), [
      { guards: [], writes: [{ kind: 'put', record, fields: { outputHash: 'h:other', output: Uint8Array.of(1) } }] },
    ])
    expect(await late()).toMatchObject({ kind: 'changed', card: { outputHash: 'h:other' } })
    expect(await world.card(review)).toMatchObject({ status: 'PENDING' })
  })

  it('[V43] of a card that another operator has claimed is CLAIMED, until the claim is over', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const claim = { claimedBy: 'bob', claimedUntil: noon + 1_000 }
    await world.commit(world.shardOf(taskOf(review)), [
      { guards: [], writes: [{ kind: 'put', record: `card/${review}`, fields: claim }] },
    ])
    expect((await world.perform(decide(world, review))).kind).toBe('claimed')
    world.now += 1_000
    expect((await world.perform(decide(world, review))).kind).toBe('decided')
  })

  it('[V44] and a cancel at once: one wins, and the card says which', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const late = await world.performUntil(decide(world, review), isCommit)
    const canceller = { tenant, sub: 'shop', ownOnly: true }
    await world.perform(cancelTask(world.desk, canceller, taskOf(review), 'changed my mind'))
    expect(await late()).toMatchObject({ kind: 'alreadyDecided', card: { standing: { status: 'WITHDRAWN' } } })
    expect((await world.task(taskOf(review))).status).toBe('CANCELLED')
    expect((await world.audit()).map(({ kind }) => kind)).toEqual(['held', 'withdrawn', 'cancelled'])
  })

  it('[V54] is OVERLOADED where the card was changed each time, and nothing is done', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const change = () => claimCard(world.desk.shards, ada, { review }, 60_000, world.now)
    const reply = await world.perform(beforeEachCommit(decide(world, review), change))
    expect(reply).toMatchObject({ kind: 'overloaded' })
    expect(await world.card(review)).toMatchObject({ status: 'PENDING', claimedBy: 'ada' })
    expect((await world.perform(decide(world, review))).kind).toBe('decided')
  })

  it.each(['r_nothing_1', 'x', '', 'r__', 'task1'])('[V45] of no card is NOT_FOUND: %j', async (review) => {
    const world = await openWorld()
    expect(await world.perform(decide(world, review))).toEqual({ kind: 'notFound' })
  })

  it("[V46] of another tenant's card is NOT_FOUND", async () => {
    const world = await openWorld()
    const review = await world.hold()
    const stranger = { tenant: 't_other', sub: 'ada' }
    expect(await world.perform(decide(world, review, {}, stranger))).toEqual({ kind: 'notFound' })
    expect(await world.card(review)).toMatchObject({ status: 'PENDING' })
  })
})

describe('a held error text', () => {
  const words = { code: 'LOGIN', message: 'the password is wrong' }

  it('[V47] is released into the task by an approval; the task stays where it is', async () => {
    const world = await openWorld()
    const review = await world.holdText(words)
    expect((await world.task(taskOf(review))).error).toMatchObject({ code: 'HELD', review })
    await world.perform(decide(world, review))
    expect(await world.task(taskOf(review))).toMatchObject({ status: 'FAILED', error: words })
  })

  it('[V48] stays held by a rejection', async () => {
    const world = await openWorld()
    const review = await world.holdText(words)
    await world.perform(decide(world, review, { status: 'REJECTED', reason: 'no' }))
    expect(await world.task(taskOf(review))).toMatchObject({ status: 'FAILED', error: { code: 'HELD', review } })
  })

  it('[V49] does not replace the error of a later attempt', async () => {
    const world = await openWorld()
    const review = await world.holdText(words)
    const id = taskOf(review)
    const later = JSON.stringify({ code: 'AGENT_LOST', message: 'gone' })
    await world.commit(world.shardOf(id), [
      { guards: [], writes: [{ kind: 'put', record: `task/${id}`, fields: { error: later } }] },
    ])
    expect((await world.perform(decide(world, review))).kind).toBe('decided')
    expect((await world.task(id)).error?.code).toBe('AGENT_LOST')
  })

  it('[V50] may be edited to another error, and to nothing else', async () => {
    const world = await openWorld()
    const review = await world.holdText(words)
    expect((await world.perform(decide(world, review, { edited: Raw.of(7) }))).kind).toBe('invalid')
    await world.perform(decide(world, review, { edited: Raw.of({ code: 'LOGIN', message: 'wrong' }) }))
    expect((await world.task(taskOf(review))).error).toEqual({ code: 'LOGIN', message: 'wrong' })
  })
})

describe('what an approval releases', () => {
  it('[PO16 G3] is what was held, and nothing that came in its place', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const other = { kind: 'put', record: cardKey(review), fields: { output: Raw.of('something else').bytes } } as const
    await world.commit(world.shardOf(taskOf(review)), [{ guards: [], writes: [other] }])
    await expect(world.perform(decide(world, review))).rejects.toThrow('something else than was approved')
    expect(await world.task(taskOf(review))).toMatchObject({ status: 'NEEDS_REVIEW', output: undefined })
  })

  it('[PO16 G3] is the edit that was decided on, and no other', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const edited = Raw.of('an edit')
    const judge: Judge = {
      ...passing,
      judge: (said) => {
        edited.bytes[edited.bytes.length - 1] = 'x'.charCodeAt(0)
        return passing.judge(said)
      },
    }
    await expect(world.perform(decide(world, review, { edited }, ada, judge))).rejects.toThrow('than was approved')
    expect(await world.task(taskOf(review))).toMatchObject({ status: 'NEEDS_REVIEW' })
  })
})

describe('the record', () => {
  it('[V51] (T008, T025) has an entry for the hold and one for the decision, each with its transaction', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const held = aHeldWord()
    const entry = { task: taskOf(review), review, hash: held.hash }
    const rules = ['keyword.password']
    const hold = { ...entry, kind: 'held', by: 'node', at: noon, agent: held.agent, rules, policyVersion: 'p_1' }
    expect(await world.audit()).toMatchObject([{ ...hold, reason: 'SENSITIVE_KEYWORD' }])
    world.now += 5_000
    await world.perform(decide(world, review, { status: 'REJECTED', reason: 'leaks', reasonCode: 'privacy' }))
    expect((await world.audit()).at(-1)).toEqual({
      ...entry,
      kind: 'decided',
      by: 'ada',
      policyVersion: 'p_1',
      at: noon + 5_000,
      status: 'REJECTED',
      version: 1,
      edited: false,
      reason: 'leaks',
      reasonCode: 'privacy',
    })
  })

  it('[V52] (T008) never has what was said', async () => {
    const world = await openWorld()
    const review = await world.hold()
    await world.perform(decide(world, review, { edited: Raw.of('in the drawer, then') }))
    expect(JSON.stringify(await world.audit())).not.toContain('drawer')
  })

  it('[V53] says what the gate thinks of an edit, whose hash it has', async () => {
    const world = await openWorld()
    const review = await world.hold()
    const { verdict } = aHeldWord()
    const edited = Raw.of('password')
    await world.perform(decide(world, review, { edited }, ada, { ...passing, judge: () => verdict }))
    expect((await world.audit()).at(-1)).toMatchObject({
      edited: true,
      editedHash: hashOf('password'),
      editedHolds: 'SENSITIVE_KEYWORD',
    })
    expect(said((await world.task(taskOf(review))).output)).toBe('password')
  })
})
