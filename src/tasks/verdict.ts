/**
 * What the gate says of what an agent said: the port between those who carry results and the rooms of the gate.
 */

/** Weightiest first. A card's `reason` is the first of these that applied. */
export const reasons = [
  'GATE_ERROR',
  'SECRET',
  'SENSITIVE_KEYWORD',
  'PII',
  'SCHEMA',
  'POLICY',
  'LOW_CONFIDENCE',
] as const

export type Reason = (typeof reasons)[number]

export type Severity = 'low' | 'normal' | 'high'

/** Something an agent said that others would get to see. */
export type Said = {
  readonly tenant: string
  readonly queue: string
  /** `result` is judged with its confidence; `action` likewise; `text` (errors, notes, names) by what it says alone. */
  readonly kind: 'result' | 'action' | 'text'
  /** Any value that MessagePack can say. */
  readonly value: unknown
  /** As sent: anything but a number from 0 to 1 counts as 0. */
  readonly confidence?: unknown
}

/** One place in what was said, and the rule that saw it. */
export type Finding = {
  readonly reason: Reason
  /** The rule's name, such as `keyword.password`. */
  readonly rule: string
  /** JSON pointer (RFC 6901) into the value. A key's own finding points at the key's value. */
  readonly path: string
  /** UTF-16 offsets in the text at `path` (in the key, where `inKey`). */
  readonly start?: number
  readonly end?: number
  readonly inKey?: boolean
  /** What was found with a little around it, at most 80 characters; a secret is masked. */
  readonly excerpt: string
}

export type Verdict =
  | { readonly kind: 'pass'; readonly policyVersion: string }
  | {
      readonly kind: 'hold'
      readonly policyVersion: string
      readonly reason: Reason
      readonly severity: Severity
      /** One sentence for a person, naming all reasons that applied. */
      readonly details: string
      /** At most 64; `details` says where there were more. */
      readonly findings: readonly Finding[]
    }

export interface Gate {
  /** Never throws: what can't be judged is held as GATE_ERROR. Pure in (said, policy in force). */
  judge(said: Said): Verdict
}
