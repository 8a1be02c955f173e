/**
 * Agents that work by themselves: pull, work, send results, and after a cut come back with their session and all that
 * they still hold, as an agent should.
 *
 * A result stays in `unanswered` until the node has acknowledged it, and is sent again on each new connection.
 */
import { type Assignment, type Client, connect, type Frame } from './client.js'
import { type Door, tokenOf, type Who } from './world.js'

export type Result = { readonly output: unknown; readonly confidence: number }

export type FleetAgent = {
  /** Tasks that it was given; leases that its `welcome`s told; results that were refused as stale. */
  readonly seen: { tasks: number; resumed: number; lost: number; stale: number }
  client: Client
  /** Works on what it kept. */
  finish(): void
  stop(): void
}

export type FleetOptions = {
  readonly capacity?: number
  readonly queues?: readonly string[]
  /** What it makes of a task. Undefined: it keeps it and says nothing. */
  readonly work: (task: Assignment) => Result | undefined
  /** Every frame, before it is dealt with. */
  readonly watch?: (frame: Frame) => void
}

const againMs = 100

class Worker implements FleetAgent {
  readonly seen = { tasks: 0, resumed: 0, lost: 0, stale: 0 }
  client: Client
  readonly #door: () => Door
  readonly #who: Who
  readonly #options: FleetOptions
  /** By lease. */
  readonly #held = new Map<string, Assignment>()
  readonly #unanswered = new Map<string, object>()
  readonly #sent = new Map<number, string>()
  #session: unknown
  #lastId = 1_000
  #isStopped = false

  private constructor(door: () => Door, who: Who, options: FleetOptions, client: Client) {
    this.#door = door
    this.#who = who
    this.#options = options
    this.client = client
  }

  static async start(door: () => Door, who: Who, options: FleetOptions): Promise<Worker> {
    const worker = new Worker(door, who, options, await connectAgent(door(), who))
    await worker.#join()
    void worker.#comeBack()
    return worker
  }

  finish(): void {
    for (const [lease, task] of this.#held) if (!this.#unanswered.has(lease)) this.#work(task)
  }

  stop(): void {
    this.#isStopped = true
    this.client.close()
  }

  async #join(): Promise<void> {
    const { capacity = 1, queues = ['q'] } = this.#options
    const { client } = this
    // Before hello is answered nothing but the answer can come.
    const holding = [...this.#held].map(([lease, { id }]) => ({ task: id, lease }))
    const session = this.#session === undefined ? {} : { session: this.#session }
    client.onFrame = (frame) => this.#take(frame)
    const welcome = await client.hello({ queues, capacity, holding, ...session })
    this.#session = welcome.session
    const { resumed, lost } = welcome as unknown as { resumed: readonly string[]; lost: readonly string[] }
    this.seen.resumed += resumed.length
    this.seen.lost += lost.length
    this.#sent.clear()
    for (const [lease, result] of this.#unanswered) this.#send(lease, result)
    // What is lost is not worked on; its result, if there is one, was sent all the same.
    for (const lease of lost) this.#held.delete(lease)
    client.send({ type: 'pull', id: ++this.#lastId, credits: capacity })
  }

  /** Until it is stopped. */
  async #comeBack(): Promise<void> {
    for (;;) {
      await this.client.closed
      if (this.#isStopped) return
      try {
        this.client = await connectAgent(this.#door(), this.#who)
        await this.#join()
      } catch {
        await new Promise((resolve) => setTimeout(resolve, againMs))
      }
    }
  }

  #take(frame: Frame): boolean {
    this.#options.watch?.(frame)
    if (frame.type === 'task') this.#begin(frame.task as Assignment)
    else if (frame.type === 'cancel') this.#held.delete(String(frame.lease))
    else if (frame.type === 'welcome' || Number(frame.re) <= 1_000) return false
    else this.#answered(frame)
    return true
  }

  #begin(task: Assignment): void {
    this.seen.tasks++
    this.#held.set(task.lease, task)
    this.#work(task)
  }

  #work(task: Assignment): void {
    const result = this.#options.work(task)
    if (result === undefined) return
    const said = { type: 'result', task: task.id, lease: task.lease, ...result }
    this.#unanswered.set(task.lease, said)
    this.#send(task.lease, said)
  }

  #send(lease: string, result: object): void {
    const id = ++this.#lastId
    this.#sent.set(id, lease)
    if (this.client.isOpen) this.client.send({ ...result, id, credits: 1 })
  }

  #answered({ type, re, code }: Frame): void {
    const lease = this.#sent.get(Number(re))
    if (lease === undefined) return
    this.#sent.delete(Number(re))
    const result = this.#unanswered.get(lease)
    if (type === 'error' && code !== 'STALE_LEASE') {
      if (result !== undefined) setTimeout(() => this.#send(lease, result), againMs)
      return
    }
    if (type === 'error') this.seen.stale++
    this.#unanswered.delete(lease)
    this.#held.delete(lease)
  }
}

const connectAgent = async ({ url }: Door, who: Who): Promise<Client> =>
  connect(url, 'agent', await tokenOf({ roles: ['agent'], ...who }))

/** So many agents, all connected. `door` is asked at each connect: a node that was killed comes back elsewhere. */
export const startFleet = async (
  door: () => Door,
  size: number,
  options: FleetOptions,
): Promise<readonly FleetAgent[]> => {
  const subs = Array.from({ length: size }, (_, at) => `bot${at}`)
  return Promise.all(subs.map((sub) => Worker.start(door, { sub }, options)))
}
