/**
 * A connection that is there again after each loss, forever: opened where `find` says the server is now.
 *
 * Nothing is sent twice. A call that comes while there is no connection waits for one, until its deadline; a call that
 * was sent when the connection ended rejects, since nobody knows what became of it. The watchdog is the same deadline:
 * Redis answers in order, so one late answer means that the connection is stuck, and it is given up.
 */
import type { Clock, Timer } from '../../clock.js'
import type { Random } from '../../random.js'
import { LedgerRefusal } from '../ledgerRefusal.js'
import { LedgerFault } from '../port.js'
import type { Access, Server } from './address.js'
import { type Argument, openClient, type RedisClient } from './connectionClient.js'
import { consequenceOf, faultOf, RedisError } from './connectionError.js'
import { expectMaster, signIn } from './connectionHandshake.js'
import { explained } from './connectionRefusal.js'
import { isWriting, type Replication } from './connectionReplication.js'

export type Send = (command: string, args: readonly Argument[]) => Promise<unknown>

/** `refusal`: the server was reached, and doesn't let us in until a person changes something. */
export type Reason = { readonly why: string; readonly refusal?: LedgerRefusal }

export type LinkState = { readonly kind: 'up' } | ({ readonly kind: 'down' } & Reason)

export type LinkLimits = {
  readonly clock: Clock
  readonly random: Random
  /** Of each call, and of everything that is said before a connection can be used. */
  readonly deadlineMs: number
  readonly connectMs: number
  /** Calls that may wait for a connection. */
  readonly waitingMax: number
  /** The pause before the n-th attempt is random: up to twice the one before, and at most this. */
  readonly pauseMaxMs: number
}

export type LinkOptions = LinkLimits & {
  readonly access: Access
  /** For whoever looks at the server's list of clients. */
  readonly clientName: string
  /** Where it is given, each write waits for it. */
  readonly replication?: Replication
  readonly find: () => Promise<Server>
  /** Before anything else on each new connection. Where it rejects, the connection is given up. */
  readonly prepare?: (send: Send, client: RedisClient) => Promise<void>
  readonly onState?: (state: LinkState) => void
}

type Call = {
  readonly command: string
  readonly args: readonly Argument[]
  readonly resolve: (reply: unknown) => void
  readonly reject: (error: Error) => void
  readonly timer: Timer
  sent?: { readonly client: RedisClient; readonly at: number }
}

export function reasonOf(error: unknown): Reason {
  const reason = explained(error)
  return {
    why: reason instanceof Error ? reason.message : String(reason),
    ...(reason instanceof LedgerRefusal ? { refusal: reason } : {}),
  }
}

const firstPauseMs = 50
/** One that lasted longer didn't fail at once: the next attempt is a first one. */
const settledMs = 1_000

export class RedisLink {
  readonly #options: LinkOptions
  readonly #waiting = new Set<Call>()
  #client: RedisClient | null = null
  /** Ends a pause between two attempts. */
  #resume: () => void = () => {}
  #isClosed = false
  #why = 'not connected yet'
  readonly #ended: Promise<void>

  constructor(options: LinkOptions) {
    this.#options = options
    this.#ended = this.#live()
  }

  call(command: string, args: readonly Argument[]): Promise<unknown> {
    const { replication } = this.#options
    if (replication === undefined || !isWriting(command)) return this.#ask(command, args)
    return replication.write(this, (each, given) => this.#ask(each, given), command, args)
  }

  #ask(command: string, args: readonly Argument[]): Promise<unknown> {
    const { clock, deadlineMs, waitingMax } = this.#options
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new LedgerFault(`${command}: the connection was closed`))
      const isFull = this.#client === null && this.#waiting.size >= waitingMax
      if (isFull) return reject(new LedgerFault(`${command}: ${waitingMax} calls wait for a connection (${this.#why})`))
      const timer = clock.at(clock.now() + deadlineMs, () => this.#late(call))
      const call: Call = { command, args, resolve, reject, timer }
      if (this.#client === null) this.#waiting.add(call)
      else this.#send(this.#client, call)
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#options.replication?.forget(this)
    this.#client?.end('closed')
    for (const call of this.#waiting) this.#settle(call, () => call.reject(new LedgerFault(`${call.command}: closed`)))
    this.#resume()
    await this.#ended
  }

  #send(client: RedisClient, call: Call): void {
    call.sent = { client, at: this.#options.clock.now() }
    client.send(call.command, call.args).then(
      (reply) => this.#settle(call, () => call.resolve(reply)),
      (error) => this.#settle(call, () => call.reject(this.#judged(error, client))),
    )
  }

  #judged(error: Error, client: RedisClient): Error {
    const isAnswer = error instanceof RedisError
    const consequence = isAnswer ? consequenceOf(error) : 'rebuild'
    if (consequence === 'rebuild') this.#giveUp(client, error.message)
    return isAnswer && consequence !== 'none' ? faultOf(error) : error
  }

  /** At once: whoever calls from here on waits for the next one, and isn't refused again and again by this one. */
  #giveUp(client: RedisClient, why: string): void {
    if (this.#client === client) this.#client = null
    client.end(why)
  }

  #settle(call: Call, how: () => void): void {
    call.timer.cancel()
    this.#waiting.delete(call)
    how()
  }

  #late(call: Call): void {
    const { clock, deadlineMs } = this.#options
    const why = `no answer within ${deadlineMs} ms`
    const { sent } = call
    const state = sent === undefined ? `: ${this.#why}` : ''
    this.#settle(call, () => call.reject(new LedgerFault(`${call.command}: ${why}${state}`)))
    // One that waited for the connection was sent late: that says nothing about the connection.
    if (sent !== undefined && clock.now() - sent.at >= deadlineMs) this.#giveUp(sent.client, why)
  }

  async #live(): Promise<void> {
    const { clock } = this.#options
    for (let failures = 0; !this.#isClosed; ) {
      const client = await this.#open()
      if (client !== null) {
        const since = clock.now()
        this.#use(client)
        const why = await client.ended
        this.#client = null
        this.#down({ why })
        if (clock.now() - since >= settledMs) failures = 0
      }
      failures++
      if (!this.#isClosed) await this.#pause(failures)
    }
  }

  async #open(): Promise<RedisClient | null> {
    const { find, access, clientName, connectMs, deadlineMs, clock, prepare } = this.#options
    try {
      const client = await openClient(await find(), access, connectMs)
      const timer = clock.at(clock.now() + deadlineMs, () => client.end(`no answer within ${deadlineMs} ms`))
      try {
        await signIn(client, access, clientName)
        await expectMaster(client)
        await prepare?.(client.send, client)
        if (!this.#isClosed) return client
      } catch (error) {
        client.end('given up')
        throw error
      } finally {
        timer.cancel()
      }
      client.end('closed')
    } catch (error) {
      this.#down(reasonOf(error))
    }
    return null
  }

  #use(client: RedisClient): void {
    this.#client = client
    this.#options.onState?.({ kind: 'up' })
    for (const call of this.#waiting) {
      this.#waiting.delete(call)
      this.#send(client, call)
    }
  }

  #down(reason: Reason): void {
    this.#why = reason.why
    if (!this.#isClosed) this.#options.onState?.({ kind: 'down', ...reason })
  }

  #pause(failures: number): Promise<void> {
    const { clock, random, pauseMaxMs } = this.#options
    const mostMs = Math.min(pauseMaxMs, firstPauseMs * 2 ** Math.min(failures, 16))
    return new Promise((resolve) => {
      const timer = clock.at(clock.now() + random.int(mostMs + 1), resolve)
      this.#resume = () => {
        timer.cancel()
        resolve()
      }
    })
  }
}
