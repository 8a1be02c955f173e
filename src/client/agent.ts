/**
 * An agent: takes tasks of its queues, has its handler work on them, and tells the node how each ended.
 *
 * Its work outlives connections: handlers go on while it reconnects, and the next `hello` lists what it holds. It never
 * runs more handlers at once than its `capacity`; a task that comes while one that lost its lease still runs waits.
 */
import type { Ack, Assignment, NodeFrame, Welcome } from '../protocol/nodeFrames.js'
import type { AgentOptions, CloseOptions } from './agentOptions.js'
import { backoffMs } from './backoff.js'
import { isForNow } from './call.js'
import { ChimeraError } from './chimeraError.js'
import { Deadline } from './deadline.js'
import { Link } from './link.js'
import type { LinkState, StateListener } from './linkState.js'
import { type Ending, Outbox } from './outbox.js'
import { randomName } from './platform.js'
import { Proposals } from './proposals.js'
import { type Handle, Work } from './work.js'

type Held =
  /** Until a handler is free. */
  | { readonly kind: 'waiting'; readonly task: Assignment }
  | { readonly kind: 'working'; readonly task: Assignment; readonly work: Work; readonly deadline: Deadline }

type Phase = { readonly kind: 'active' } | { readonly kind: 'closing'; readonly closed: Promise<void> }

/** How long the last endings may take to be acknowledged. */
const lastWordsMs = 10_000

const processName = randomName()
let agents = 0
const nextInstance = (): string => (++agents === 1 ? processName : `${processName}.${agents}`)

export class Agent {
  readonly #capacity: number
  readonly #handle: Handle
  readonly #about: object
  readonly #link: Link
  readonly #outbox: Outbox
  readonly #proposals: Proposals
  readonly #held = new Map<string, Held>()
  readonly #changeListeners = new Set<() => void>()
  #phase: Phase = { kind: 'active' }
  #running = 0
  #session: string | undefined
  /** Leases that the last `hello` listed. */
  #listed: ReadonlySet<string> = new Set()

  /**
   * Connects by itself. A refusal for good is told to `onState`; where nobody listens it is thrown as an unhandled
   * error, so that a process with a wrong token doesn't just end.
   * @throws ChimeraError `INVALID` for an address that is none
   */
  constructor(options: AgentOptions) {
    const { queues, capacity = 1, instance = nextInstance(), meta, handle } = options
    this.#capacity = capacity
    this.#handle = handle
    this.#about = { queues, capacity, instance, meta }
    this.#link = new Link(options, {
      role: 'agent',
      hello: () => this.#hello(),
      heartbeat: () => ({ status: this.#status() }),
      welcomed: (welcome) => this.#welcomed(welcome),
      received: (frame) => this.#received(frame),
      forgot: (windowMs) => this.#forgot(windowMs),
      closed: (because) => this.#closed(because),
    })
    this.#proposals = new Proposals(this.#link)
    this.#outbox = new Outbox(this.#link, {
      credits: () => (this.#isActive ? 1 : 0),
      settled: (ending, ack) => this.#settled(ending, ack),
    })
  }

  get state(): LinkState {
    return this.#link.state
  }

  /** Calls `listener` with each state of the connection from now on. Returns what ends it. */
  onState(listener: StateListener): () => void {
    return this.#link.onState(listener)
  }

  /** Takes no more tasks, releases what was not begun, finishes the rest, waits until the node knows. Never rejects. */
  close(options: CloseOptions = {}): Promise<void> {
    if (this.#phase.kind === 'closing') return this.#phase.closed
    // The phase comes first: what is released or settled on the way must not ask for more work.
    const closed = Promise.resolve().then(() => this.#end(options))
    this.#phase = { kind: 'closing', closed }
    return closed
  }

  get #isActive(): boolean {
    return this.#phase.kind === 'active'
  }

  async #end({ drain = true, withinMs }: CloseOptions): Promise<void> {
    for (const held of [...this.#held.values()]) if (held.kind === 'waiting') this.#release(held)
    if (drain) await this.#until(() => this.#held.size === 0, withinMs)
    for (const held of [...this.#held.values()]) this.#release(held)
    await this.#until(() => this.#outbox.isEmpty, lastWordsMs)
    this.#link.close()
  }

  #release(held: Held): void {
    if (held.kind === 'working') held.work.stop('CLOSED', 'the agent closes')
    this.#drop(held)
    this.#outbox.add({ task: held.task.id, lease: held.task.lease, end: { type: 'release' } })
  }

  /** Settles once it is so, the link is closed, or the time is over. */
  #until(isSo: () => boolean, withinMs: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const cancelTimer = withinMs === undefined ? () => {} : this.#link.platform.setTimer(() => done(), withinMs)
      const done = () => {
        cancelTimer()
        this.#changeListeners.delete(look)
        resolve()
      }
      const look = () => {
        if (isSo() || this.#link.state.kind === 'closed') done()
      }
      this.#changeListeners.add(look)
      look()
    })
  }

  #hello(): object {
    const holding = [...this.#held.values()].map(({ task }) => ({ task: task.id, lease: task.lease }))
    for (const { task, lease } of this.#outbox.endings()) holding.push({ task, lease })
    this.#listed = new Set(holding.map(({ lease }) => lease))
    return { ...this.#about, session: this.#session, holding }
  }

  #status(): 'IDLE' | 'ACTIVE' | 'BUSY' {
    if (this.#running === 0) return 'IDLE'
    return this.#running < this.#capacity ? 'ACTIVE' : 'BUSY'
  }

  #welcomed(welcome: Welcome): void {
    this.#session = welcome.session
    const lost = new Set(welcome.lost)
    for (const [lease, held] of [...this.#held]) {
      // What came on the last connection after this one said hello is not in its list, and so has ended.
      if (lost.has(lease) || !this.#listed.has(lease)) this.#take(held, 'LEASE_LOST', 'the lease ended meanwhile')
    }
    this.#outbox.sendAll()
    this.#proposals.sendAll()
    this.#pull(this.#capacity)
    this.#changed()
  }

  #received(frame: NodeFrame): void {
    if (frame.type === 'task') this.#assign(frame.task)
    if (frame.type === 'decision') this.#proposals.decided(frame)
    if (frame.type !== 'cancel') return
    const held = this.#held.get(frame.lease)
    if (held !== undefined) this.#take(held, 'CANCELLED', frame.reason)
  }

  #assign(task: Assignment): void {
    const { lease } = task
    if (this.#held.has(lease) || this.#outbox.has(lease)) return
    const held: Held = { kind: 'waiting', task }
    this.#held.set(lease, held)
    if (this.#isActive) this.#begin()
    else this.#release(held)
  }

  /** As many of those that wait as there are handlers free. */
  #begin(): void {
    if (this.#running >= this.#capacity) return
    for (const held of this.#held.values()) {
      if (held.kind === 'waiting') void this.#work(held.task)
      if (this.#running >= this.#capacity) return
    }
  }

  async #work(task: Assignment): Promise<void> {
    const work = new Work(task, {
      progress: (of, report) => this.#progress(of, report),
      propose: (of, action, options) => this.#proposals.propose(of, action, options),
    })
    const onDeadline = () => work.stop('DEADLINE', 'the time for this attempt is over')
    const deadline = new Deadline(this.#link, task.deadline, onDeadline)
    const held: Held = { kind: 'working', task, work, deadline }
    this.#held.set(task.lease, held)
    this.#proposals.begin(task.lease, deadline)
    this.#running++
    const end = await work.run(this.#handle)
    this.#running--
    if (this.#held.get(task.lease) === held) {
      this.#drop(held)
      this.#outbox.add({ task: task.id, lease: task.lease, end })
    } else {
      this.#pull(1)
    }
    this.#begin()
    this.#changed()
  }

  #forgot(windowMs: number): void {
    this.#outbox.doubt(windowMs)
    this.#proposals.sendAll()
  }

  #progress({ id, lease }: Assignment, report: object): void {
    if (this.#held.has(lease)) this.#link.current?.send({ ...report, type: 'progress', task: id, lease })
  }

  /** The lease is gone. Where a handler runs, its place is free when it has ended. */
  #take(held: Held, code: 'CANCELLED' | 'LEASE_LOST', why: string): void {
    if (held.kind === 'working') held.work.stop(code, why)
    else this.#pull(1)
    this.#drop(held)
    this.#changed()
  }

  #drop(held: Held): void {
    this.#held.delete(held.task.lease)
    if (held.kind !== 'working') return
    held.deadline.stop()
    const { reason } = held.work
    this.#proposals.end(held.task.lease, reason ?? new ChimeraError('CLOSED', 'the handler has ended'))
  }

  /** Asks for more. Too much does no harm: the node cuts it at what the agent doesn't hold. */
  #pull(credits: number): void {
    const connection = this.#link.current
    if (!this.#isActive || connection === undefined) return
    connection.request({ type: 'pull', credits }, (reply) => {
      if (reply.kind === 'ack') this.#takeFrom(reply.ack)
      else if (isForNow(reply.error) || reply.error.code === 'NO_ANSWER') this.#pullLater(reply.error)
    })
  }

  #pullLater({ retryAfterMs }: ChimeraError): void {
    const { platform } = this.#link
    platform.setTimer(() => this.#pull(this.#capacity), backoffMs(2, platform.random(), retryAfterMs))
  }

  #takeFrom({ tasks }: Ack): void {
    if (Array.isArray(tasks)) for (const task of tasks) this.#assign(task)
  }

  #settled({ end }: Ending, ack: Ack | undefined): void {
    // A release brings no credits, and those of a frame that was refused are not given either.
    if (ack === undefined || end.type === 'release') this.#pull(1)
    if (ack !== undefined) this.#takeFrom(ack)
    this.#changed()
  }

  #changed(): void {
    for (const look of [...this.#changeListeners]) look()
  }

  #closed(because: ChimeraError | undefined): void {
    for (const held of [...this.#held.values()]) this.#take(held, 'LEASE_LOST', 'the connection ended for good')
    this.#outbox.clear()
    this.#changed()
    if (because !== undefined && !this.#link.isWatched && this.#isActive)
      queueMicrotask(() => {
        throw because
      })
  }
}
