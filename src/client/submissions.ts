/**
 * Tasks on their way to the node: each is sent until it is acknowledged or refused.
 *
 * What is submitted in the same turn goes in one frame, as far as the node's limits allow. An item is encoded at once,
 * so that the caller may go on to change what it handed over, and carries a key, so that sending it twice does no harm.
 */
import type { Ack } from '../protocol/nodeFrames.js'
import { backoffMs } from './backoff.js'
import { isForNow, isUnknown } from './call.js'
import { ChimeraError } from './chimeraError.js'
import type { Connection } from './connection.js'
import type { Link } from './link.js'
import { Recent } from './recent.js'
import type { Encoded } from './wire.js'

export type Accepted = { readonly id: string; readonly existing: boolean }

export type Submission = {
  readonly item: Encoded
  /** Called once: with what became of it. */
  readonly onEnd: (end: Accepted | ChimeraError) => void
}

/** What may wait here at most, before another one is refused. */
const maxBytes = 256 * 1_048_576
/** How often in a row the node may have no room for an item. With the longest waits that is some five minutes. */
const maxRefusals = 24
/** What a `submit` is made of beside its items. */
const frameBytes = 64

type Entry = { readonly submission: Submission; refusals: number; isAbandoned: boolean }

export class Submissions {
  readonly #link: Link
  readonly #recent = new Recent<Encoded>()
  readonly #open = new Map<Submission, Entry>()
  readonly #emptyListeners: (() => void)[] = []
  #waiting: Entry[] = []
  #bytes = 0
  #isFlushPlanned = false

  constructor(link: Link) {
    this.#link = link
  }

  add(submission: Submission): void {
    const { item, onEnd } = submission
    if (this.#bytes + item.bytes.length > maxBytes) {
      onEnd(new ChimeraError('OVERLOADED', `more than ${maxBytes} bytes wait to be submitted`))
      return
    }
    this.#bytes += item.bytes.length
    const entry: Entry = { submission, refusals: 0, isAbandoned: false }
    this.#open.set(submission, entry)
    this.#waitAgain([entry])
  }

  /** It is not sent again. What was sent may have been accepted. */
  abandon(submission: Submission): void {
    const entry = this.#open.get(submission)
    if (entry !== undefined) entry.isAbandoned = true
    this.#forget(submission)
  }

  /** After a welcome. */
  resume(): void {
    this.#planFlush()
  }

  /** What was acknowledged within `windowMs` is in doubt again. */
  doubt(windowMs: number): void {
    for (const item of this.#recent.within(windowMs)) this.add({ item, onEnd: () => {} })
  }

  failAll(error: ChimeraError): void {
    this.#waiting = []
    for (const submission of [...this.#open.keys()]) this.#end(submission, error)
  }

  /** Settles once nothing is on its way. */
  whenEmpty(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#emptyListeners.push(resolve))
  }

  #waitAgain(entries: readonly Entry[]): void {
    for (const entry of entries) if (!entry.isAbandoned) this.#waiting.push(entry)
    this.#planFlush()
  }

  #planFlush(): void {
    if (this.#isFlushPlanned || this.#waiting.length === 0) return
    this.#isFlushPlanned = true
    this.#link.platform.endOfTurn(() => {
      this.#isFlushPlanned = false
      this.#flush()
    })
  }

  #flush(): void {
    const connection = this.#link.current
    const limits = connection?.welcome?.limits
    if (connection === undefined || limits === undefined) return
    const entries = this.#waiting.filter(({ isAbandoned }) => !isAbandoned)
    this.#waiting = []
    const room = limits.messageBytes - frameBytes
    for (let from = 0; from < entries.length; ) {
      let to = from
      for (let bytes = 0; to < entries.length && to - from < limits.tasksPerSubmit; to++) {
        bytes += entries[to]?.submission.item.bytes.length ?? 0
        if (bytes > room && to > from) break
      }
      this.#send(connection, entries.slice(from, to))
      from = to
    }
  }

  #send(connection: Connection, entries: readonly Entry[]): void {
    const tasks = entries.map(({ submission }) => submission.item)
    connection.request({ type: 'submit', tasks }, (reply) => {
      if (reply.kind === 'ack') this.#answered(entries, reply.ack)
      else if (isUnknown(reply.error)) this.#waitAgain(entries)
      else for (const entry of entries) this.#refused(entry, reply.error)
    })
  }

  #answered(entries: readonly Entry[], { tasks }: Ack): void {
    const answers: readonly unknown[] = Array.isArray(tasks) ? tasks : []
    for (const [at, entry] of entries.entries()) {
      const answer = answerOf(answers[at])
      if (answer instanceof ChimeraError) this.#refused(entry, answer)
      else this.#accepted(entry, answer)
    }
  }

  #accepted({ submission }: Entry, accepted: Accepted): void {
    const { windowMs, platform } = this.#link
    if (windowMs > 0) this.#recent.add(submission.item, windowMs, platform.now())
    this.#end(submission, accepted)
  }

  #refused(entry: Entry, error: ChimeraError): void {
    if (entry.isAbandoned) return
    if (!isForNow(error) || entry.refusals >= maxRefusals) {
      this.#end(entry.submission, error)
      return
    }
    const { platform } = this.#link
    const delayMs = backoffMs(entry.refusals++, platform.random(), error.retryAfterMs)
    platform.setTimer(() => this.#waitAgain([entry]), delayMs)
  }

  #end(submission: Submission, end: Accepted | ChimeraError): void {
    if (this.#open.has(submission)) submission.onEnd(end)
    this.#forget(submission)
  }

  #forget(submission: Submission): void {
    if (!this.#open.delete(submission)) return
    this.#bytes -= submission.item.bytes.length
    if (this.#open.size === 0) for (const resolve of this.#emptyListeners.splice(0)) resolve()
  }
}

/** One item's answer, as `ack` has it: `{id, existing?}` or `{error}`. */
function answerOf(answer: unknown): Accepted | ChimeraError {
  const { id, existing, error } = (answer ?? {}) as {
    readonly id?: string
    readonly existing?: boolean
    readonly error?: Pick<ChimeraError, 'code' | 'message' | 'retryAfterMs'>
  }
  if (error !== undefined) return new ChimeraError(error.code, error.message, error)
  if (id !== undefined) return { id, existing: existing === true }
  return new ChimeraError('INTERNAL', 'the node did not say what became of the task')
}
