/** What a policy says of the review by severity: how many people approve, and how long a card may wait. */

import type { Severity } from '../../tasks/verdict.js'
import type { PolicyTerms } from '../policyTerms.js'
import { below, integerAt, mapAt, onlyNames, severityWords } from './wrong.js'

/** As the node's own knobs: below a second nobody can decide, and a year is as good as never. */
const leastMs = 1_000
const mostMs = 365 * 86_400_000

export function readApprovals(value: unknown, path: string): Partial<PolicyTerms['approvals']> {
  return bySeverity(value, path, 1, 5)
}

export function readReviewMs(value: unknown, path: string): PolicyTerms['reviewMs'] {
  return bySeverity(value, path, leastMs, mostMs)
}

function bySeverity(value: unknown, path: string, least: number, most: number): Partial<Record<Severity, number>> {
  const says = mapAt(value, path)
  onlyNames(says, path, severityWords)
  return Object.fromEntries(
    Object.entries(says).map(([severity, n]) => [severity, integerAt(n, below(path, severity), least, most)]),
  )
}
