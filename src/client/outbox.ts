/**
 * How attempts ended, kept until the node has said that it knows.
 *
 * They are sent again on each new connection; the node answers a second sending like the first. What it can't take as
 * it is goes in a plainer form (a result as a failure, a failure as a release), so that no task hangs on its answer.
 */
import type { Ack } from '../protocol/nodeFrames.js'
import { backoffMs } from './backoff.js'
import { isForNow, isUnknown } from './call.js'
import type { ChimeraError } from './chimeraError.js'
import type { Link } from './link.js'
import { Recent } from './recent.js'
import { TaskFailure } from './taskFailure.js'
import { type End, failOf } from './work.js'

export type Ending = { readonly task: string; readonly lease: string; readonly end: End }

export interface OutboxEvents {
  /** How many credits go with an ending: one, as long as more work is wanted. */
  credits(): number
  /** The node knows. `ack` is missing where the lease had ended otherwise. */
  settled(ending: Ending, ack: Ack | undefined): void
}

/** So many fit into a `hello` beside what is worked on. */
const mostDoubtful = 512

/** An ending under way belongs to one sending: replies to earlier ones count for nothing. */
type Entry = { ending: Ending; sending: number; refusals: number; isUnderWay: boolean }

export class Outbox {
  readonly #link: Link
  readonly #events: OutboxEvents
  readonly #entries = new Map<string, Entry>()
  readonly #recent = new Recent<Ending>()

  constructor(link: Link, events: OutboxEvents) {
    this.#link = link
    this.#events = events
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0
  }

  has(lease: string): boolean {
    return this.#entries.has(lease)
  }

  /** Not acknowledged yet, and those whose acknowledgement the ledger might still forget. */
  *endings(): Generator<Ending> {
    for (const { ending } of this.#entries.values()) yield ending
    const doubtful = this.#recent.within(this.#link.windowMs)
    for (const ending of doubtful.slice(-mostDoubtful)) if (!this.#entries.has(ending.lease)) yield ending
  }

  add(ending: Ending): void {
    const entry: Entry = { ending, sending: 0, refusals: 0, isUnderWay: false }
    this.#entries.set(ending.lease, entry)
    this.#send(entry)
  }

  /** After a welcome. */
  sendAll(): void {
    for (const entry of [...this.#entries.values()]) this.#send(entry)
  }

  /** What was acknowledged within `windowMs` is in doubt again. */
  doubt(windowMs: number): void {
    for (const ending of this.#recent.within(windowMs)) if (!this.#entries.has(ending.lease)) this.add(ending)
  }

  clear(): void {
    this.#entries.clear()
  }

  #send(entry: Entry): void {
    const connection = this.#link.current
    if (connection === undefined || entry.isUnderWay) return
    const { task, lease, end } = entry.ending
    const credits = end.type === 'release' ? 0 : this.#events.credits()
    const frame = { ...end, task, lease, ...(credits > 0 ? { credits } : {}) }
    const sending = ++entry.sending
    entry.isUnderWay = true
    connection.request(frame, (reply) => {
      if (this.#entries.get(lease) !== entry || entry.sending !== sending) return
      entry.isUnderWay = false
      if (reply.kind === 'ack') this.#acknowledged(entry, reply.ack)
      else this.#refused(entry, reply.error)
    })
  }

  #acknowledged({ ending }: Entry, ack: Ack): void {
    this.#entries.delete(ending.lease)
    const { windowMs, platform } = this.#link
    if (windowMs > 0) this.#recent.add(ending, windowMs, platform.now())
    this.#events.settled(ending, ack)
  }

  #refused(entry: Entry, error: ChimeraError): void {
    if (isUnknown(error)) {
      // Lost with its connection: the next welcome sends it.
      this.#send(entry)
    } else if (isForNow(error) || error.code === 'INTERNAL' || error.code === 'PAUSED') {
      const { platform } = this.#link
      const delayMs = backoffMs(entry.refusals++, platform.random(), error.retryAfterMs)
      platform.setTimer(() => this.#entries.get(entry.ending.lease) === entry && this.#send(entry), delayMs)
    } else {
      this.#entries.delete(entry.ending.lease)
      const plainer = isUnfit(error) ? plainerThan(entry.ending.end, error) : undefined
      if (plainer === undefined) this.#events.settled(entry.ending, undefined)
      else this.add({ ...entry.ending, end: plainer })
    }
  }
}

/** The lease is as it was; the frame was not what it should be. */
const isUnfit = ({ code }: ChimeraError): boolean => code === 'INVALID' || code === 'TOO_LARGE' || code === 'BAD_FRAME'

function plainerThan(end: End, { code, message }: ChimeraError): End | undefined {
  if (end.type === 'result') return failOf(new TaskFailure(`the result was refused: ${message}`, { code }))
  return end.type === 'fail' ? { type: 'release' } : undefined
}
