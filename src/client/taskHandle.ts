/** A submitted task, for the one who submitted it. */
import type { TaskRecord, TaskStatus } from '../protocol/records.js'
import type { CallOptions } from './call.js'
import { ChimeraError } from './chimeraError.js'
import type { Ending, FinalOutcome } from './endings.js'

export interface WaitOptions {
  /** Waits no longer; the task goes on. */
  readonly signal?: AbortSignal
}

/** What a handle asks its producer. */
export interface TaskDesk {
  get(task: string, options?: CallOptions): Promise<TaskRecord>
  cancel(task: string, reason?: string, options?: CallOptions): Promise<TaskStatus>
}

export class TaskHandle {
  readonly id: string
  /** The node knew its key: this is the task that was submitted first. */
  readonly existing: boolean
  readonly #ending: Ending
  readonly #desk: TaskDesk
  readonly #wait: (options: WaitOptions) => Promise<FinalOutcome>

  constructor(
    task: { readonly id: string; readonly existing: boolean; readonly ending: Ending },
    desk: TaskDesk,
    wait: (options: WaitOptions) => Promise<FinalOutcome>,
  ) {
    this.id = task.id
    this.existing = task.existing
    this.#ending = task.ending
    this.#desk = desk
    this.#wait = wait
  }

  /**
   * How it ended, once it has. A task that a person looks at can take days.
   * @throws ChimeraError where the producer is closed before; the signal's reason
   */
  outcome(options: WaitOptions = {}): Promise<FinalOutcome> {
    return this.#ending.outcome === undefined ? this.#wait(options) : Promise.resolve(this.#ending.outcome)
  }

  /** Its record, as it stands now. */
  get(options?: CallOptions): Promise<TaskRecord> {
    return this.#desk.get(this.id, options)
  }

  /** Ends it, where it has not ended. Resolves with the state it is in then. */
  cancel(reason?: string, options?: CallOptions): Promise<TaskStatus> {
    return this.#desk.cancel(this.id, reason, options)
  }
}

/** Some of several tasks were refused. `code` and `message` are those of the first of them. */
export class PartlyRefused extends ChimeraError {
  /** In the order of the tasks. */
  readonly submitted: readonly (TaskHandle | ChimeraError)[]

  constructor(ends: readonly PromiseSettledResult<TaskHandle>[]) {
    const submitted = ends.map((end) => (end.status === 'fulfilled' ? end.value : asChimeraError(end.reason)))
    const at = submitted.findIndex((end) => end instanceof ChimeraError)
    const first = asChimeraError(submitted[at])
    super(first.code, `tasks[${at}]: ${first.message}`, { cause: first })
    this.submitted = submitted
  }
}

/** Only a signal rejects with anything else. */
const asChimeraError = (reason: unknown): ChimeraError =>
  reason instanceof ChimeraError ? reason : new ChimeraError('CLOSED', String(reason), { cause: reason })
