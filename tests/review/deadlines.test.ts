import { describe, expect, it } from 'vitest'
import { Raw } from '../../src/protocol/raw.js'
import { assignCard, claimCard } from '../../src/review/claim.js'
import { decideCard } from '../../src/review/decision.js'
import { cancelTask } from '../../src/tasks/cancellation.js'
import { cardDueSet } from '../../src/tasks/keys.js'
import type { Call } from '../../src/tasks/procedure.js'
import { failAttempt, passResult } from '../tasks/world.js'
import { aHeldWord, noon, tenant } from './fixtures.js'
import { openWorld, passing, type World } from './world.js'

const ada = { tenant, sub: 'ada' }
const spans = { high: 1_000, normal: 2_000, low: 4_000 }

/** What the owner of the card's shard does at that time. */
const look = (world: World, review: string, epoch = 0) =>
  world.desk.cards.settleDue({ shard: world.shardOf(taskOf(review)), epoch })

const lookAt = async (world: World, review: string, after: number) => {
  world.now = noon + after
  return await world.perform(look(world, review))
}

const taskOf = (review: string) => review.slice(2, review.lastIndexOf('_'))

const due = async (world: World, review: string) => {
  const { members } = await world.ledger.range(world.shardOf(taskOf(review)), cardDueSet, { limit: 10 })
  return members.map(({ member, score }) => `${member} ${score - noon}`)
}

const decide = (world: World, review: string) =>
  decideCard(world.desk.shards, ada, { review, status: 'APPROVED' }, passing, world.now)

const isCommit = ({ kind }: Call) => kind === 'commit'

const kinds = async (world: World) => (await world.audit()).map(({ kind, by }) => `${kind} ${by}`)

describe('a deadline', () => {
  it.each(['high', 'normal', 'low'] as const)('[RV20] is as far away as its severity says: %s', async (severity) => {
    const world = await openWorld({ spans })
    const review = await world.hold({}, { verdict: { severity } })
    expect((await world.card(review)).deadline).toBe(noon + spans[severity])
    expect(await due(world, review)).toEqual([`${review} ${spans[severity] / 2}`])
  })

  it('[RV20] is as far away as the policy says that it was held by, whatever the node says', async () => {
    const world = await openWorld({ spans })
    const review = await world.hold({}, { verdict: { severity: 'normal', reviewMs: 60_000 } })
    expect((await world.card(review)).deadline).toBe(noon + 60_000)
    expect(await due(world, review)).toEqual([`${review} 30000`])
    const timeless = await openWorld()
    const another = await timeless.hold({}, { verdict: { reviewMs: 5_000 } })
    expect((await timeless.card(another)).deadline).toBe(noon + 5_000)
  })

  it('[RV21] is told of at half of its time, and escalates at three quarters: nobody keeps the card to themselves', async () => {
    const world = await openWorld({ spans })
    const review = await world.hold()
    await world.perform(assignCard(world.desk.shards, ada, { review, to: 'bob' }, noon))
    await lookAt(world, review, 499)
    expect(await world.card(review)).toMatchObject({ version: 2 })
    await lookAt(world, review, 500)
    expect(await world.card(review)).toMatchObject({ version: 3, remindedAt: noon + 500, assignedTo: 'bob' })
    expect(await due(world, review)).toEqual([`${review} 750`])
    await lookAt(world, review, 750)
    const card = await world.card(review)
    expect([card.version, card.escalatedAt, card.assignedTo]).toEqual([4, noon + 750, undefined])
    expect(await due(world, review)).toEqual([`${review} 1000`])
    expect(await kinds(world)).toEqual(['held node', 'assigned ada', 'reminded node', 'escalated node'])
    expect((await world.perform(decide(world, review))).kind).toBe('decided')
    expect(await due(world, review)).toEqual([])
  })

  it('[RV22] ends the card as EXPIRED and the task as REJECTED by time-out, and never approves', async () => {
    const world = await openWorld({ spans })
    const review = await world.hold({ steps: ['draft', 'send'] })
    await lookAt(world, review, 1_000)
    expect(await world.card(review)).toMatchObject({ status: 'EXPIRED', resolvedAt: noon + 1_000 })
    const rejection = { reviewId: review, by: 'timeout', decidedAt: noon + 1_000, reason: 'Nobody decided in time.' }
    const task = await world.task(taskOf(review))
    expect([task.status, task.rejection, task.output]).toEqual(['REJECTED', rejection, undefined])
    expect((await world.outcomes()).at(-1)).toMatchObject({ status: 'REJECTED', final: true, rejection })
    const entry = { kind: 'decided', status: 'EXPIRED', by: 'node', review, version: 1, hash: aHeldWord().hash }
    expect((await world.audit()).at(-1)).toMatchObject(entry)
    expect(await due(world, review)).toEqual([])
    expect(await world.perform(decide(world, review))).toMatchObject({
      kind: 'alreadyDecided',
      card: { standing: { status: 'EXPIRED' } },
    })
  })

  it('[RV23] and a decision at once: one wins, whichever comes first', async () => {
    const world = await openWorld({ spans })
    const [first, second] = [await world.hold(), await world.hold()]
    world.now = noon + 1_000
    const late = await world.performUntil(look(world, first), isCommit)
    expect((await world.perform(decide(world, first))).kind).toBe('decided')
    await late()
    expect([(await world.card(first)).status, (await world.task(taskOf(first))).status]).toEqual([
      'APPROVED',
      'APPROVED',
    ])
    const slow = await world.performUntil(decide(world, second), isCommit)
    await world.perform(look(world, second))
    expect(await slow()).toMatchObject({ kind: 'alreadyDecided', card: { standing: { status: 'EXPIRED' } } })
    expect((await world.task(taskOf(second))).status).toBe('REJECTED')
    expect((await world.audit()).filter(({ kind }) => kind === 'decided')).toHaveLength(2)
  })

  it('[RV24] is looked at by the shard’s owner alone: one that was replaced changes nothing', async () => {
    const world = await openWorld({ spans })
    const review = await world.hold()
    world.now = noon + 1_000
    const frozen = await world.performUntil(look(world, review, 0), isCommit)
    await world.commit(world.shardOf(taskOf(review)), [{ guards: [], writes: [{ kind: 'raise', epoch: 1 }] }])
    await frozen()
    expect((await world.card(review)).status).toBe('PENDING')
    await world.perform(look(world, review, 1))
    expect((await world.card(review)).status).toBe('EXPIRED')
  })

  it('[RV25] holds for a claimed card, too', async () => {
    const world = await openWorld({ spans })
    const review = await world.hold()
    await world.perform(claimCard(world.desk.shards, ada, { review }, 60_000, noon))
    await lookAt(world, review, 1_000)
    expect((await world.card(review)).status).toBe('EXPIRED')
  })

  it('[RV26] is met for any number of cards, a page at a look', async () => {
    const world = await openWorld({ spans, shards: 1 })
    const reviews = []
    for (let n = 0; n < 20; n++) reviews.push(await world.hold())
    world.now = noon + 1_000
    const looks = []
    do looks.push(await world.perform(look(world, reviews[0] ?? '')))
    while (looks.at(-1))
    expect(looks).toEqual([true, false])
    for (const review of reviews) expect((await world.card(review)).status).toBe('EXPIRED')
  })
})

describe('a card of an error text', () => {
  const words = { code: 'LOGIN', message: 'the password is wrong' }

  it('[RV27] expires with its words held, its task as it was', async () => {
    const world = await openWorld({ spans })
    const review = await world.holdText(words)
    await lookAt(world, review, 1_000)
    expect((await world.card(review)).status).toBe('EXPIRED')
    expect(await world.task(taskOf(review))).toMatchObject({ status: 'FAILED', error: { code: 'HELD', review } })
  })

  /** A task that failed once with words that are held, and is claimed again. */
  const onceFailed = async (world: World, maxAttempts = 3) => {
    const id = await world.submit({ maxAttempts })
    const lease = await world.claim(id)
    const word = aHeldWord({ task: lease.task, kind: 'text', value: words })
    await world.perform(
      failAttempt(world.desk, lease, { error: { code: 'E', message: 'held' }, retry: true, word }, noon),
    )
    return { id, review: world.desk.cards.open(word, noon).review }
  }

  it('[RV28] is withdrawn once its task is cancelled', async () => {
    const world = await openWorld({ spans })
    const { id, review } = await onceFailed(world)
    await world.perform(cancelTask(world.desk, { tenant, sub: 'shop', ownOnly: true }, id, undefined))
    await lookAt(world, review, 1)
    expect(await world.card(review)).toMatchObject({ status: 'WITHDRAWN', resolvedAt: noon + 1 })
    expect(await kinds(world)).toEqual(['held node', 'cancelled shop', 'withdrawn node'])
    expect(await due(world, review)).toEqual([])
  })

  it('[RV29] is withdrawn once a later attempt has ended its task', async () => {
    const world = await openWorld({ spans })
    const { id, review } = await onceFailed(world)
    const { lane, shard } = { lane: 't_acme/mail/normal', shard: world.shardOf(id) }
    const writes = [
      { kind: 'put', record: `task/${id}`, fields: { status: 'QUEUED' } },
      { kind: 'enqueue', lane, record: `task/${id}`, idInto: 'entry' },
    ] as const
    await world.commit(shard, [{ guards: [], writes }])
    const lease = await world.claim(id)
    await lookAt(world, review, 1)
    expect((await world.card(review)).status).toBe('PENDING')
    await world.perform(passResult(lease, Raw.of('done').bytes, world.now))
    await lookAt(world, review, 2)
    expect((await world.card(review)).status).toBe('WITHDRAWN')
  })
})
