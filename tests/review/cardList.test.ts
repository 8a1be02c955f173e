import { describe, expect, it } from 'vitest'
import type { OperatorFrame } from '../../src/protocol/frames.js'
import { aFinding, noon } from './fixtures.js'
import { type LiveWorld, openLiveWorld } from './liveWorld.js'

type Asked = Omit<Extract<OperatorFrame, { type: 'cards' }>, 'type' | 'id'>

type Listed = {
  readonly cards: readonly { readonly reviewId: string; readonly truncated?: boolean }[]
  readonly total: number
  readonly cursor?: string
}

const pageOf = async (world: LiveWorld, asked: Asked = {}) => {
  const ada = await world.connect()
  const answer = (await ada.ask({ type: 'cards', ...asked })) as unknown as Listed
  return { ...answer, reviews: (answer.cards ?? []).map(({ reviewId }) => reviewId) }
}

/** All pages, one after the other. */
const allOf = async (world: LiveWorld, asked: Asked) => {
  const pages: (readonly string[])[] = []
  let cursor: string | undefined
  do {
    const page = await pageOf(world, { ...asked, ...(cursor === undefined ? {} : { cursor }) })
    pages.push(page.reviews)
    cursor = page.cursor
  } while (cursor !== undefined)
  return pages
}

const open = async () => {
  const world = await openLiveWorld({ shards: 3 })
  world.openQueue()
  return world
}

describe('lists of cards', () => {
  it('[V91] come by severity, then age, page by page, each card once while others come and go', async () => {
    const world = await open()
    const reviews: string[] = []
    for (let n = 0; n < 9; n++) {
      const severity = n % 3 === 0 ? 'high' : 'normal'
      reviews.push(await world.hold({}, { verdict: { severity } }))
      world.now += 1_000
    }
    const inOrder = [0, 3, 6, 1, 2, 4, 5, 7, 8].map((n) => reviews[n])
    expect(await allOf(world, { limit: 4 })).toEqual([inOrder.slice(0, 4), inOrder.slice(4, 8), inOrder.slice(8)])
    const first = await pageOf(world, { limit: 4 })
    const ada = await world.connect()
    await ada.ask({ type: 'decide', review: inOrder[3] ?? '', status: 'APPROVED' })
    await world.hold({}, { verdict: { severity: 'high' } })
    const second = await pageOf(world, { limit: 9, ...(first.cursor === undefined ? {} : { cursor: first.cursor }) })
    expect(second.reviews).toEqual(inOrder.slice(4))
  })

  it('[V92] can be filtered by severity, reason, queue and text', async () => {
    const world = await open()
    const mail = await world.hold({}, { verdict: { severity: 'normal', reason: 'PII', details: 'Has a Name.' } })
    const bill = await world.hold({ steps: ['bills'] }, { verdict: { findings: [aFinding({ excerpt: 'PIN 1234' })] } })
    for (const [filter, reviews] of [
      [{ severity: 'high' }, [bill]],
      [{ reason: 'PII' }, [mail]],
      [{ queue: 'bills' }, [bill]],
      [{ text: 'has a name' }, [mail]],
      [{ text: 'pin 12' }, [bill]],
      [{ queue: 'mail', severity: 'high' }, []],
    ] as const) {
      expect(await pageOf(world, { filter })).toMatchObject({ reviews, total: reviews.length })
    }
  })

  it('[V93] of decided cards come latest first, over all shards, each once', async () => {
    const world = await open()
    const ada = await world.connect()
    const reviews: string[] = []
    for (let n = 0; n < 12; n++) reviews.push(await world.hold(n % 2 === 0 ? {} : { steps: ['bills'] }))
    // Several at the same instant, so that their order follows from their ids.
    for (const [n, review] of reviews.entries()) {
      if (n % 4 === 0) await world.advance(1_000)
      await ada.ask({ type: 'decide', review, status: 'APPROVED' })
    }
    const pages = await allOf(world, { filter: { status: 'APPROVED' }, limit: 5 })
    expect(pages.map(({ length }) => length)).toEqual([5, 5, 2])
    const listed = pages.flat()
    expect(new Set(listed)).toEqual(new Set(reviews))
    const instant = (review: string | undefined) => Math.floor(reviews.indexOf(review ?? '') / 4)
    expect(listed.map(instant)).toEqual([2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0])
    const bills = await pageOf(world, { filter: { status: 'APPROVED', queue: 'bills' } })
    expect([bills.reviews.length, bills.total]).toEqual([6, 12])
    expect((await pageOf(world, { filter: { status: 'REJECTED' } })).total).toBe(0)
  })

  it('[V94] end before a message is full, with a cursor for the rest', async () => {
    const world = await open()
    const findings = Array.from({ length: 64 }, () =>
      aFinding({ excerpt: 'x'.repeat(80), path: `/${'p'.repeat(1_000)}` }),
    )
    const large = { value: 'y'.repeat(5_000), verdict: { findings } }
    for (let n = 0; n < 24; n++) await world.hold({}, large)
    const pages = await allOf(world, { limit: 1_000 })
    expect(pages.length).toBeGreaterThan(1)
    expect(pages.flat()).toHaveLength(24)
    expect((await pageOf(world)).cards[0]?.truncated).toBe(true)
  })

  it('[V95] refuse a cursor that is none of theirs', async () => {
    const world = await open()
    for (let n = 0; n < 2; n++) await world.hold()
    const { cursor } = await pageOf(world, { limit: 1 })
    const wrong = [
      { cursor: 'x' },
      { cursor: '' },
      { cursor: Buffer.from('["waiting","high","x",1]').toString('base64url') },
      { cursor: Buffer.from('null').toString('base64url') },
      { filter: { status: 'APPROVED' as const }, ...(cursor === undefined ? {} : { cursor }) },
    ]
    for (const asked of wrong) {
      expect(await pageOf(world, asked)).toMatchObject({ code: 'INVALID', message: expect.stringMatching(/^cursor: /) })
    }
  })
})

describe('the audit trail', () => {
  it('[V96] (T008) comes by time over all shards, page by page, each entry once while others are written', async () => {
    const world = await openLiveWorld({ shards: 3 })
    const root = await world.connect({ roles: ['admin'] })
    const reviews: string[] = []
    for (let n = 0; n < 10; n++) {
      world.now = noon + n
      reviews.push(await world.hold())
    }
    const seen: unknown[] = []
    let cursor: string | undefined
    do {
      const page = await root.ask({ type: 'audit', limit: 4, ...(cursor === undefined ? {} : { cursor }) })
      const entries = page.entries as readonly { readonly at: number; readonly review: string }[]
      expect(entries.length).toBeLessThanOrEqual(4)
      seen.push(...entries.map(({ review }) => review))
      cursor = page.cursor as string | undefined
      if (reviews.length < 12) {
        world.now += 1
        reviews.push(await world.hold())
      }
    } while (cursor !== undefined)
    expect(seen).toEqual(reviews)
  })
})
