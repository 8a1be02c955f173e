/**
 * One text of what was said, in the views that filters ask for. A view is made when the first filter asks, and shared
 * by all; one that reads as a view before it is not there.
 */

import type { Finding } from '../../tasks/verdict.js'
import { excerptOf } from '../excerpt.js'
import type { Rule } from '../rule.js'
import type { Place } from '../textWalk.js'
import { FoldedText } from './folded.js'
import type { Reading } from './reading.js'
import type { Span, View, ViewName } from './view.js'

export class SeenText {
  readonly original: string
  readonly #place: Place
  #folded: FoldedText | undefined
  #label: string | undefined

  constructor(original: string, place: Place) {
    this.original = original
    this.#place = place
  }

  /** The text in this view, or undefined where it reads as in a view before. */
  view(name: ViewName): View | undefined {
    if (name === 'raw') return { name, text: this.original, toOriginal: (span) => span }
    if (name !== 'folded') return undefined
    this.#folded ??= new FoldedText(this.original)
    return this.#folded
  }

  reading({ name, text }: View): Reading {
    return { view: name, text, inKey: this.#place.inKey, label: () => this.#readLabel() }
  }

  /** What a card shows of it; one for each piece of what was sent that this piece of a view was read from. */
  findings({ reason, id }: Rule, view: View, span: Span): readonly Finding[] {
    const { start, end } = view.toOriginal(span)
    const { path, exact } = this.#place.pointer()
    const excerpt = excerptOf(this.original, { start, end })
    if (!exact) return [{ reason, rule: id, path, excerpt }]
    return [{ reason, rule: id, path, start, end, ...(this.#place.inKey ? { inKey: true } : {}), excerpt }]
  }

  #readLabel(): string {
    this.#label ??= this.#place.names().map(foldedName).join(' ')
    return this.#label
  }
}

function foldedName(name: string): string {
  return new FoldedText(name).text.toLowerCase()
}
