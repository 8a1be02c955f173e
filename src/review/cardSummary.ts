/** What a view keeps of a card: enough to order, filter and count it. */
import type { CardFilter } from '../protocol/operatorFrames.js'
import type { CardStatus } from '../protocol/records.js'
import type { Reason, Severity } from '../tasks/verdict.js'
import type { Card } from './card.js'

/** Where a card stands in the queue. */
export type Place = { readonly severity: Severity; readonly createdAt: number; readonly id: string }

export type CardSummary = Place & {
  readonly status: CardStatus
  readonly reason: Reason
  readonly queue: string
  /** What a search looks into, in lower case: ids, agent, details and excerpts, not the output itself. */
  readonly findable: string
}

/** 100,000 cards have 40 MB of it at most. */
const findableChars = 400

export const summaryOf = (card: Card): CardSummary => ({
  id: card.id,
  status: card.standing.status,
  reason: card.reason,
  severity: card.severity,
  queue: card.queue,
  createdAt: card.createdAt,
  findable: [card.task, card.agent, card.details, ...card.findings.map(({ excerpt }) => excerpt)]
    .join('\n')
    .slice(0, findableChars)
    .toLowerCase(),
})

const weight: Readonly<Record<Severity, number>> = { high: 0, normal: 1, low: 2 }

/** The order of work: what weighs most first, then what has waited longest. */
export const comparePlaces = (a: Place, b: Place): number =>
  weight[a.severity] - weight[b.severity] || a.createdAt - b.createdAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

/** A filter in which `status` is said: without one it is of the cards that wait. */
export type StatedFilter = Omit<CardFilter, 'status'> & { readonly status: CardStatus }

export const stated = (filter: CardFilter | undefined): StatedFilter => ({
  ...filter,
  status: filter?.status ?? 'PENDING',
  ...(filter?.text === undefined ? {} : { text: filter.text.toLowerCase() }),
})

export const matches = (filter: StatedFilter, card: CardSummary): boolean =>
  filter.status === card.status &&
  (filter.severity === undefined || filter.severity === card.severity) &&
  (filter.reason === undefined || filter.reason === card.reason) &&
  (filter.queue === undefined || filter.queue === card.queue) &&
  (filter.text === undefined || card.findable.includes(filter.text))
