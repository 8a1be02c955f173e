/** Where a text was read from: a text of the value as it was sent, a piece of one that encodes it, or several joined. */

import type { Place } from '../textWalk.js'
import { FoldedText } from './folded.js'
import type { Span } from './view.js'

/** A piece of one text of the value, as it was sent. */
export type Piece = {
  readonly text: string
  readonly span: Span
  readonly inKey: boolean
  /** Which text of the value it is, counted in the order of the walk. */
  readonly ordinal: number
  pointer(): { readonly path: string; readonly exact: boolean }
}

export interface Origin {
  readonly inKey: boolean
  /** How it was read, the first step first: `joined`, `base64`; none for a text as it was sent. */
  readonly ways: readonly string[]
  label(): string
  /** What of the value was read as this piece of the text. */
  pieces(span: Span): readonly Piece[]
}

/** A text as it was sent. */
export class SentOrigin implements Origin {
  readonly ways: readonly string[] = []
  readonly #text: string
  readonly #place: Place
  #label: string | undefined

  constructor(text: string, place: Place) {
    this.#text = text
    this.#place = place
  }

  get inKey(): boolean {
    return this.#place.inKey
  }

  label(): string {
    this.#label ??= labelOf(this.#place.names())
    return this.#label
  }

  pieces(span: Span): readonly Piece[] {
    const { inKey, ordinal } = this.#place
    return [{ text: this.#text, span, inKey, ordinal, pointer: () => this.#place.pointer() }]
  }
}

/** A text that a piece of another one encodes. */
export class DecodedOrigin implements Origin {
  readonly ways: readonly string[]
  readonly #outer: Origin
  readonly #toOuter: (span: Span) => Span

  constructor(outer: Origin, way: string, toOuter: (span: Span) => Span) {
    this.#outer = outer
    this.#toOuter = toOuter
    this.ways = [...outer.ways, way]
  }

  get inKey(): boolean {
    return this.#outer.inKey
  }

  label(): string {
    return this.#outer.label()
  }

  pieces(span: Span): readonly Piece[] {
    return this.#outer.pieces(this.#toOuter(span))
  }
}

/** Labels that were made before: values of one kind stand under the same names. Emptied when full. */
const labels = new Map<string, string>()
const labelsMost = 4_096
const rememberedNames = 256

/** Names as filters read them. */
export function labelOf(names: readonly string[]): string {
  const written = names.join('\n')
  const known = labels.get(written)
  if (known !== undefined) return known
  const label = names.map((name) => new FoldedText(name).text.toLowerCase()).join(' ')
  if (labels.size >= labelsMost) labels.clear()
  if (written.length <= rememberedNames) labels.set(written, label)
  return label
}
