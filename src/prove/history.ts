/**
 * What anybody outside the nodes can know of a run: what was handed in and acknowledged, who worked on what, what was
 * told of it, what was decided, and what the records say at the end. Nothing in here was learned from a node's memory.
 */
import type { Outcome, TaskRecord } from '../client/index.js'

/** What becomes of a task, as its producer and the agents have agreed: who answers how, and what a person says. */
export type Kind = 'plain' | 'steps' | 'approved' | 'rejected' | 'undecided' | 'deadly'

export type Payload = { readonly key: string; readonly kind: Kind; readonly workMs: number }

/** A task as it was handed in. Times are those of this machine. */
export type Handed = {
  readonly payload: Payload
  readonly handedAt: number
  acknowledged?: { readonly task: string; readonly at: number }
  /** For good: none is expected. */
  refused?: string
}

/** An agent's handler was called. Its marker is what it answers, so that an output names who made it. */
export type Execution = {
  readonly marker: string
  readonly task: string
  readonly kind: Kind
  readonly step: number
  readonly attempt: number
  /** Of the process that it ran in. */
  readonly fleet: string
  /** Output of the step before, as it was handed over. */
  readonly previous: string | undefined
  readonly beganAt: number
  /** `answered`, or the code of what stopped it. Missing: its process was gone before. */
  end?: string
}

export type Told = Outcome & { readonly heardAt: number }

/** What an operator asked for, and the card as it was answered with. */
export type Decided = {
  readonly review: string
  readonly task: string
  readonly operator: string
  readonly status: 'APPROVED' | 'REJECTED'
  readonly askedAt: number
  readonly answer: string
  /** Status and operator of the card, as far as the answer had it. */
  readonly stands: { readonly status: string; readonly operator: string | undefined } | undefined
}

export class History {
  readonly handed: Handed[] = []
  readonly executions: Execution[] = []
  readonly told: Told[] = []
  readonly decided: Decided[] = []
  /** At the end, by task. */
  readonly records = new Map<string, TaskRecord>()
  /** Reports that acknowledged writes were lost, each by who heard it. */
  readonly forgotten: string[] = []
  /** What was noticed and shouldn't be. */
  readonly complaints: string[] = []
  /** Fleets whose process was killed, frozen or cut off on purpose. */
  readonly struck = new Set<string>()
  readonly #open = new Map<string, Execution>()

  began(execution: Execution): void {
    this.executions.push(execution)
    this.#open.set(execution.marker, execution)
  }

  ended(marker: string, end: string): void {
    const execution = this.#open.get(marker)
    if (execution !== undefined) execution.end = end
    this.#open.delete(marker)
  }

  /** The last that was told of each task that has ended. */
  ends(): ReadonlyMap<string, Told> {
    return new Map(this.told.filter(({ final }) => final).map((told) => [told.task, told]))
  }
}
