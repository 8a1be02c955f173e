/**
 * One text of what was said, in the views that filters ask for. A view is made when the first filter asks, and shared
 * by all; one that reads as a view before it is not there.
 */

import type { Finding } from '../../tasks/verdict.js'
import { excerptOf } from '../excerpt.js'
import type { Told } from '../policy/ruling.js'
import type { Origin, Piece } from './origin.js'
import type { Reading } from './reading.js'
import { TextViews, type ViewMakers } from './textViews.js'
import type { View, ViewName } from './view.js'

export class SeenText {
  readonly origin: Origin
  readonly texts: TextViews
  readonly #makers: ViewMakers
  readonly #views: Partial<Record<ViewName, readonly View[]>> = {}

  constructor(text: string, origin: Origin, makers: ViewMakers, isPointwise = false) {
    this.origin = origin
    this.texts = new TextViews(text, isPointwise)
    this.#makers = makers
  }

  /**
   * The text in this view: in pieces, where only some of it reads otherwise than in the views before, or in two ways to
   * read it. A view that can't be made throws once, and has nothing from then on.
   */
  views(name: ViewName): readonly View[] {
    const made = this.#views[name]
    if (made !== undefined) return made
    this.#views[name] = []
    const views = this.#makers[name](this.texts)
    this.#views[name] = views
    return views
  }

  reading({ name, text }: View): Reading {
    const { origin } = this
    return { view: name, text, inKey: origin.inKey, label: () => origin.label() }
  }

  /** What a card shows of it: a finding for each piece. */
  findings({ reason, id }: Told, view: View, pieces: readonly Piece[]): readonly Finding[] {
    const seenAs = this.#seenAs(view)
    return pieces.map(({ text, span: { start, end }, inKey, pointer }) => {
      const { path, exact } = pointer()
      const excerpt = excerptOf(text, { start, end })
      if (!exact) return { reason, rule: id, path, ...seenAs, excerpt }
      return { reason, rule: id, path, start, end, ...(inKey ? { inKey: true } : {}), ...seenAs, excerpt }
    })
  }

  #seenAs({ name }: View): { readonly view?: string } {
    const ways = name === 'raw' || name === 'folded' ? this.origin.ways : [...this.origin.ways, name]
    return ways.length === 0 ? {} : { view: ways.join(' ') }
  }
}
