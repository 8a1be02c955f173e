/**
 * A procedure: what takes several calls on the ledger, one after the other, written down as a generator.
 *
 * It yields a call and is resumed with its answer. It awaits nothing and reads no clock, so a test drives it by hand
 * and the simulation under a seed; in a node the shard's door carries its calls out. Between two calls anything may
 * happen, also the end of the process: each commit carries the guards that make it right on its own.
 */
import type { Answer, Fields, HeldEntry, HolderState, LogPage, Page, Transaction } from '../ledger/port.js'

/** A transaction for one shard. `drains`: it ends work, so it goes on where the ledger is full. */
export type Order = {
  readonly shard: number
  readonly tenant: string
  readonly transaction: Transaction
  readonly drains: boolean
}

export type Outcome = Answer | { readonly kind: 'overloaded'; readonly retryAfterMs: number }

export type Call =
  | { readonly kind: 'commit'; readonly orders: readonly Order[] }
  | { readonly kind: 'read'; readonly shard: number; readonly records: readonly string[] }
  | {
      readonly kind: 'range'
      readonly shard: number
      readonly set: string
      readonly after?: string
      readonly upTo?: number
      readonly limit: number
      readonly descending?: boolean
    }
  | {
      readonly kind: 'log'
      readonly shard: number
      readonly log: string
      readonly after?: string
      readonly limit: number
    }
  | { readonly kind: 'held'; readonly shard: number; readonly holder: string }
  | { readonly kind: 'holders'; readonly shard: number }
  | { readonly kind: 'ready'; readonly shard: number; readonly prefix: string }
  | { readonly kind: 'now' }
  /** Asks an actor, for what is only in memory. */
  | {
      readonly kind: 'ask'
      readonly to: string
      readonly message: { readonly kind: string }
      readonly deadlineMs: number
    }

export type Procedure<Result> = Generator<Call, Result, unknown>

/** A call that the ledger couldn't carry out is thrown into the procedure as this. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}

/** Commits each on its own, all under way together; the answers stand in the same order. */
export function* commitAll(orders: readonly Order[]): Procedure<readonly Outcome[]> {
  return (yield { kind: 'commit', orders }) as readonly Outcome[]
}

export function* commit(order: Order): Procedure<Outcome> {
  const [outcome] = (yield { kind: 'commit', orders: [order] }) as readonly Outcome[]
  if (outcome === undefined) throw new Error('a commit without an answer')
  return outcome
}

export function* read(shard: number, records: readonly string[]): Procedure<readonly (Fields | null)[]> {
  return (yield { kind: 'read', shard, records }) as readonly (Fields | null)[]
}

export function* readOne(shard: number, record: string): Procedure<Fields | null> {
  const [fields] = (yield { kind: 'read', shard, records: [record] }) as readonly (Fields | null)[]
  return fields ?? null
}

export function* range(call: Omit<Extract<Call, { kind: 'range' }>, 'kind'>): Procedure<Page> {
  return (yield { kind: 'range', ...call }) as Page
}

export function* log(call: Omit<Extract<Call, { kind: 'log' }>, 'kind'>): Procedure<LogPage> {
  return (yield { kind: 'log', ...call }) as LogPage
}

export function* held(shard: number, holder: string): Procedure<readonly HeldEntry[]> {
  return (yield { kind: 'held', shard, holder }) as readonly HeldEntry[]
}

export function* holders(shard: number): Procedure<readonly HolderState[]> {
  return (yield { kind: 'holders', shard }) as readonly HolderState[]
}

export function* ready(shard: number, prefix: string): Procedure<readonly { lane: string; waiting: number }[]> {
  return (yield { kind: 'ready', shard, prefix }) as readonly { lane: string; waiting: number }[]
}

/** The node's time, ms since the epoch by the ledger's clock. */
export function* now(): Procedure<number> {
  return (yield { kind: 'now' }) as number
}

type Question = { readonly kind: string; readonly [field: string]: unknown }

export function* ask<Reply>(to: string, message: Question, deadlineMs: number): Procedure<Reply> {
  return (yield { kind: 'ask', to, message, deadlineMs }) as Reply
}
