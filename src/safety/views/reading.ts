/** One text in one view, with where it stands: what a filter of texts gets to see. */

import type { ViewName } from './view.js'

export interface Reading {
  readonly view: ViewName
  readonly text: string
  /** Is it the name of a field? */
  readonly inKey: boolean
  /**
   * The names of the fields that it stands in, the nearest last, at most three, folded and in lower case, joined by
   * spaces: what `{"passport": {"number": "C01X00T47"}}` says of its value is `passport number`.
   */
  label(): string
}
