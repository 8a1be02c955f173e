/** How the review goes, for whoever leads it: how long cards wait, who decides how much, how carefully, in agreement. */
import type { DecidedNumbers, OperatorNumbers, Share, Spread } from '../../protocol/leadRecords.js'
import { cardSeverities } from '../../protocol/records.js'
import type { DecidedCard } from './decidedCards.js'
import { grouped, rounded, shareOf, spreadOf } from './shares.js'

/**
 * Nobody reads faster: adults read about 240 words a minute (Brysbaert 2019), some 24 letters a second; this is four
 * times that.
 */
export const quickCharsPerSecond = 100

const operatorsMost = 200
const hourMs = 3_600_000

export const decidedNumbers = (cards: readonly DecidedCard[]): DecidedNumbers => {
  const byPeople = cards.filter(({ operator }) => operator !== undefined)
  const several = byPeople.filter(({ people }) => people.length > 1)
  return {
    byStatus: Object.fromEntries([...grouped(cards, ({ status }) => status)].map(([key, some]) => [key, some.length])),
    firstLookMs: bySeverity(byPeople, firstLookMs),
    decisionMs: bySeverity(byPeople, ({ createdAt, resolvedAt }) => resolvedAt - createdAt),
    operators: [...grouped(byPeople, ({ operator = '' }) => operator)]
      .map(([operator, some]) => numbersOf(operator, some))
      .sort((a, b) => b.decisions - a.decisions || (a.operator < b.operator ? -1 : 1))
      .slice(0, operatorsMost),
    quick: quickShare(byPeople),
    // Who approves after others have approves the same; a rejection goes against them.
    agreement: shareOf(several.filter(({ status }) => status === 'APPROVED').length, several.length),
  }
}

/** What nobody claimed was first looked at, as far as is known, when it was decided. */
const firstLookMs = ({ createdAt, resolvedAt, firstLookAt = resolvedAt }: DecidedCard): number =>
  Math.max(0, firstLookAt - createdAt)

const bySeverity = (cards: readonly DecidedCard[], measure: (card: DecidedCard) => number) =>
  Object.fromEntries([
    ['all', spreadOf(cards.map(measure))],
    ...cardSeverities.map((severity) => [
      severity,
      spreadOf(cards.filter((card) => card.severity === severity).map(measure)),
    ]),
  ]) as Readonly<Record<string, Spread | null>>

const numbersOf = (operator: string, cards: readonly DecidedCard[]): OperatorNumbers => {
  const hours = new Set(cards.map(({ resolvedAt }) => Math.floor(resolvedAt / hourMs)))
  return {
    operator,
    decisions: cards.length,
    approved: cards.filter(({ status, edited }) => status === 'APPROVED' && !edited).length,
    edited: cards.filter(({ edited }) => edited).length,
    rejected: cards.filter(({ status }) => status === 'REJECTED').length,
    perActiveHour: rounded(cards.length / hours.size),
    dwellMs: spreadOf(cards.flatMap(({ dwellMs }) => (dwellMs === undefined ? [] : [dwellMs]))),
    quick: quickShare(cards),
  }
}

const quickShare = (cards: readonly DecidedCard[]): Share | null => {
  const measured = cards.filter(({ dwellMs }) => dwellMs !== undefined)
  const quick = measured.filter(({ dwellMs = 0, chars }) => dwellMs < (chars / quickCharsPerSecond) * 1_000)
  return shareOf(quick.length, measured.length)
}
