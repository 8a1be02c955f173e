/**
 * One thing that the gate looks for. Rules are named in findings, switched off and weighed by policies, and told to
 * the authors of policies with what they find.
 */

import type { Reason, Severity } from '../tasks/verdict.js'

export type Rule = {
  /** Family and name: `pii.iban`. Stays the same for ever: policies name it. */
  readonly id: string
  readonly reason: Reason
  /** A clause for the details of a verdict: `it holds an IBAN`. */
  readonly summary: string
  /** Where it weighs more or less than its reason does. */
  readonly severity?: Severity
  /** A sentence or two for authors of policies: what it finds, and by what it is told from what looks alike. */
  readonly finds: string
  /** Texts that it finds. */
  readonly hits: readonly string[]
  /** Texts that look alike, and pass. */
  readonly misses: readonly string[]
  /** Of a secret: what all of its kind begin with, which an excerpt may show. */
  readonly prefixes?: readonly string[]
}
