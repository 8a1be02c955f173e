/**
 * A write is answered only once so many replicas have it (`WAIT`).
 *
 * `WAIT` counts the replicas that have all that its own connection wrote before. Where too few have it in time, nobody
 * knows what a failover would leave of the write: that is a fault, as if there had been no answer, and whoever asked
 * sends it again. https://redis.io/docs/latest/commands/wait/
 */
import { LedgerFault } from '../port.js'
import type { Argument } from './connectionClient.js'
import { RedisError } from './connectionError.js'
import type { Health } from './health.js'

export type ReplicationOptions = {
  readonly replicas: number
  /** Much less than the deadline of a call: several that wait for the same replicas stand in line. */
  readonly waitMs: number
  readonly health: Health
}

type Ask = (command: string, args: readonly Argument[]) => Promise<unknown>

/** What nodes write, beside what they load. */
const writing: ReadonlySet<string> = new Set(['FCALL', 'SET', 'EVAL', 'HSETNX'])

export const isWriting = (command: string): boolean => writing.has(command)

export class Replication {
  readonly #options: ReplicationOptions
  /** Connections whose last write has too few replicas. */
  readonly #behind = new Set<object>()

  constructor(options: ReplicationOptions) {
    this.#options = options
  }

  /** `ask` sends what it is given in one turn over one connection, in order, or the first fails. */
  async write(link: object, ask: Ask, command: string, args: readonly Argument[]): Promise<unknown> {
    const { replicas, waitMs } = this.#options
    const [written, waited] = await Promise.allSettled([ask(command, args), ask('WAIT', [replicas, waitMs])])
    if (written.status === 'rejected') throw written.reason
    if (waited.status === 'rejected') throw asFault(waited.reason)
    const had = Number(waited.value)
    if (had >= replicas) {
      this.forget(link)
      return written.value
    }
    const why = `${had} of ${replicas} replicas have what was written: it is not acknowledged until they do`
    this.#behind.add(link)
    this.#options.health.set('replicas', why)
    throw new LedgerFault(`${command}: ${why}`)
  }

  /** This connection has ended, or is not behind any more. */
  forget(link: object): void {
    if (this.#behind.delete(link) && this.#behind.size === 0) this.#options.health.clear('replicas')
  }
}

/** A master that became a replica says so, and the write went to it. */
const asFault = (error: unknown): unknown =>
  error instanceof RedisError ? new LedgerFault(error.message, { cause: error }) : error
