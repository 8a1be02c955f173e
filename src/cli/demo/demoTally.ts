/**
 * What became of the demo's mails, as their outcomes say. Outcomes may come before the answer to the submission, come
 * twice, and stem from an earlier run on the same folder; only those that were submitted in this run count.
 */
import type { TaskStatus } from '../../client/index.js'

export type Told = { readonly task: string; readonly status: TaskStatus; readonly final: boolean; readonly at: number }

type State =
  | { readonly kind: 'open' }
  | { readonly kind: 'held' }
  | { readonly kind: 'ended'; readonly status: TaskStatus; readonly at: number }

/** Of those that ended, and of those told of before they were submitted. */
const remembered = 100_000

export class DemoTally {
  readonly #unfinished = new Map<string, State>()
  readonly #ended = new Map<string, Extract<State, { kind: 'ended' }>>()
  readonly #early = new Map<string, State>()
  readonly #byStatus = new Map<TaskStatus, number>()
  #submitted = 0
  #known = 0
  #held = 0
  #endedTwice = 0

  /** `existing`: it was known from an earlier run. */
  submitted(task: string, existing: boolean): void {
    if (this.#unfinished.has(task) || this.#ended.has(task)) return
    this.#submitted++
    if (existing) this.#known++
    this.#unfinished.set(task, { kind: 'open' })
    const early = this.#early.get(task)
    this.#early.delete(task)
    if (early !== undefined) this.#become(task, early)
  }

  told({ task, status, final, at }: Told): void {
    const state: State = final ? { kind: 'ended', status, at } : { kind: status === 'NEEDS_REVIEW' ? 'held' : 'open' }
    if (this.#unfinished.has(task) || this.#ended.has(task)) this.#become(task, state)
    else remember(this.#early, task, state)
  }

  #become(task: string, state: State): void {
    const ended = this.#ended.get(task)
    if (ended !== undefined) {
      // Told again is no second end; another end is.
      if (state.kind === 'ended' && (state.status !== ended.status || state.at !== ended.at)) this.#endedTwice++
      return
    }
    const before = this.#unfinished.get(task)
    this.#held += Number(state.kind === 'held') - Number(before?.kind === 'held')
    if (state.kind !== 'ended') {
      this.#unfinished.set(task, state)
      return
    }
    this.#unfinished.delete(task)
    remember(this.#ended, task, state)
    this.#byStatus.set(state.status, (this.#byStatus.get(state.status) ?? 0) + 1)
  }

  get counts() {
    const ended = [...this.#byStatus.values()].reduce((sum, n) => sum + n, 0)
    return {
      submitted: this.#submitted,
      known: this.#known,
      /** Neither ended nor held. */
      open: this.#unfinished.size - this.#held,
      held: this.#held,
      ended,
      endedTwice: this.#endedTwice,
      byStatus: Object.fromEntries(this.#byStatus),
    }
  }

  isHeld(task: string): boolean {
    return this.#unfinished.get(task)?.kind === 'held'
  }

  /** Whether a record says what was told of its task. One under way may be a step ahead. */
  agrees(task: string, status: TaskStatus, final: boolean): boolean {
    const ended = this.#ended.get(task)
    if (ended !== undefined) return final && ended.status === status
    return !this.isHeld(task) || (status === 'NEEDS_REVIEW' && !final)
  }

  /** Those of which there is something to look up. */
  get tasks(): readonly string[] {
    return [...this.#unfinished.keys(), ...this.#ended.keys()]
  }
}

export type DemoCounts = DemoTally['counts']

/** The oldest goes first. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= remembered) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
