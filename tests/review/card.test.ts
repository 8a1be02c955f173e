import { describe, expect, it } from 'vitest'
import { cardStatuses } from '../../src/protocol/records.js'
import { type Card, cardOf, fieldsOf, type Resolution, resolveCard } from '../../src/review/card.js'
import { follows } from '../../src/review/standing.js'
import { aCard, aTask, noon } from './fixtures.js'

const ends: readonly Resolution[] = [
  { status: 'APPROVED', operator: 'ada', resolvedAt: noon },
  { status: 'REJECTED', operator: 'ada', resolvedAt: noon, reason: 'no' },
  { status: 'EXPIRED', resolvedAt: noon },
  { status: 'WITHDRAWN', resolvedAt: noon },
]

const cardIn = (standing: Card['standing']): Card => ({ ...aCard(), standing })

describe('a review card', () => {
  it('[V1] (T001, T022) says what was held, why, of which result and attempt, and when', () => {
    const task = aTask({ id: 'a_b-c', turn: 4, attempts: 1, step: 2, steps: ['draft', 'send'] })
    const card = aCard({ task })
    expect(card).toMatchObject({
      id: 'r_a_b-c_4',
      version: 1,
      task: 'a_b-c',
      queue: 'send',
      step: 2,
      attempt: 2,
      agent: 'crawler/7',
      kind: 'result',
      reason: 'SENSITIVE_KEYWORD',
      severity: 'high',
      details: 'Says password.',
      confidence: 0.9,
      policyVersion: 'p_1',
      createdAt: noon,
      standing: { status: 'PENDING' },
    })
  })

  it.each(ends)('[V2] (T020) goes from PENDING to $status, and its version grows', (end) => {
    const card = aCard()
    expect(resolveCard(card, end)).toEqual({ ...card, version: 2, standing: end })
  })

  const taken = ends.flatMap((first) => ends.map((second) => ({ first, second })))
  it.each(taken)('[V3] (T020) that is $first.status never becomes $second.status', ({ first, second }) => {
    expect(resolveCard(cardIn(first), second)).toBeNull()
  })

  it('[V4] (T001) has a row for each status, and only PENDING has anything behind it', () => {
    expect(Object.keys(follows)).toEqual([...cardStatuses])
    expect(cardStatuses.filter((status) => follows[status].length > 0)).toEqual(['PENDING'])
  })

  const edit = { value: Uint8Array.of(0xc3), hash: 'h' }
  it.each<Card['standing']>([
    { status: 'PENDING' },
    { status: 'PENDING', claim: { by: 'ada', until: noon } },
    ...ends,
    { status: 'APPROVED', operator: 'ada', resolvedAt: noon, reason: 'fine', edit },
    { status: 'REJECTED', operator: 'ada', resolvedAt: noon, reason: 'no', reasonCode: 'tone' },
  ])('[V5] is the same when it is read from its record: %j', (standing) => {
    const card = cardIn(standing)
    const claim =
      standing.status === 'PENDING' && standing.claim
        ? { claimedBy: standing.claim.by, claimedUntil: standing.claim.until }
        : {}
    expect(cardOf({ ...fieldsOf(card), ...claim })).toEqual(card)
  })

  it('[V6] of a record that is none throws, naming the field', () => {
    const { queue: _, ...fields } = fieldsOf(aCard())
    expect(() => cardOf(fields)).toThrow('card record: queue is no text')
  })
})
