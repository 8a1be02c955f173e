/** A text that a piece of another one encodes, and how. */

import type { Span } from '../views/view.js'

export type Way = 'percent' | 'entities' | 'escapes' | 'quoted-printable' | 'base64' | 'hex' | 'json'

export interface DecodedText {
  /** How it was read; several where they stand beside each other, joined by `+`. */
  readonly way: string
  readonly text: string
  /** The shortest encoded piece that this piece was read from, in the text that it was found in. */
  toEncoded(span: Span): Span
}
