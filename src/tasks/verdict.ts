/**
 * What the gate says of what an agent said: the port between those who carry results and the rooms of the gate.
 */

import type { CardReason, CardSeverity, ReviewFinding } from '../protocol/records.js'

/** Weightiest first. A card's `reason` is the first of these that applied. */
export { cardReasons as reasons } from '../protocol/records.js'

export type Reason = CardReason
export type Severity = CardSeverity
/** One place in what was said, and the rule that saw it; a secret in its excerpt is masked. */
export type Finding = ReviewFinding

/** Something an agent said that others would get to see. */
export type Said = {
  readonly tenant: string
  readonly queue: string
  /**
   * `result` is judged with its confidence; `action` likewise; `text` (errors, notes, names) by what it says alone; `edit`,
   * what a person would have a result be, by that and by its queue's schema.
   */
  readonly kind: 'result' | 'action' | 'text' | 'edit'
  /** Any value that MessagePack can say. */
  readonly value: unknown
  /** As sent: anything but a number from 0 to 1 counts as 0. */
  readonly confidence?: unknown
  /** The attempt that it ends; what is said beside attempts has none, and is in no sample. */
  readonly of?: { readonly task: string; readonly turn: number }
  /** When it came. Where it is missing, no allowance holds: they all end at some time. */
  readonly at?: number
}

/**
 * An allowance that kept a rule from holding something: on record with the verdict, in the words of the policy alone, for
 * the record has nothing of what was said.
 */
export type Lift = { readonly rule: string; readonly path?: string; readonly until: number; readonly why: string }

export type Verdict =
  | { readonly kind: 'pass'; readonly policyVersion: string; readonly lifts?: readonly Lift[] }
  | {
      readonly kind: 'hold'
      readonly policyVersion: string
      readonly lifts?: readonly Lift[]
      /** People who have to approve it; missing: one. */
      readonly approvalsRequired?: number
      /** How long it may wait for their decision; missing: as long as the node says. */
      readonly reviewMs?: number
      readonly reason: Reason
      readonly severity: Severity
      /** One sentence for a person, naming all reasons that applied. */
      readonly details: string
      /** At most 64; `details` says where there were more. */
      readonly findings: readonly Finding[]
    }

/** Grows with each change of a tenant's policy; 0: it never had one of its own. */
export type Edition = number

export interface Gate {
  /** Never throws: what can't be judged is held as GATE_ERROR. Pure in (said, policy in force). */
  judge(said: Said): Verdict
}
