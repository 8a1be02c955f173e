/**
 * Holds what the agent itself isn't sure of. What is no number from 0 to 1 counts as 0: saying nothing, or something
 * odd, is no way past.
 */

import type { Rule } from '../rule.js'
import type { SaidFilter } from './filter.js'

export const confidenceRule: Rule = {
  id: 'confidence.threshold',
  reason: 'LOW_CONFIDENCE',
  summary: 'its confidence is below the threshold',
  finds:
    'A result or an action whose agent is less sure of it than the policy asks; no number from 0 to 1 counts as 0.',
  hits: [],
  misses: [],
}

export function confidenceFilter(threshold: number): SaidFilter {
  return {
    kind: 'said',
    name: 'confidence',
    look(said, report) {
      if (said.kind === 'text' || said.kind === 'edit') return
      // Asked so that a threshold that is no number holds everything.
      if (countedConfidence(said.confidence) >= threshold) return
      const stated = statedConfidence(said.confidence)
      const { id, reason } = confidenceRule
      report.note({ ...confidenceRule, summary: `its confidence (${stated}) is below ${threshold}` }, () => [
        { reason, rule: id, path: '', excerpt: `confidence: ${stated}` },
      ])
    },
  }
}

function countedConfidence(confidence: unknown): number {
  return isConfidence(confidence) ? confidence : 0
}

function isConfidence(confidence: unknown): confidence is number {
  return typeof confidence === 'number' && confidence >= 0 && confidence <= 1
}

function statedConfidence(confidence: unknown): string {
  if (isConfidence(confidence)) return String(confidence)
  if (confidence === undefined || confidence === null) return 'none given'
  if (typeof confidence === 'number') return `${confidence}, not from 0 to 1`
  return `a ${typeof confidence === 'string' ? 'text' : typeof confidence}, not a number`
}
