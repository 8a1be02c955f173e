/**
 * Letters of other scripts as the Latin letters and digits that they look like (`раѕѕwоrd`), and Latin ones with
 * strokes and hooks without them; the rest as folded.
 */

import { foldPoint } from './folded.js'
import { lookalikeRows } from './lookalikeTable.js'
import { PointwiseText } from './pointwise.js'

const latinOf = new Map(lookalikeRows.flatMap(([latin, points]) => [...points].map((point) => [point, latin] as const)))

export class LookalikeText extends PointwiseText {
  constructor(original: string) {
    super('lookalikes', original, (point) => latinOf.get(point) ?? bareLatin(foldPoint(point)))
  }
}

/** What an accented letter of another script looks like without its accent. */
function bareLatin(folded: string): string {
  return latinOf.get(folded) ?? folded
}
