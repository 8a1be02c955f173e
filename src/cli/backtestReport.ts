/** What a backtest found, for a person. */
import { columns } from './columns.js'
import { excerpt } from './terminal.js'

export type BacktestAnswer = {
  readonly version: string
  readonly counts: Readonly<Record<string, { readonly pass: number; readonly hold: number }>>
  readonly byRule: Readonly<Record<string, number>>
  readonly changes: readonly {
    readonly task: string
    readonly queue: string
    readonly was: string
    readonly would: string
    readonly details?: string
    readonly review?: string
  }[]
  readonly isBounded: boolean
}

export function backtestLines({ version, counts, byRule, changes, isBounded }: BacktestAnswer): readonly string[] {
  const rows = Object.entries(counts).map(([was, { pass, hold }]) => [was, String(pass), String(hold)])
  const rules = Object.entries(byRule).map(([rule, n]) => [String(n), rule])
  return [
    ...columns([['WENT', 'WOULD PASS', 'WOULD HOLD'], ...rows]),
    ...(rules.length === 0 ? [] : ['', 'Held by rule:', ...columns(rules)]),
    ...(changes.length === 0 ? [] : ['', 'Would go another way:']),
    ...changes.map(({ task, queue, was, would, details = '', review }) =>
      `${review ?? task}  ${queue}  ${was}, would ${would}  ${excerpt(details, 160)}`.trimEnd(),
    ),
    '',
    `Judged by ${version}.${isBounded ? ' There is more than was judged: --limit says how much.' : ''}`,
  ]
}
