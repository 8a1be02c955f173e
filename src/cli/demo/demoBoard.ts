/** What the demo shows while it runs, and what it says at the end. */
import type { DemoCounts } from './demoTally.js'

/** What the node counts. Empty before it was heard. */
export type NodeCounts = {
  readonly running: number
  readonly agents: number
  readonly agentsAtWork: number
  /** Cards that wait, by reason. */
  readonly held: Readonly<Record<string, number>>
}

export type DemoNow = {
  readonly tally: DemoCounts
  readonly node: NodeCounts
  readonly tasksPerSecond: number
  readonly seconds: number
  readonly restarts: number
}

/** For a terminal, drawn over and over. */
export function boardLines(now: DemoNow): readonly string[] {
  const { tally, node, tasksPerSecond, seconds, restarts } = now
  return [
    `  ${clock(seconds)}   ${number(tasksPerSecond)} tasks a second${restarts === 0 ? '' : `   the node was started again ${times(restarts)}`}`,
    `  submitted ${number(tally.submitted)}   running ${number(node.running)}   completed ${number(completed(tally))}${othersOf(tally)}`,
    `  held      ${number(sumOf(node.held))}${listed(node.held, ': ')}`,
    `  agents    ${number(node.agents)}, ${number(node.agentsAtWork)} at work`,
  ]
}

/** For whatever is no terminal. */
export function boardLine({ tally, node, tasksPerSecond, seconds, restarts }: DemoNow): string {
  return [
    clock(seconds),
    `submitted ${tally.submitted}`,
    `running ${node.running}`,
    `completed ${completed(tally)}${othersOf(tally)}`,
    `held ${sumOf(node.held)}${listed(node.held, ': ')}`,
    `agents ${node.agents}`,
    `tasks/s ${tasksPerSecond}`,
    ...(restarts === 0 ? [] : [`node restarts ${restarts}`]),
  ].join('  ')
}

export type DemoSummary = {
  readonly tally: DemoCounts
  readonly seconds: number
  readonly restarts: number
  /** Of the cards that wait. */
  readonly held: Readonly<Record<string, number>>
  /** Records that were read again from the node, those it doesn't know, and those that say something else than told. */
  readonly checked: { readonly records: number; readonly lost: number; readonly toldWrongly: number }
  readonly reviewer?: { readonly rule: string; readonly approved: number; readonly rejected: number }
}

export function summaryLines({ tally, seconds, restarts, held, checked, reviewer }: DemoSummary): readonly string[] {
  const known = tally.known === 0 ? '' : `, ${number(tally.known)} of them known from an earlier run`
  return [
    `submitted  ${number(tally.submitted)} mails in ${seconds.toFixed(1)} s${known}`,
    `completed  ${number(completed(tally))}${othersOf(tally)}`,
    `held       ${number(tally.held)}${tally.held === 0 ? '' : `, for a person to decide${listed(held, ': ')}`}`,
    ...(tally.open === 0 ? [] : [`unfinished ${number(tally.open)}`]),
    ...(reviewer === undefined
      ? []
      : [
          `decisions  ${number(reviewer.approved)} cards approved, ${number(reviewer.rejected)} rejected (automatic: ${reviewer.rule}); a mail approved in its first step goes on to the second`,
        ]),
    `node       ${restarts === 0 ? 'never died' : `was started again ${times(restarts)}`}`,
    `checked    ${number(checked.records)} records: ${number(checked.lost)} lost, ${number(tally.endedTwice)} ended twice, ${number(checked.toldWrongly)} other than told`,
  ]
}

const completed = ({ byStatus }: DemoCounts): number => byStatus.COMPLETED ?? 0

/** Decisions on cards are counted apart: not every one ends a task. */
const endWords: Readonly<Record<string, string>> = {
  APPROVED: 'released by a review of the last step',
  REJECTED: 'ended by a rejection',
}

/** Ends other than the usual one, where there are any. */
function othersOf({ byStatus }: DemoCounts): string {
  const { COMPLETED: _, ...others } = byStatus
  return Object.entries(others)
    .map(([status, n]) => `   ${endWords[status] ?? status.toLowerCase()} ${number(n)}`)
    .join('')
}

function listed(counts: Readonly<Record<string, number>>, before: string): string {
  const parts = Object.entries(counts).filter(([, n]) => n > 0)
  return parts.length === 0 ? '' : before + parts.map(([name, n]) => `${name} ${number(n)}`).join(', ')
}

const sumOf = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((sum, n) => sum + n, 0)

const number = (n: number): string => n.toLocaleString('en-US')

const times = (n: number): string => (n === 1 ? 'once' : `${n} times`)

const clock = (seconds: number): string => new Date(Math.floor(seconds) * 1_000).toISOString().slice(11, 19)
