/** A text cut where a finding begins or ends, and at each character that isn't seen. */
import type { ReviewFinding } from '../../../src/protocol/records.js'
import { isUnseen } from './unseen.js'

/** A place in a text that a finding is about. */
export type Mark = {
  readonly start: number
  readonly end: number
  readonly finding: ReviewFinding
  readonly number: number
}

export type Segment = {
  readonly text: string
  readonly isUnseen: boolean
  readonly marks: readonly Mark[]
  /** Marks that end here: this is where they are named. */
  readonly ending: readonly Mark[]
}

/** Of `text` up to `length`; marks are cut to it. */
export function segmentsOf(text: string, marks: readonly Mark[], length = text.length): readonly Segment[] {
  const within = marks
    .map((mark) => ({ ...mark, end: Math.min(mark.end, length) }))
    .filter(({ start, end }) => start < end)
  const cuts = new Set([0, length, ...within.flatMap(({ start, end }) => [start, end])])
  const edges = [...cuts].sort((a, b) => a - b)
  return edges.slice(1).flatMap((end, i) => {
    const start = edges[i] ?? 0
    const here = within.filter((mark) => mark.start <= start && mark.end >= end)
    const runs = runsOf(text.slice(start, end))
    return runs.map((run, at) => ({
      ...run,
      marks: here,
      ending: at === runs.length - 1 ? here.filter((mark) => mark.end === end) : [],
    }))
  })
}

type Run = { readonly text: string; readonly isUnseen: boolean }

function runsOf(text: string): readonly Run[] {
  const runs: Run[] = []
  let plain = ''
  const flush = () => {
    if (plain !== '') runs.push({ text: plain, isUnseen: false })
    plain = ''
  }
  for (const character of text) {
    if (isUnseen(character)) {
      flush()
      runs.push({ text: character, isUnseen: true })
    } else plain += character
  }
  flush()
  return runs
}
