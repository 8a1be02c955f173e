import { describe, expect, it } from 'vitest'
import { cancelTask } from '../../src/tasks/cancellation.js'
import { tenant } from './fixtures.js'
import { LiveWorld, openLiveWorld } from './liveWorld.js'

const checkMs = 1_000

const waiting = async (world: LiveWorld) => {
  const ada = await world.connect()
  const { cards, total } = await ada.ask({ type: 'cards', limit: 1_000 })
  return { total, reviews: (cards as readonly { readonly reviewId: string }[]).map(({ reviewId }) => reviewId) }
}

const hold = async (world: LiveWorld, cards: number) => {
  const reviews: string[] = []
  for (let n = 0; n < cards; n++) reviews.push(await world.hold())
  return reviews
}

describe('the review queue', () => {
  it('[V82] has at its start the cards that wait in all shards', async () => {
    const world = await openLiveWorld({ shards: 3 })
    const reviews = await hold(world, 300)
    world.openQueue()
    expect(await waiting(world)).toEqual({ total: 300, reviews: [...reviews].sort() })
  })

  it('[V83] answers whoever asks before it is whole, once it is', async () => {
    const world = await openLiveWorld()
    const [review] = await hold(world, 1)
    const ada = await world.connect()
    world.openQueue()
    expect(await ada.ask({ type: 'cards' })).toMatchObject({ cards: [{ reviewId: review }], total: 1 })
  })

  it('[V84] follows cards that come and go', async () => {
    const world = await openLiveWorld()
    world.openQueue()
    const [first = '', second] = await hold(world, 2)
    const by = { tenant, sub: 'shop', ownOnly: true }
    await world.perform(cancelTask(world.desk, by, 'task1', undefined))
    expect(first).toBe('r_task1_1')
    await world.quiet()
    expect(await waiting(world)).toEqual({ total: 1, reviews: [second] })
  })

  it('[V85] sees within two checks that a hint was lost, and tells those who watch', async () => {
    const world = await openLiveWorld()
    world.openQueue()
    const ada = await world.connect()
    const [gone = ''] = await hold(world, 1)
    await ada.ask({ type: 'subscribe' })
    world.losesHints = true
    const [come] = await hold(world, 1)
    await ada.ask({ type: 'decide', review: gone, status: 'APPROVED' })
    await world.quiet()
    expect(ada.cards()).toEqual([])
    await world.advance(checkMs)
    await world.advance(checkMs)
    expect(ada.cards().sort()).toEqual([`${gone} APPROVED`, `${come} PENDING`].sort())
    expect(await waiting(world)).toEqual({ total: 1, reviews: [come] })
  })

  it('[V86] reads nothing again while it is in step with the ledger', async () => {
    const world = await openLiveWorld()
    world.openQueue()
    await hold(world, 3)
    await world.quiet()
    let pages = 0
    const { range } = world.ledger
    world.ledger.range = (...asked) => {
      pages++
      return range.apply(world.ledger, asked)
    }
    for (let n = 0; n < 5; n++) await world.advance(checkMs)
    expect(pages).toBe(0)
  })

  it('[V87] goes on where it was once the ledger is back', async () => {
    const world = await openLiveWorld()
    const reviews = await hold(world, 2)
    world.isLedgerAway = true
    world.openQueue()
    await world.quiet()
    for (let n = 0; n < 3; n++) await world.advance(250)
    world.isLedgerAway = false
    await world.advance(250)
    expect(await waiting(world)).toEqual({ total: 2, reviews })
    world.isLedgerAway = true
    reviews.push(...(await hold(world, 1)))
    await world.quiet()
    world.isLedgerAway = false
    await world.advance(250)
    expect(await waiting(world)).toEqual({ total: 3, reviews })
  })

  it('[V88] reads a shard whole where more hints came than it keeps', async () => {
    const world = await openLiveWorld({ shards: 1 })
    world.openQueue()
    await world.quiet()
    world.losesHints = true
    const [review] = await hold(world, 1)
    for (let n = 0; n < 5_000; n++)
      world.system.tell(`reviewQueue/${tenant}`, { kind: 'hinted', review: `r_none${n}_1` })
    world.system.tell(`reviewQueue/${tenant}`, { kind: 'hinted', review })
    expect(await world.viewed()).toBe(1)
    expect(world.deadLetters).toEqual([])
  })

  it('[V89] starts again after a failure, and is whole again', async () => {
    const world = await openLiveWorld()
    world.openQueue()
    const reviews = await hold(world, 2)
    await world.restartQueue()
    expect(await waiting(world)).toEqual({ total: 2, reviews })
  })

  it('[V90] agrees with another one on the same ledger', async () => {
    const world = await openLiveWorld()
    world.openQueue()
    const [review = ''] = await hold(world, 1)
    const other = new LiveWorld(world.ledger)
    other.openQueue()
    await other.quiet()
    const ada = await world.connect()
    await ada.ask({ type: 'decide', review, status: 'APPROVED' })
    await hold(world, 2)
    expect([await world.viewed(), await other.viewed()]).toEqual([2, 2])
  })
})
