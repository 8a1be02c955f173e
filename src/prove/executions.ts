/** What was executed more than once, and why: work that was begun again after another attempt at the same step. */
import type { Execution, History } from './history.js'

export type Repeats = {
  readonly count: number
  /** How many for each reason. */
  readonly explained: ReadonlyMap<string, number>
  /** Sentences. */
  readonly unexplained: readonly string[]
}

export function repeatsIn({ executions, struck }: History, wasPutBack: boolean): Repeats {
  const last = new Map<string, Execution>()
  const explained = new Map<string, number>()
  const unexplained: string[] = []
  let count = 0
  for (const execution of executions) {
    const place = `step ${execution.step} of task ${execution.task}`
    const before = last.get(place)
    last.set(place, execution)
    if (before === undefined) continue
    count++
    const why = reasonFor(execution, before, struck) ?? (wasPutBack ? 'the ledger lost the first' : undefined)
    if (why === undefined) {
      const { fleet, end, attempt, marker } = before
      unexplained.push(
        `G7 ${place} was executed again, as attempt ${execution.attempt}, after attempt ${attempt} of ${fleet} (${marker}): ${end}`,
      )
    } else explained.set(why, (explained.get(why) ?? 0) + 1)
  }
  return { count, explained, unexplained }
}

/** Of two who did the same: what happened to one of them that makes it right that there is another. */
function reasonFor(one: Execution, before: Execution, struck: ReadonlySet<string>): string | undefined {
  if (before.end === undefined) return 'the agent died'
  if (struck.has(before.fleet)) return 'the agent was frozen or cut off'
  // It had been handed over, and lay there unread until its lease was somebody else's.
  if (struck.has(one.fleet) && one.attempt < before.attempt) return 'the agent was frozen or cut off'
  return undefined
}
