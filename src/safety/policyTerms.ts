/** What a policy can say about one queue, and what holds where it says nothing. */

import type { Reason, Severity } from '../tasks/verdict.js'
import type { CompiledPattern } from './filters/pattern.js'
import type { CompiledSchema } from './filters/schema.js'
import type { Allowance } from './policy/allowance.js'
import type { Keyword } from './seedKeywords.js'
import type { WalkLimits } from './textWalk.js'

/** What a policy says of a rule; what it doesn't say is as the rule has it. */
export type RuleTerms = { readonly isOn: boolean; readonly severity?: Severity }

export type PaceLimits = {
  /** Bytes of a message that are judged within the node's event loop; larger ones are judged in a thread of its own. */
  readonly inlineBytes: number
  /** There, what takes longer is held. */
  readonly deadlineMs: number
}

export type PolicyTerms = {
  /** Results and actions with less are held. */
  readonly confidenceThreshold: number
  /** Beside the seed list, which no policy can lift. */
  readonly keywords: readonly Keyword[]
  readonly severities: Readonly<Record<Reason, Severity>>
  /** What is larger is held. */
  readonly limits: WalkLimits & PaceLimits
  /** By the rule's id. */
  readonly rules: ReadonlyMap<string, RuleTerms>
  /** Which word lists are in force, by name; those that aren't named are. */
  readonly words: ReadonlyMap<string, boolean>
  /** The tenant's own, beside the rules that all have. */
  readonly patterns: readonly CompiledPattern[]
  /** What outputs of the queue have to be like. */
  readonly schema: CompiledSchema | null
  readonly allowances: readonly Allowance[]
  /** Of what passes so many of a hundred are held, for somebody to look at. */
  readonly samplePercent: number
  /** How many people have to approve what is held. */
  readonly approvals: Readonly<Record<Severity, number>>
  /** How long what is held may wait for a decision; of what isn't named here, the node says it. */
  readonly reviewMs: Readonly<Partial<Record<Severity, number>>>
  /** Operators may see what is masked in a card. */
  readonly mayReveal: boolean
}

export const defaultTerms: PolicyTerms = {
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
  limits: { depth: 10_000, values: 100_000, textUnits: 1_048_576, inlineBytes: 16_384, deadlineMs: 1_000 },
  rules: new Map(),
  words: new Map(),
  patterns: [],
  schema: null,
  allowances: [],
  samplePercent: 0,
  approvals: { high: 1, normal: 1, low: 1 },
  reviewMs: {},
  mayReveal: true,
}
