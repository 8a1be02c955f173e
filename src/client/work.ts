/**
 * One task in a handler's hands: from its begin to the frame that says how it ended.
 *
 * A task that was taken away (cancelled, lost) has no such frame, whatever its handler still says.
 */
import { limits } from '../protocol/formats.js'
import type { Assignment } from '../protocol/nodeFrames.js'
import { ChimeraError } from './chimeraError.js'
import type { ActionDecision, ProposeOptions } from './proposals.js'
import { TaskFailure } from './taskFailure.js'

/** What an agent found. */
export interface Answer {
  /** Any value that MessagePack can say. */
  readonly output: unknown
  /** From 0 to 1: how sure the agent is. Anything else counts as 0, and is held for a person. */
  readonly confidence: number
  /** About the answer: goes on record with it. At most 16 KiB. */
  readonly meta?: unknown
}

/** Made by `ctx.release()`: the task goes back unworked. */
export type Release = { readonly kind: 'release' }

export interface TaskContext {
  /**
   * Aborted when the work is no longer wanted: the reason's code is `CANCELLED`, `LEASE_LOST`, `DEADLINE` or
   * `CLOSED`. What the handler returns after the first two goes nowhere.
   */
  readonly signal: AbortSignal
  /** Tells how far it is. Lost where there is no connection at the moment. */
  progress(report: { readonly percent?: number; readonly note?: string }): void
  /**
   * Asks before it acts: the gate lets the action pass, or a person decides. The time for the attempt stands meanwhile.
   * Only `APPROVED` allows it, and what it allows is the decision's `action`. Rejects with a `ChimeraError` where the
   * node refuses the question (`TOO_LARGE`, `CONFLICT`), or the attempt is over.
   */
  propose(action: unknown, options: ProposeOptions): Promise<ActionDecision>
  /** Gives the task back unworked, for another agent; no attempt is counted. Use it as `return ctx.release()`. */
  release(): Release
}

/** Returns what it found; throws (best a `TaskFailure`) where the attempt failed. */
export type Handle = (task: Assignment, ctx: TaskContext) => Answer | Release | Promise<Answer | Release>

/** How an attempt ended, as the node is told. */
export type End =
  | { readonly type: 'result'; readonly output: unknown; readonly confidence: unknown; readonly meta?: unknown }
  | {
      readonly type: 'fail'
      readonly error: { readonly code: string; readonly message: string }
      readonly retry?: false
    }
  | { readonly type: 'release' }

/** What a handler says while it works. */
export interface WorkSays {
  progress(task: Assignment, report: object): void
  propose(task: Assignment, action: unknown, options: ProposeOptions): Promise<ActionDecision>
}

export class Work {
  readonly task: Assignment
  readonly #abort = new AbortController()
  readonly #says: WorkSays
  #isReleased = false

  constructor(task: Assignment, says: WorkSays) {
    this.task = task
    this.#says = says
  }

  async run(handle: Handle): Promise<End> {
    try {
      const answer = await handle(this.task, this.#context())
      return this.#isReleased ? { type: 'release' } : resultOf(answer)
    } catch (error) {
      return this.#isReleased ? { type: 'release' } : failOf(error)
    }
  }

  /** Why it was stopped; undefined: it wasn't. */
  get reason(): ChimeraError | undefined {
    return this.#abort.signal.reason as ChimeraError | undefined
  }

  stop(code: 'CANCELLED' | 'LEASE_LOST' | 'DEADLINE' | 'CLOSED', why: string): void {
    this.#abort.abort(new ChimeraError(code, why))
  }

  #context(): TaskContext {
    return {
      signal: this.#abort.signal,
      progress: (report) => this.#says.progress(this.task, report),
      propose: (action, options) => this.#says.propose(this.task, action, options),
      release: () => {
        this.#isReleased = true
        return { kind: 'release' }
      },
    }
  }
}

/** Without a good confidence the node holds it: that is its business, and no reason to lose the work. */
function resultOf(answer: unknown): End {
  if (typeof answer !== 'object' || answer === null)
    return failOf(new TaskFailure('the handler returned no answer', { code: 'NO_ANSWER', retry: false }))
  const { output = null, confidence, meta } = answer as Partial<Answer>
  return { type: 'result', output, confidence, ...(meta === undefined ? {} : { meta }) }
}

export function failOf(error: unknown): End {
  const isFailure = error instanceof TaskFailure
  const message = error instanceof Error ? error.message : String(error)
  return {
    type: 'fail',
    error: { code: isFailure ? error.code : 'FAILED', message: shortened(message) },
    ...(isFailure && !error.retry ? { retry: false as const } : {}),
  }
}

/** A unit takes at most 3 bytes. Half a character, which no text on the wire may have, is replaced. */
const shortened = (message: string): string =>
  message.slice(0, Math.floor(limits.errorMessageBytes / 3)).replace(/\p{Surrogate}/gu, '\ufffd')
