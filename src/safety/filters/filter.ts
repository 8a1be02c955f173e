/**
 * A filter looks for one kind of thing and notes what it finds. It may throw: then what was said is held, and the
 * other filters still have their say.
 */

import type { Said } from '../../tasks/verdict.js'
import type { Report } from '../report.js'
import type { SeenText } from '../views/seenText.js'

export type Filter =
  /** Looks at the whole, once. */
  | { readonly kind: 'said'; readonly name: string; look(said: Said, report: Report): void }
  /** Looks at each text in it. Must take time in proportion to the text, whatever it says. */
  | { readonly kind: 'text'; readonly name: string; look(text: SeenText, report: Report): void }
