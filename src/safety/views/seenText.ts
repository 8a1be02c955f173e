/**
 * One text of what was said, with the views of it that filters ask for. A view is made when the first filter asks,
 * and shared by all.
 */

import type { Finding, Reason } from '../../tasks/verdict.js'
import { excerptOf } from '../excerpt.js'
import type { Place } from '../textWalk.js'
import { FoldedText, type Span } from './folded.js'

export class SeenText {
  readonly original: string
  readonly #place: Place
  #folded: FoldedText | undefined

  constructor(original: string, place: Place) {
    this.original = original
    this.#place = place
  }

  get folded(): FoldedText {
    this.#folded ??= new FoldedText(this.original)
    return this.#folded
  }

  /** A finding at this piece of the original. */
  finding(reason: Reason, rule: string, { start, end }: Span): Finding {
    const { path, exact } = this.#place.pointer()
    const excerpt = excerptOf(this.original, { start, end })
    if (!exact) return { reason, rule, path, excerpt }
    return { reason, rule, path, start, end, ...(this.#place.inKey ? { inKey: true } : {}), excerpt }
  }
}
