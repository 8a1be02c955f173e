/**
 * Final outcomes, for those who ask after a task.
 *
 * An outcome can come before anybody asked. It is kept as long as the caller keeps the task's handle, and no longer: so
 * whoever submits and forgets costs no memory, however long that goes on.
 */
import type { Outcome } from '../protocol/nodeFrames.js'
import type { TaskRecord } from '../protocol/records.js'
import { orAborted } from './abortable.js'
import type { ChimeraError } from './chimeraError.js'

/** How a task ended. */
export type FinalOutcome = Pick<
  Outcome,
  'task' | 'status' | 'step' | 'output' | 'approval' | 'rejection' | 'error' | 'at'
>

/** The part of a handle that outlives nobody's interest in it. */
export class Ending {
  outcome: FinalOutcome | undefined
}

type Asked = {
  readonly outcome: Promise<FinalOutcome>
  readonly resolve: (outcome: FinalOutcome) => void
  readonly reject: (error: ChimeraError) => void
  askers: number
}

export class Endings {
  readonly #kept = new Map<string, WeakRef<Ending>>()
  readonly #asked = new Map<string, Asked>()
  readonly #registry = new FinalizationRegistry<string>((task) => {
    if (this.#kept.get(task)?.deref() === undefined) this.#kept.delete(task)
  })

  /** From now on, and as long as somebody keeps it, it learns how the task ended. */
  watch(task: string): Ending {
    const known = this.#kept.get(task)?.deref()
    if (known !== undefined) return known
    const ending = new Ending()
    this.#kept.set(task, new WeakRef(ending))
    this.#registry.register(ending, task, ending)
    return ending
  }

  /** Settles when the task has ended, or nobody will say so any more. Rejects with the signal's reason. */
  async ask(task: string, signal: AbortSignal | undefined): Promise<FinalOutcome> {
    const asked = this.#asked.get(task) ?? newlyAsked()
    this.#asked.set(task, asked)
    asked.askers++
    try {
      return await orAborted(asked.outcome, signal)
    } finally {
      if (--asked.askers === 0 && this.#asked.get(task) === asked) this.#asked.delete(task)
    }
  }

  /** Tasks that somebody waits for. */
  get asked(): readonly string[] {
    return [...this.#asked.keys()]
  }

  /** Those, and tasks whose handle somebody keeps, that have not ended as far as is known. */
  get unknown(): readonly string[] {
    const kept = [...this.#kept].filter(([, ref]) => ref.deref() !== undefined).map(([task]) => task)
    return [...new Set([...this.asked, ...kept])]
  }

  /** Nothing where nobody cares, or it was known. */
  ended(outcome: FinalOutcome): void {
    this.#asked.get(outcome.task)?.resolve(outcome)
    const ending = this.#kept.get(outcome.task)?.deref()
    this.#kept.delete(outcome.task)
    if (ending === undefined) return
    this.#registry.unregister(ending)
    ending.outcome = outcome
  }

  /** Its end will never be known. */
  lost(task: string, error: ChimeraError): void {
    this.#asked.get(task)?.reject(error)
  }

  lostAll(error: ChimeraError): void {
    for (const { reject } of this.#asked.values()) reject(error)
  }
}

function newlyAsked(): Asked {
  let settle: Pick<Asked, 'resolve' | 'reject'> = { resolve: () => {}, reject: () => {} }
  const outcome = new Promise<FinalOutcome>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { outcome, ...settle, askers: 0 }
}

/** What a record says of its end; undefined where it goes on. */
export function endOf(record: TaskRecord): FinalOutcome | undefined {
  if (!record.final) return undefined
  const { id, status, step, updatedAt, output, approval, rejection, error } = record
  return {
    task: id,
    status,
    step,
    at: updatedAt,
    ...(output === undefined ? {} : { output }),
    ...(approval === undefined ? {} : { approval }),
    ...(rejection === undefined ? {} : { rejection }),
    ...(error === undefined ? {} : { error }),
  }
}
