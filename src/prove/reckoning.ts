/** A run that is over, counted: what was lost, doubled, late and leaked, and the sentences behind the numbers. */

import { decisionsAgree } from './checks/decisionsAgree.js'
import { everyEnd } from './checks/everyEnd.js'
import { keysKept } from './checks/keysKept.js'
import { nothingLeaked, type Showing } from './checks/nothingLeaked.js'
import { oneEnd, type Said } from './checks/oneEnd.js'
import { repeatsIn } from './executions.js'
import type { History } from './history.js'

export type Reckoning = {
  readonly acknowledged: number
  readonly completed: number
  readonly lost: number
  readonly acceptedTwice: number
  readonly executedTwice: number
  /** How many of those for each reason. */
  readonly because: Readonly<Record<string, number>>
  readonly late: number
  /** From the fault until everything that was under way then had ended. Null: it never did. */
  readonly recoveryMs: number | null
  /** Whether the clients heard that acknowledged writes were lost. */
  readonly isLossNoticed: boolean
  /** What must never be, whatever the fault. */
  readonly broken: readonly string[]
  /** What stands behind the numbers. */
  readonly notes: readonly string[]
}

export type Circumstances = {
  readonly faultAt: number
  readonly lateMs: number
  /** The ledger forgot something, so that work may be done, and accepted, again. */
  readonly wasPutBack: boolean
}

const completed: readonly string[] = ['COMPLETED', 'APPROVED', 'REJECTED']

export function reckon(history: History, { faultAt, lateMs, wasPutBack }: Circumstances): Reckoning {
  const ends = history.ends()
  const accepted = history.handed.flatMap(({ acknowledged }) => (acknowledged === undefined ? [] : [acknowledged]))
  const missing = [
    ...everyEnd(
      accepted.map(({ task }) => {
        const record = history.records.get(task)
        const found = record && { status: record.status, isFinal: record.final, isTheirs: true }
        return { task, record: found, wasTold: ends.has(task) }
      }),
    ),
  ]
  const doubled = [...oneEnd(saidIn(history))]
  const repeats = repeatsIn(history, wasPutBack)
  const late = accepted.filter(({ task, at }) => (ends.get(task)?.heardAt ?? Number.POSITIVE_INFINITY) - at > lateMs)
  // What a ledger lost for good has no end to wait for: it is counted as lost.
  const underWay = accepted.filter(
    ({ task, at }) =>
      at <= faultAt &&
      (firstEnd(history, task) ?? faultAt) >= faultAt &&
      (history.forgotten.length === 0 || history.records.has(task)),
  )
  const lastEnd = Math.max(faultAt, ...underWay.map(({ task }) => firstEnd(history, task) ?? Number.POSITIVE_INFINITY))
  const refused = history.handed.flatMap(({ refused, payload }) => (refused ? [`${payload.key}: ${refused}`] : []))
  return {
    acknowledged: accepted.length,
    completed: accepted.filter(({ task }) => completed.includes(history.records.get(task)?.status ?? '')).length,
    lost: missing.length,
    acceptedTwice: new Set(doubled.map(({ task }) => task)).size,
    executedTwice: repeats.count,
    because: Object.fromEntries(repeats.explained),
    late: late.length,
    recoveryMs: lastEnd === Number.POSITIVE_INFINITY ? null : lastEnd - faultAt,
    isLossNoticed: history.forgotten.length > 0,
    broken: [...brokenIn(history), ...repeats.unexplained, ...history.complaints, ...refused],
    notes: [...[...missing, ...doubled].map(({ sentence }) => sentence), ...late.map((one) => lateness(history, one))],
  }
}

const lateness = (history: History, { task, at }: { readonly task: string; readonly at: number }): string => {
  const kind = history.handed.find(({ acknowledged }) => acknowledged?.task === task)?.payload.kind
  const end = firstEnd(history, task)
  return `task ${task} (${kind}) ${end === undefined ? 'never ended' : `took ${end - at} ms`}`
}

const firstEnd = ({ told }: History, task: string): number | undefined =>
  told.find((one) => one.final && one.task === task)?.heardAt

function* brokenIn(history: History): Generator<string> {
  yield* keysKept(
    history.handed.map(({ payload, acknowledged }) => ({
      owner: 'app',
      key: payload.key,
      task: acknowledged?.task,
      isConflict: false,
    })),
  )
  const answers = history.decided.map((one) => ({ ...one, by: one.operator, shown: one.stands }))
  yield* decisionsAgree(answers, () => undefined)
  yield* nothingLeaked(showingsIn(history), (task) => releaseOf(history, task))
}

/** Ends as they were told and as the records have them; outputs of steps as the next agent got them. */
function* saidIn({ told, records, executions }: History): Generator<Said> {
  for (const { task, final, step, status, output, at } of told) {
    if (final) yield { task, step, content: `${status} ${text(output)} at ${at}`, isEnd: true }
  }
  for (const { id: task, final, step, status, output, updatedAt } of records.values()) {
    if (final) yield { task, step, content: `${status} ${text(output)} at ${updatedAt}`, isEnd: true }
  }
  for (const { task, step, previous } of executions) {
    if (previous !== undefined) yield { task, step: step - 1, content: previous, isEnd: false }
  }
}

const text = (output: unknown): string => (output === undefined ? 'nothing' : String(output))

/** Outputs that agents weren't sure of, as anybody outside review saw them. */
function* showingsIn({ told, executions }: History): Generator<Showing> {
  const held = new Set(executions.flatMap(({ kind, task }) => (kind === 'plain' || kind === 'steps' ? [] : [task])))
  for (const { task, output, heardAt } of told) {
    if (output !== undefined && held.has(task)) yield { to: 'its producer', what: task, at: heardAt }
  }
}

/** When an operator asked for its approval; the outcome cannot be earlier. */
const releaseOf = ({ decided }: History, task: string): number | undefined =>
  decided.find((one) => one.task === task && one.status === 'APPROVED')?.askedAt
