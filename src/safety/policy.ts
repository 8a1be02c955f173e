/**
 * A policy: what the gate holds, as data. Its version is a hash of all that can change a verdict, so that two nodes
 * that name the same version judge alike.
 */

import type { Reason, Severity } from '../tasks/verdict.js'
import { hashOfOutput } from './outputHash.js'
import type { WalkLimits } from './textWalk.js'

/** A word or phrase to hold, in any writing: case, joins, gaps and invisible characters make no difference. */
export type Keyword = {
  readonly phrase: string
  /** `anywhere`: also within a longer word (`passwords`). `word`: as a word of its own (`userSSN`, not `classname`). */
  readonly match: 'anywhere' | 'word'
}

export type PolicyTerms = {
  /** Results and actions with less are held. */
  readonly confidenceThreshold: number
  /** Beside the seed list, which no policy can lift. */
  readonly keywords: readonly Keyword[]
  readonly severities: Readonly<Record<Reason, Severity>>
  /** What is larger is held: the gate judges within the node's event loop. */
  readonly limits: WalkLimits
}

export type GatePolicy = PolicyTerms & {
  /** `p_` and 16 hex digits. */
  readonly version: string
}

export const seedKeywords: readonly Keyword[] = [
  { phrase: 'password', match: 'anywhere' },
  { phrase: 'secret key', match: 'anywhere' },
  { phrase: 'delete all', match: 'anywhere' },
  { phrase: 'override security', match: 'anywhere' },
  { phrase: 'override security settings', match: 'anywhere' },
  { phrase: 'PII', match: 'word' },
  { phrase: 'SSN', match: 'word' },
]

const defaultTerms: PolicyTerms = {
  confidenceThreshold: 0.7,
  keywords: [],
  severities: {
    GATE_ERROR: 'high',
    SECRET: 'high',
    SENSITIVE_KEYWORD: 'high',
    PII: 'high',
    SCHEMA: 'normal',
    POLICY: 'normal',
    LOW_CONFIDENCE: 'normal',
  },
  // Depth is the protocol's. The others keep the worst case to some tens of milliseconds.
  limits: { depth: 10_000, values: 100_000, textUnits: 1_048_576 },
}

/** A policy of these terms; what isn't given is as in the default policy. */
export function makePolicy(terms: Partial<PolicyTerms> = {}): GatePolicy {
  const whole = { ...defaultTerms, ...terms }
  const keywords = [...seedKeywords, ...whole.keywords]
  return { ...whole, keywords, version: `p_${hashOfOutput({ ...whole, keywords }).slice(0, 16)}` }
}

export const defaultPolicy: GatePolicy = makePolicy()
