/**
 * An operator's words about the fleet: hold it up, and let it go on. Each may be sent twice: what is so already changes
 * nothing, and a halt that was cut off goes on.
 */
import type { Ack } from '../protocol/nodeFrames.js'
import type { FleetRecord } from '../protocol/records.js'
import type { CallOptions } from './call.js'
import type { Frame } from './connection.js'

/** A queue, an agent (without an instance: all of its instances), or all of the tenant. */
export type FleetTarget = { readonly queue: string } | { readonly agent: string } | 'tenant'

export interface WordOptions extends CallOptions {
  /** Goes on record. */
  readonly reason?: string
}

export type FleetAnswer = {
  /** False: it was so before. */
  readonly changed: boolean
  readonly fleet: FleetRecord
  /** Of an agent; false: none of this name has been here yet. */
  readonly known?: boolean
  /** Of a halt: tasks that ran, and were cancelled by this call. */
  readonly cancelled?: number
}

type Act = 'pause' | 'resume' | 'ban' | 'unban' | 'halt'

export class Fleet {
  readonly #call: (frame: Frame, options: CallOptions | undefined) => Promise<Ack>

  constructor(call: (frame: Frame, options: CallOptions | undefined) => Promise<Ack>) {
    this.#call = call
  }

  /** What is paused, banned, halted; by whom, when and why. */
  async read(options?: CallOptions): Promise<FleetRecord> {
    return (await this.#call({ type: 'fleet' }, options)).fleet as FleetRecord
  }

  /** No more tasks are handed out. What runs goes on. */
  pause(target: FleetTarget, options?: WordOptions): Promise<FleetAnswer> {
    return this.#say('pause', target, options)
  }

  /** Tasks are handed out again, after a pause or a halt. */
  resume(target: FleetTarget, options?: WordOptions): Promise<FleetAnswer> {
    return this.#say('resume', target, options)
  }

  /** Closes the agent's connections, takes what it holds from it, and lets it in no more. */
  ban(agent: string, options?: WordOptions): Promise<FleetAnswer> {
    return this.#say('ban', { agent }, options)
  }

  unban(agent: string, options?: WordOptions): Promise<FleetAnswer> {
    return this.#say('unban', { agent }, options)
  }

  /** Pauses the tenant, cancels all that runs, and takes no submissions until it is resumed. For admins. */
  halt(options?: WordOptions): Promise<FleetAnswer> {
    return this.#say('halt', 'tenant', options)
  }

  async #say(act: Act, target: FleetTarget, { reason, ...options }: WordOptions = {}): Promise<FleetAnswer> {
    const about = target === 'tenant' ? {} : target
    const why = reason === undefined ? {} : { reason }
    const { type, re, ...answer } = await this.#call({ type: 'control', act, ...about, ...why }, options)
    return answer as unknown as FleetAnswer
  }
}
