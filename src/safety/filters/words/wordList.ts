/**
 * A word list: words and phrases of one language that are held, as data. The lists of this project and those of a
 * tenant have the same form; each phrase is a rule, which policies can switch off.
 */

import type { Reason, Severity } from '../../../tasks/verdict.js'
import type { Keyword } from '../../policy.js'

export type WordList = {
  /** Names the list in policies and its rules: lower-case letters, digits and hyphens. */
  readonly name: string
  /** The language, as BCP 47 has it: `de`. */
  readonly language: string
  readonly phrases: readonly ListedPhrase[]
}

export type ListedPhrase = Keyword & {
  /** Other forms of it that count as the same: a plural, another order of words. */
  readonly forms?: readonly string[]
  /** SENSITIVE_KEYWORD where none is given. */
  readonly reason?: Extract<Reason, 'SENSITIVE_KEYWORD' | 'POLICY'>
  readonly severity?: Severity
  /** Texts that look alike, and pass. */
  readonly misses?: readonly string[]
}
