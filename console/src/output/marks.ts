/** Findings by the place that they are about: a JSON pointer, in a value or in a key. */
import type { ReviewFinding } from '../../../src/protocol/records.js'
import type { Mark } from './segments.js'

/** `textAt` and `keyAt` give the marks of a text by its pointer; the number is the finding's in the card's list. */
export type Marks = {
  readonly textAt: (path: string, length: number) => readonly Mark[]
  readonly keyAt: (path: string, length: number) => readonly Mark[]
}

export const noMarks: Marks = { textAt: () => [], keyAt: () => [] }

export function marksOf(findings: readonly ReviewFinding[]): Marks {
  const at = (path: string, isInKey: boolean, length: number): readonly Mark[] =>
    findings.flatMap((finding, i) =>
      finding.path === path && (finding.inKey === true) === isInKey
        ? [{ start: finding.start ?? 0, end: finding.end ?? length, finding, number: i + 1 }]
        : [],
    )
  return { textAt: (path, length) => at(path, false, length), keyAt: (path, length) => at(path, true, length) }
}

/** A step further in a JSON pointer (RFC 6901). */
export const pointerTo = (path: string, step: string | number): string =>
  `${path}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`
