/** A verdict in a line, with what explains it below. */
import type { Verdict } from './trial.js'

const widths = [26, 13, 10, 5, 9, 9, 6, 10, 6]

const row = (cells: readonly (string | number)[]): string =>
  cells.map((cell, at) => (at === 0 ? `${cell}`.padEnd(widths[at] ?? 0) : `${cell}`.padStart(widths[at] ?? 0))).join('')

export const headLine = row([
  'fault',
  'acknowledged',
  'completed',
  'lost',
  'accepted',
  'executed',
  'late',
  'recovered',
  'took',
])

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)}s`

const sentencesShown = 8

export function verdictLines(verdict: Verdict): readonly string[] {
  const { fault, acknowledged, completed, lost, acceptedTwice, executedTwice, because, late, tookMs, worse } = verdict
  const recovered = verdict.recoveryMs === null ? 'never' : seconds(verdict.recoveryMs)
  const counts = [acknowledged, completed, lost, acceptedTwice, executedTwice, late, recovered, seconds(tookMs)]
  const why = Object.entries(because).map(([reason, count]) => `  executed twice: ${count}, as ${reason}`)
  const line = `${row([fault, ...counts])}  ${worse.length === 0 ? 'ok' : 'WORSE'}`
  if (worse.length === 0) return [line, ...why]
  const behind = [...worse, ...verdict.notes]
  const more = behind.length > sentencesShown ? [`  and ${behind.length - sentencesShown} more`] : []
  const sentences = behind.slice(0, sentencesShown).map((sentence) => `  ${sentence}`)
  return [line, ...why, ...sentences, ...more, `  logs and data: ${verdict.folder}`]
}
