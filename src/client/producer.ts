/**
 * A producer: submits tasks, and learns how they end.
 *
 * With a `subscriber` name the node tells outcomes as they happen, and keeps them while nobody is there. Without one it
 * tells none, so whoever waits for an outcome has the record looked at every now and then.
 */
import type { Gap, NodeFrame, Outcome } from '../protocol/nodeFrames.js'
import type { TaskRecord, TaskStatus } from '../protocol/records.js'
import { orAborted } from './abortable.js'
import { type CallOptions, call } from './call.js'
import { ChimeraError } from './chimeraError.js'
import { Endings, endOf, type FinalOutcome } from './endings.js'
import { Link } from './link.js'
import type { LinkOptions, LinkState, StateListener } from './linkState.js'
import type { NewTask } from './newTask.js'
import { type OutcomeListener, Outcomes } from './outcomes.js'
import { randomName } from './platform.js'
import { type Accepted, type Submission, Submissions } from './submissions.js'
import { PartlyRefused, TaskHandle, type WaitOptions } from './taskHandle.js'
import { encodeValue } from './wire.js'

export interface ProducerOptions extends LinkOptions {
  /**
   * A name under which outcomes are kept until seen, across connections and processes; one connection a name, the newer
   * wins. Default: none.
   */
  readonly subscriber?: string
}

export interface SubmitOptions {
  /** Gives up. What was sent may be accepted all the same. */
  readonly signal?: AbortSignal
}

export interface ProducerCloseOptions {
  /** Waits no longer. */
  readonly signal?: AbortSignal
}

export type TaskFilter = {
  readonly status?: TaskStatus
  readonly queue?: string
  /** Default: 50. */
  readonly limit?: number
  readonly cursor?: string
}

/** Between two looks at the records that somebody waits for. */
const pollMs = 2_000
/** Each may come with a large output. */
const looksAtOnce = 16
/** What a timer can count to. */
const longestMs = 2 ** 31 - 1

export class Producer {
  readonly #link: Link
  readonly #subscriber: string | undefined
  readonly #submissions: Submissions
  readonly #endings = new Endings()
  readonly #outcomes = new Outcomes((seq) => this.#link.current?.send({ type: 'seen', seq }))
  readonly #keyPrefix = randomName()
  #keys = 0
  #isPolling = false
  #isClosing = false

  /**
   * Connects by itself.
   * @throws ChimeraError `INVALID` for an address that is none
   */
  constructor(options: ProducerOptions) {
    this.#subscriber = options.subscriber
    this.#link = new Link(options, {
      role: 'producer',
      hello: () => ({ subscriber: options.subscriber }),
      heartbeat: () => ({}),
      welcomed: () => {
        this.#outcomes.restart()
        this.#submissions.resume()
      },
      received: (frame) => this.#received(frame),
      forgot: (windowMs) => this.#submissions.doubt(windowMs),
      closed: (because) => this.#end(because),
    })
    this.#submissions = new Submissions(this.#link)
  }

  get state(): LinkState {
    return this.#link.state
  }

  /** Calls `listener` with each state of the connection from now on. Returns what ends it. */
  onState(listener: StateListener): () => void {
    return this.#link.onState(listener)
  }

  /**
   * Hands in a task, or several. Resolves once the node has them for good, however many connections that takes.
   * @throws ChimeraError what the node refused it for; `PartlyRefused` where that is so for some of several
   */
  submit(task: NewTask, options?: SubmitOptions): Promise<TaskHandle>
  submit(tasks: readonly NewTask[], options?: SubmitOptions): Promise<readonly TaskHandle[]>
  async submit(
    tasks: NewTask | readonly NewTask[],
    options: SubmitOptions = {},
  ): Promise<TaskHandle | readonly TaskHandle[]> {
    if (!isList(tasks)) return this.#submitOne(tasks, options)
    const ends = await Promise.allSettled(tasks.map((task) => this.#submitOne(task, options)))
    const handles = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
    if (handles.length === ends.length) return handles
    options.signal?.throwIfAborted()
    throw new PartlyRefused(ends)
  }

  /** Calls `listener` with each outcome, also such that aren't final. Needs a `subscriber`. Returns what ends it. */
  onOutcome(listener: OutcomeListener): () => void {
    return this.#outcomes.add(listener)
  }

  /** How a task ended, once it has. Also for tasks of another process of the same `sub`. */
  outcome(task: string, options: WaitOptions = {}): Promise<FinalOutcome> {
    return this.#outcomeOf(task, true, options)
  }

  /** The task's record. */
  async get(task: string, options?: CallOptions): Promise<TaskRecord> {
    const ack = await call(this.#link, { type: 'get', task }, options)
    return ack.task as TaskRecord
  }

  /** Ends a task that has not ended. Resolves with the state it is in then, whatever ended it. */
  async cancel(task: string, reason?: string, options?: CallOptions): Promise<TaskStatus> {
    const ack = await call(this.#link, { type: 'cancel', task, reason }, options)
    return ack.status as TaskStatus
  }

  /** A new task from one that was FAILED, EXPIRED or REJECTED; the same new one when asked again. */
  async replay(task: string, options?: CallOptions): Promise<TaskHandle> {
    const ack = await call(this.#link, { type: 'replay', task }, options)
    return this.#handle({ id: String(ack.task), existing: true })
  }

  async tasks(
    filter: TaskFilter = {},
    options?: CallOptions,
  ): Promise<{ readonly tasks: readonly TaskRecord[]; readonly cursor?: string }> {
    const { tasks, cursor } = await call(this.#link, { type: 'tasks', ...filter }, options)
    return { tasks: tasks as readonly TaskRecord[], ...(typeof cursor === 'string' ? { cursor } : {}) }
  }

  /**
   * Waits for open submissions and listeners, then ends it; what still waits for an outcome is rejected. With no node in
   * reach that may take for ever: the signal ends it at once, and what is open then is rejected, known to the node or not.
   */
  async close({ signal }: ProducerCloseOptions = {}): Promise<void> {
    this.#isClosing = true
    const settled = this.#submissions.whenEmpty().then(() => this.#outcomes.whenIdle())
    await orAborted(settled, signal).catch(() => {})
    this.#link.close()
  }

  async #submitOne(task: NewTask, { signal }: SubmitOptions): Promise<TaskHandle> {
    signal?.throwIfAborted()
    const { state } = this.#link
    if (state.kind === 'closed') throw closedError(state.because)
    if (this.#isClosing) throw closedError(undefined)
    const { payload = null, key = `${this.#keyPrefix}-${++this.#keys}` } = task
    const item = encodeValue({ ...task, payload, key })
    return this.#accepted(item, signal)
  }

  #accepted(item: Submission['item'], signal: AbortSignal | undefined): Promise<TaskHandle> {
    return new Promise((resolve, reject) => {
      const submission: Submission = {
        item,
        onEnd: (end) => {
          signal?.removeEventListener('abort', onAbort)
          if (end instanceof ChimeraError) reject(end)
          // Here and not behind an await: its outcome may stand in the same message.
          else resolve(this.#handle(end))
        },
      }
      const onAbort = () => {
        this.#submissions.abandon(submission)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#submissions.add(submission)
    })
  }

  #handle({ id, existing }: Accepted): TaskHandle {
    // What is known to the node already may have ended before: only its record can tell.
    const ending = this.#endings.watch(id)
    return new TaskHandle({ id, existing, ending }, this, (options) => this.#outcomeOf(id, existing, options))
  }

  #outcomeOf(task: string, mayHaveEnded: boolean, { signal }: WaitOptions): Promise<FinalOutcome> {
    const { state } = this.#link
    if (state.kind === 'closed') return Promise.reject(closedError(state.because))
    const outcome = this.#endings.ask(task, signal)
    if (mayHaveEnded) void this.#look(task)
    if (this.#subscriber === undefined) void this.#poll()
    return outcome
  }

  /** Looks at the record, once there is a connection. */
  async #look(task: string): Promise<void> {
    try {
      const end = endOf(await this.get(task, { timeoutMs: longestMs }))
      if (end !== undefined) this.#endings.ended(end)
    } catch (error) {
      if (!(error instanceof ChimeraError)) throw error
      this.#endings.lost(task, error)
    }
  }

  /** Looks at all that is asked for, until nothing is. One for all. */
  async #poll(): Promise<void> {
    if (this.#isPolling) return
    this.#isPolling = true
    while (this.#endings.asked.length > 0) {
      await new Promise<void>((resolve) => this.#link.platform.setTimer(resolve, pollMs))
      await this.#lookAll(this.#endings.asked)
    }
    this.#isPolling = false
  }

  async #lookAll(tasks: readonly string[]): Promise<void> {
    for (let from = 0; from < tasks.length; from += looksAtOnce)
      await Promise.all(tasks.slice(from, from + looksAtOnce).map((task) => this.#look(task)))
  }

  #received(frame: NodeFrame): void {
    if (frame.type === 'outcome') this.#outcome(frame)
    else if (frame.type === 'gap') this.#missed(frame)
  }

  #outcome(outcome: Outcome): void {
    if (outcome.final) this.#endings.ended(outcome)
    this.#outcomes.received(outcome)
  }

  /** Outcomes were dropped: what somebody still cares for may be among them. */
  #missed(_gap: Gap): void {
    void this.#lookAll(this.#endings.unknown)
  }

  #end(because: ChimeraError | undefined): void {
    const error = closedError(because)
    this.#submissions.failAll(error)
    this.#endings.lostAll(error)
  }
}

const isList = (tasks: NewTask | readonly NewTask[]): tasks is readonly NewTask[] => Array.isArray(tasks)

const closedError = (because: ChimeraError | undefined): ChimeraError =>
  because ?? new ChimeraError('CLOSED', 'the producer was closed')
