import { describe, expect, it } from 'vitest'
import type { ReviewCard } from '../../src/protocol/records.js'
import { renewMs } from '../../src/review/reviewQueueState.js'
import { noon, said, tenant } from './fixtures.js'
import { openLiveWorld } from './liveWorld.js'

const live = async (options: { readonly shards?: number } = {}) => {
  const world = await openLiveWorld(options)
  world.openQueue()
  return { world, ada: await world.connect() }
}

const reviewsOf = ({ cards }: { readonly [field: string]: unknown }) =>
  (cards as readonly { readonly reviewId: string }[]).map(({ reviewId }) => reviewId)

describe('an operator session', () => {
  it('[V60] answers hello by welcome, and nothing before it', async () => {
    const world = await openLiveWorld()
    const ada = world.open()
    expect(await ada.ask({ type: 'stats' })).toMatchObject({ type: 'error', code: 'NOT_READY' })
    expect(await ada.ask({ type: 'hello' })).toMatchObject({ type: 'welcome', now: noon, sub: 'ada', tenant })
    expect(await ada.ask({ type: 'hello' })).toMatchObject({ type: 'error', code: 'INVALID' })
  })

  it('[V61] answers a heartbeat that has an id', async () => {
    const { world, ada } = await live()
    expect(await ada.ask({ type: 'heartbeat' })).toMatchObject({ type: 'ack', now: noon })
    ada.send({ type: 'heartbeat' })
    await world.quiet()
    expect(world.sentTo(ada.address)).toHaveLength(2)
  })

  it('[V62] takes, hands over, reveals and decides in bulk, and is told who has a card', async () => {
    const { world, ada } = await live()
    const bob = await world.connect({ sub: 'bob' })
    const review = await world.hold({}, { verdict: { severity: 'low' } })
    await bob.ask({ type: 'subscribe' })
    const claim = { claimedBy: 'ada', claimedUntil: noon + 120_000 }
    expect(await ada.ask({ type: 'claim', review })).toMatchObject({ type: 'ack', card: { version: 2, ...claim } })
    await world.quiet()
    expect(bob.cards()).toEqual([`${review} PENDING`])
    const refusal = { type: 'error', code: 'CLAIMED', card: claim }
    expect(await bob.ask({ type: 'claim', review })).toMatchObject(refusal)
    expect(await bob.ask({ type: 'decide', review, status: 'APPROVED' })).toMatchObject(refusal)
    expect(await bob.ask({ type: 'claim', review, force: true })).toMatchObject({ code: 'FORBIDDEN' })
    expect(await ada.ask({ type: 'assign', review, to: 'bob', note: 'yours' })).toMatchObject({
      card: { version: 3, assignedTo: 'bob', note: 'yours' },
    })
    const revealed = await bob.ask({ type: 'reveal', review })
    expect(said(revealed.output)).toEqual({ text: 'my password is in the drawer' })
    const cards = [{ review, version: 3 }]
    expect(await bob.ask({ type: 'decideMany', cards, status: 'APPROVED' })).toMatchObject({
      decisions: [{ review, status: 'APPROVED', version: 4 }],
    })
    for (const frame of [
      { type: 'claim', review: 'r' } as const,
      { type: 'assign', review: 'r' } as const,
      { type: 'reveal', review: 'r' } as const,
    ]) {
      expect(await ada.ask(frame)).toMatchObject({ type: 'error', code: 'NOT_FOUND' })
    }
  })

  it('[V63] (T005) lists what waits, and tells of each card that comes, changes or goes', async () => {
    const { world, ada } = await live()
    const first = await world.hold()
    const page = await ada.ask({ type: 'subscribe' })
    expect(page).toMatchObject({ type: 'ack', total: 1 })
    expect(reviewsOf(page)).toEqual([first])
    const second = await world.hold()
    await world.quiet()
    expect(ada.cards()).toEqual([`${second} PENDING`])
    await ada.ask({ type: 'decide', review: first, status: 'APPROVED' })
    await world.quiet()
    expect(ada.cards()).toEqual([`${first} APPROVED`])
    expect(await ada.ask({ type: 'cards' })).toMatchObject({ total: 1 })
  })

  it('[V64] tells only of what matches, or has just stopped matching; a new filter replaces the one before', async () => {
    const { world, ada } = await live()
    await ada.ask({ type: 'subscribe', filter: { queue: 'mail' } })
    const mail = await world.hold()
    const bills = await world.hold({ steps: ['bills'] })
    await world.quiet()
    expect(ada.cards()).toEqual([`${mail} PENDING`])
    await ada.ask({ type: 'subscribe', filter: { queue: 'bills' } })
    const bob = await world.connect({ sub: 'bob' })
    await bob.ask({ type: 'decide', review: mail, status: 'APPROVED' })
    await bob.ask({ type: 'decide', review: bills, status: 'APPROVED' })
    await world.quiet()
    expect(ada.cards()).toEqual([`${bills} APPROVED`])
  })

  it('[V65] loses no change between the subscription and its first page, and tells it behind the page', async () => {
    const { world, ada } = await live()
    const review = await world.hold()
    await world.quiet()
    ada.send({ type: 'subscribe', id: 100 })
    ada.send({ type: 'decide', id: 101, review, status: 'APPROVED' })
    await world.quiet()
    const frames = world.sentTo(ada.address).filter(({ type, re }) => type === 'card' || re === 100)
    expect(frames.map(({ type }) => type)).toEqual(['ack', 'card'])
  })

  it('[V66] tells two operators the same, and nobody after the connection is lost', async () => {
    const { world, ada } = await live()
    const bob = await world.connect({ sub: 'bob' })
    await ada.ask({ type: 'subscribe' })
    await bob.ask({ type: 'subscribe' })
    const review = await world.hold()
    await world.quiet()
    expect([ada.cards(), bob.cards()]).toEqual([[`${review} PENDING`], [`${review} PENDING`]])
    world.system.tell(bob.address, { kind: 'lost' })
    await world.quiet()
    expect(world.system.has(bob.address)).toBe(false)
    await world.hold()
    await world.quiet()
    expect(world.deadLetters).toEqual([])
  })

  it('[V67] is subscribed again with a queue that was restarted', async () => {
    const { world, ada } = await live()
    await ada.ask({ type: 'subscribe' })
    await world.restartQueue()
    await world.advance(renewMs)
    const review = await world.hold()
    await world.quiet()
    expect(ada.cards()).toEqual([`${review} PENDING`])
  })

  it('[V68] gets the whole card', async () => {
    const { world, ada } = await live()
    const review = await world.hold({}, { value: { text: 'y'.repeat(9_000) } })
    const { card } = (await ada.ask({ type: 'get', review })) as unknown as { readonly card: ReviewCard }
    expect([card.reviewId, said(card.output), said(card.payload)]).toEqual([review, { text: 'y'.repeat(9_000) }, 'p'])
    expect(await ada.ask({ type: 'get', review: 'r_none_1' })).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('[V69] (T021, T023) is told what stands where it comes second', async () => {
    const { world, ada } = await live()
    const bob = await world.connect({ sub: 'bob' })
    const review = await world.hold()
    expect(await ada.ask({ type: 'decide', review, status: 'APPROVED', version: 1 })).toMatchObject({
      type: 'ack',
      card: { status: 'APPROVED', version: 2, approvals: [{ operatorId: 'ada', at: noon }] },
    })
    expect(await bob.ask({ type: 'decide', review, status: 'REJECTED', reason: 'no' })).toMatchObject({
      type: 'error',
      code: 'ALREADY_DECIDED',
      card: { status: 'APPROVED', operatorId: 'ada' },
    })
    const other = await world.hold()
    expect(await bob.ask({ type: 'decide', review: other, status: 'APPROVED', version: 3 })).toMatchObject({
      code: 'CHANGED',
      card: { version: 1 },
    })
    expect(await bob.ask({ type: 'decide', review: other, status: 'REJECTED' })).toMatchObject({ code: 'INVALID' })
  })

  it('[V70] counts what waits and what was decided today', async () => {
    const { world, ada } = await live()
    await world.hold({}, { verdict: { severity: 'normal', reason: 'LOW_CONFIDENCE' } })
    const decided = await world.hold()
    await ada.ask({ type: 'decide', review: decided, status: 'APPROVED' })
    await world.advance(10 * 60_000)
    await world.hold()
    await world.quiet()
    expect(await ada.ask({ type: 'stats' })).toMatchObject({
      cards: {
        waiting: 2,
        bySeverity: { high: 1, normal: 1 },
        byReason: { SENSITIVE_KEYWORD: 1, LOW_CONFIDENCE: 1 },
        byAge: { '1m': 1, '5m': 0, '15m': 1, older: 0 },
        oldestAt: noon,
        decidedToday: { APPROVED: 1, REJECTED: 0, EXPIRED: 0 },
      },
      agents: { IDLE: 2 },
      tasks: { QUEUED: 3 },
    })
    await world.advance(12 * 3_600_000)
    expect(await ada.ask({ type: 'stats' })).toMatchObject({ cards: { decidedToday: { APPROVED: 0 } } })
  })

  it('[V71] reads the audit log as admin alone', async () => {
    const { world, ada } = await live()
    const root = await world.connect({ sub: 'root', roles: ['admin'] })
    await world.hold()
    expect(await ada.ask({ type: 'audit' })).toMatchObject({ type: 'error', code: 'FORBIDDEN' })
    expect(await root.ask({ type: 'audit' })).toMatchObject({ entries: [{ kind: 'held' }] })
    expect(await root.ask({ type: 'audit', cursor: 'x' })).toMatchObject({ code: 'INVALID' })
  })

  it('[V72] shows nothing of another tenant: no card, no change, no count, no entry', async () => {
    const { world, ada } = await live()
    world.openQueue('t_other')
    const eve = await world.connect({ tenant: 't_other', sub: 'eve', roles: ['admin'] })
    await eve.ask({ type: 'subscribe' })
    const review = await world.hold()
    await world.quiet()
    expect(eve.cards()).toEqual([])
    expect(await eve.ask({ type: 'get', review })).toMatchObject({ code: 'NOT_FOUND' })
    expect(await eve.ask({ type: 'decide', review, status: 'APPROVED' })).toMatchObject({ code: 'NOT_FOUND' })
    expect(await eve.ask({ type: 'cards' })).toMatchObject({ cards: [], total: 0 })
    expect(await eve.ask({ type: 'stats' })).toMatchObject({ cards: { waiting: 0 } })
    expect(await eve.ask({ type: 'audit' })).toMatchObject({ entries: [] })
    expect(await ada.ask({ type: 'get', review })).toMatchObject({ type: 'ack' })
  })

  it('[V73] answers OVERLOADED over so many open requests, and while the ledger is away', async () => {
    const { world, ada } = await live()
    for (let id = 100; id < 165; id++) ada.send({ type: 'get', id, review: 'r_none_1' })
    await world.quiet()
    const codes = world
      .sentTo(ada.address)
      .slice(1)
      .map(({ code }) => code)
    expect([codes.filter((code) => code === 'OVERLOADED').length, codes.length]).toEqual([1, 65])
    world.isLedgerAway = true
    expect(await ada.ask({ type: 'get', review: 'r_none_1' })).toMatchObject({ code: 'OVERLOADED', retryAfterMs: 250 })
  })

  it('[V74] says drain to its operator', async () => {
    const { world, ada } = await live()
    world.system.tell(ada.address, { kind: 'drain', reason: 'restart', reconnectMs: 900 })
    await world.quiet()
    expect(world.sentTo(ada.address).at(-1)).toEqual({ type: 'drain', reason: 'restart', reconnectMs: 900 })
  })
})
