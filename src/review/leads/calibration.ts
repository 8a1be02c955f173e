/**
 * Whether agents' confidence is worth something: how often people approved what was held, by what the agent said of its
 * confidence, and what another threshold would have let pass.
 *
 * It knows what was held, and no more: what passed nobody looked at. So it can say what a lower threshold would have
 * done, and of a higher one only a backtest can (docs/policy.md).
 */
import type { Approvals, Band, CalibrationNumbers, Threshold } from '../../protocol/leadRecords.js'
import type { DecidedCard } from './decidedCards.js'
import { grouped, rounded, shareOf } from './shares.js'

const bandCount = 10
const thresholdStep = 0.05
const groupsMost = 50

/** Of cards that people decided; what an agent said beside its results has no confidence of its own. */
export const calibrationOf = (all: readonly DecidedCard[]): CalibrationNumbers => {
  const cards = all.filter(({ kind, status }) => kind !== 'text' && status !== 'EXPIRED')
  return {
    ...approvalsOf(cards),
    bands: Array.from({ length: bandCount }, (_, at) => bandOf(cards, at)),
    queues: groups(cards, ({ queue }) => queue).map(([queue, some]) => ({ queue, ...approvalsOf(some) })),
    agents: groups(cards, ({ agent }) => agent).map(([agent, some]) => ({ agent, ...approvalsOf(some) })),
    thresholds: thresholdsOf(cards),
  }
}

const isApproved = ({ status, edited }: DecidedCard): boolean => status === 'APPROVED' && !edited

const approvalsOf = (cards: readonly DecidedCard[]): Approvals => ({
  cards: cards.length,
  edited: cards.filter(({ edited }) => edited).length,
  rejected: cards.filter(({ status }) => status === 'REJECTED').length,
  approved: shareOf(cards.filter(isApproved).length, cards.length),
})

/** The last band has 1 in it. */
const bandOf = (cards: readonly DecidedCard[], at: number): Band => {
  const inBand = cards.filter(
    ({ confidence }) => Math.min(bandCount - 1, Math.floor(rounded(confidence * bandCount))) === at,
  )
  const sum = inBand.reduce((total, { confidence }) => total + confidence, 0)
  return {
    from: rounded(at / bandCount),
    to: rounded((at + 1) / bandCount),
    meanConfidence: inBand.length === 0 ? null : rounded(sum / inBand.length),
    ...approvalsOf(inBand),
  }
}

const groups = (cards: readonly DecidedCard[], keyOf: (card: DecidedCard) => string) =>
  [...grouped(cards, keyOf)]
    .sort(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1))
    .slice(0, groupsMost)

/** From the lowest up to the last one that would have let something pass. */
const thresholdsOf = (cards: readonly DecidedCard[]): readonly Threshold[] => {
  const alone = cards.filter(({ reason }) => reason === 'LOW_CONFIDENCE')
  const thresholds: Threshold[] = []
  for (let step = 0; step * thresholdStep <= 1; step++) {
    const threshold = rounded(step * thresholdStep)
    const passing = alone.filter(({ confidence }) => confidence >= threshold)
    if (passing.length === 0) break
    const wrong = passing.filter((card) => !isApproved(card))
    thresholds.push({ threshold, passed: passing.length, wrongly: shareOf(wrong.length, passing.length) })
  }
  return thresholds
}
