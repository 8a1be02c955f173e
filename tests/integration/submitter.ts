/**
 * A producer that survives its node: each task has a key, and what was not acknowledged is submitted again; outcomes are
 * gathered across connections, and marked as seen.
 */
import { type Client, connect, type Frame } from './client.js'
import { type Door, tokenOf } from './world.js'

export type Told = { readonly status: string; readonly final: boolean; readonly output: unknown }

const perSubmit = 64
const againMs = 100

export class Submitter {
  /** Ids by key, of those that were acknowledged. */
  readonly accepted = new Map<string, string>()
  /** Acknowledged more than once with different ids: must stay empty. */
  readonly doubled: string[] = []
  /** What was told of each task, in order; outcomes that come again are in it again. */
  readonly told = new Map<string, Told[]>()
  client: Client | undefined
  readonly #door: () => Door
  readonly #sub: string
  readonly #waiting = new Set<() => void>()
  #isStopped = false

  constructor(door: () => Door, sub: string) {
    this.#door = door
    this.#sub = sub
    void this.#stayConnected()
  }

  /** Each key as a task, acknowledged. */
  async submit(keys: readonly string[], specOf: (key: string) => object): Promise<void> {
    for (let at = 0; at < keys.length; at += perSubmit) {
      await this.#submitPart(keys.slice(at, at + perSubmit), specOf)
    }
  }

  /** Once this is so; looked at with each outcome. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  /** The final outcome of an accepted task; undefined: none was told yet. */
  finalOf(id: string): Told | undefined {
    return this.told.get(id)?.find(({ final }) => final)
  }

  get isDone(): boolean {
    for (const id of this.accepted.values()) if (this.finalOf(id) === undefined) return false
    return true
  }

  stop(): void {
    this.#isStopped = true
    this.client?.close()
  }

  async #submitPart(keys: readonly string[], specOf: (key: string) => object): Promise<void> {
    const left = new Set(keys)
    while (left.size > 0) {
      const asked = [...left]
      const tasks = asked.map((key) => ({ queue: 'q', payload: key, ...specOf(key), key }))
      const replies = await this.#trySubmit(tasks)
      for (const [at, { id }] of replies.entries()) {
        const key = asked[at]
        if (key === undefined || id === undefined) continue
        const before = this.accepted.get(key)
        if (before !== undefined && before !== id) this.doubled.push(key)
        this.accepted.set(key, id)
        left.delete(key)
      }
      if (left.size > 0) await pause()
    }
  }

  async #trySubmit(tasks: readonly object[]): Promise<readonly { readonly id?: string }[]> {
    try {
      const reply = await this.client?.request('submit', { tasks })
      return (reply?.tasks ?? []) as readonly { readonly id?: string }[]
    } catch {
      return []
    }
  }

  async #stayConnected(): Promise<void> {
    while (!this.#isStopped) {
      try {
        const token = await tokenOf({ sub: this.#sub, roles: ['producer'] })
        const client = await connect(this.#door().url, 'producer', token)
        client.onFrame = (frame) => this.#take(client, frame)
        await client.hello({ subscriber: 's' })
        this.client = client
        await client.closed
      } catch {
        await pause()
      }
    }
  }

  #take(client: Client, { type, seq, task, status, final, output }: Frame): boolean {
    if (type !== 'outcome') return false
    const id = String(task)
    const told = this.told.get(id) ?? []
    this.told.set(id, [...told, { status: String(status), final: final === true, output }])
    if (client.isOpen) client.send({ type: 'seen', seq })
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
    return true
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, againMs))
