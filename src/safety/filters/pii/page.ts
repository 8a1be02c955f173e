/** A text as the finders of personal data share it: its tokens, and what is said around a place. */

import type { Reading } from '../../views/reading.js'
import type { Span, ViewName } from '../../views/view.js'
import { type ContextKind, Surroundings } from './surroundings.js'
import { Tokens } from './tokens.js'

export class Page {
  readonly text: string
  readonly tokens: Tokens
  readonly view: ViewName
  readonly #surroundings: Surroundings

  constructor(reading: Reading) {
    this.text = reading.text
    this.view = reading.view
    this.tokens = new Tokens(reading.text)
    this.#surroundings = new Surroundings(reading)
  }

  /** Do words near by, or the names of the fields that it stands in, say that this is of that kind? */
  isAbout(kind: ContextKind, span: Span): boolean {
    return this.#surroundings.say(kind, span)
  }

  /** Is a word of any kind anywhere? */
  get mentionsSomething(): boolean {
    return this.#surroundings.mentionSomething
  }

  /** Is a word of that kind anywhere? Asked before what is dear. */
  mentions(kind: ContextKind): boolean {
    return this.#surroundings.mention(kind)
  }
}
