/**
 * What is counted of cards, in the transactions that change them.
 *
 * Beside the number of waiting cards stands a fingerprint: the sum of a small hash of each one's id. A view of them
 * that has the same number and the same sum has the same cards, so a lost hint shows without reading the cards.
 */
import type { Fields, Write } from '../ledger/port.js'
import type { CardStatus } from '../protocol/records.js'
import { agingSet } from '../tasks/keys.js'
import { shardOf } from '../tasks/shardOf.js'

/** Waiting cards of a tenant in one shard. */
export type Tally = { readonly cards: number; readonly fingerprint: number }

export const tallyKey = (tenant: string): string => `cardTally/${tenant}`

/** What a tenant's operators decided on one day (UTC). */
export const decidedKey = (tenant: string, day: string): string => `decided/${tenant}/${day}`

export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** Sums of 2^32 of them are still exact. */
export const fingerprintOf = (review: string): number => shardOf(review, 2 ** 20)

export const tallyOf = (fields: Fields | null): Tally => ({
  cards: countOf(fields, 'cards'),
  fingerprint: countOf(fields, 'fingerprint'),
})

export const countOf = (fields: Fields | null, name: string): number => {
  const value = fields?.[name]
  return typeof value === 'number' ? value : 0
}

/** One more card waits, or one fewer. */
export const waitingWrites = (tenant: string, review: string, n: 1 | -1): readonly Write[] => [
  { kind: 'add', record: tallyKey(tenant), field: 'cards', n },
  { kind: 'add', record: tallyKey(tenant), field: 'fingerprint', n: n * fingerprintOf(review) },
]

/** One more was decided. The day's record goes by itself, long after it. */
export const decidedTally = (tenant: string, status: CardStatus, at: number): readonly Write[] => {
  const record = decidedKey(tenant, dayOf(at))
  return [
    { kind: 'add', record, field: status, n: 1 },
    { kind: 'index', set: agingSet, member: record, score: at },
  ]
}
