/**
 * A filter looks for things of one kind and says what it finds. It may throw: then what was said is held, and the
 * other filters still have their say.
 */

import type { Said } from '../../tasks/verdict.js'
import type { Report } from '../report.js'
import type { Rule } from '../rule.js'
import type { Reading } from '../views/reading.js'
import type { Span, ViewName } from '../views/view.js'

/** Something that a rule is about stands here, in the text of the reading. Found twice in one place, it counts once. */
export type Found = (rule: Rule, span: Span) => void

/** Looks at the whole, once. */
export type SaidFilter = {
  readonly kind: 'said'
  readonly name: string
  look(said: Said, report: Report): void
}

/** Looks at each text in it, in each view that it names and that reads otherwise than the ones before. */
export type TextFilter = {
  readonly kind: 'text'
  readonly name: string
  readonly rules: readonly Rule[]
  readonly views: readonly ViewName[]
  /** Takes time in proportion to the text, whatever it says. */
  look(reading: Reading, found: Found): void
}

export type Filter = SaidFilter | TextFilter
