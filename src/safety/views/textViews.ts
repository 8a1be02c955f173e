/**
 * The views of one text. Each is made when it is asked for first, over the ones before it: folded, then look-alikes,
 * then squeezed, then letters or digits. One that reads as a view before it has no text.
 */

import { readDigits } from './digits.js'
import { FoldedText } from './folded.js'
import { readLetters } from './letters.js'
import { LookalikeText } from './lookalikes.js'
import { isPlain } from './pointwise.js'
import { type Edits, type RewrittenText, rewriteNear, rewriteWhole } from './rewriting.js'
import { gapsToSqueeze } from './squeezed.js'
import { noTraits, type Traits, traitsOf } from './traits.js'
import type { Span, View, ViewName } from './view.js'

export type ViewMakers = Readonly<Record<ViewName, (texts: TextViews) => readonly View[]>>

/** A view may come in several pieces, or in two ways to read; most have none. */
export const viewMakers: ViewMakers = {
  raw: (texts) => [texts.raw],
  folded: (texts) => [texts.folded],
  lookalikes: (texts) => (texts.upright === texts.folded ? [] : [texts.upright]),
  squeezed: (texts) => (texts.gaps === undefined ? [] : viewsNear('squeezed', texts.upright, texts.gaps)),
  letters: ({ traits, squeezed }) =>
    traits.mixed || traits.signed || traits.spelled
      ? readLetters(squeezed.text).flatMap((edits) => viewsNear('letters', squeezed, edits))
      : [],
  digits: ({ traits, squeezed }) =>
    traits.digited || traits.spelled ? viewsNear('digits', squeezed, readDigits(squeezed.text)) : [],
}

/** What of one text several views are made of. */
export class TextViews {
  readonly original: string
  /** Of what reads upright. */
  readonly traits: Traits
  readonly folded: View
  /** With look-alikes read, where there are any. */
  readonly upright: View
  /** No view but `raw` and `folded` has anything to show. */
  readonly readsOneWay: boolean
  #gaps: Edits | undefined
  #squeezed: View | undefined

  /** `isPointwise`: only what each point reads as is looked for. */
  constructor(original: string, isPointwise = false) {
    this.original = original
    const traits = isPointwise ? noTraits : traitsOf(original)
    const isAsSent = traits.plain || (isPointwise && isPlain(original))
    this.folded = isAsSent ? new AsSent('folded', original) : new FoldedText(original)
    this.upright = isAsSent ? this.folded : uprightOf(original, this.folded)
    this.traits = isAsSent || isPointwise ? traits : traitsOf(this.upright.text)
    const { spelled, mixed, signed, digited } = this.traits
    this.readsOneWay = this.upright === this.folded && !spelled && !mixed && !signed && !digited
  }

  get raw(): View {
    return new AsSent('raw', this.original)
  }

  /** What is squeezed out; undefined where nothing is. */
  get gaps(): Edits | undefined {
    if (!this.traits.spelled) return undefined
    this.#gaps ??= gapsToSqueeze(this.upright.text)
    return this.#gaps.count === 0 ? undefined : this.#gaps
  }

  /** The whole text, squeezed where it can be: what letters and digits are read from. */
  get squeezed(): View {
    const { gaps } = this
    if (gaps === undefined) return this.upright
    this.#squeezed ??= new RewrittenView('squeezed', this.upright, rewriteWhole(this.upright.text, gaps))
    return this.#squeezed
  }
}

class AsSent implements View {
  readonly name: ViewName
  readonly text: string

  constructor(name: ViewName, text: string) {
    this.name = name
    this.text = text
  }

  toOriginal(span: Span): Span {
    return span
  }
}

class RewrittenView implements View {
  readonly name: ViewName
  readonly text: string
  readonly #base: View
  readonly #rewritten: RewrittenText

  constructor(name: ViewName, base: View, rewritten: RewrittenText) {
    this.name = name
    this.text = rewritten.text
    this.#base = base
    this.#rewritten = rewritten
  }

  toOriginal(span: Span): Span {
    return this.#base.toOriginal(this.#rewritten.toBase(span))
  }
}

function uprightOf(original: string, folded: View): View {
  const alike = new LookalikeText(original)
  return alike.text === folded.text ? folded : alike
}

function viewsNear(name: ViewName, base: View, edits: Edits): readonly View[] {
  return rewriteNear(base.text, edits).map((rewritten) => new RewrittenView(name, base, rewritten))
}
