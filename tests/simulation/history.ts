/**
 * Everything that happened in a run, in one order: what clients said and were told, what the ledger carried out, and
 * what a node itself found wrong. The hash over all of it tells whether two runs of a seed were the same.
 */
import { createHash } from 'node:crypto'
import type { Claimed, Transaction } from '../../src/ledger/port.js'
import type { Role } from '../../src/protocol/frames.js'
import type { Frame } from '../../src/protocol/reading.js'
import { markersIn } from './words.js'

export type Who = { readonly role: Role; readonly tenant: string; readonly sub: string }

/** Which connection of which client. */
export type End = { readonly who: Who; readonly connection: number }

type Placed = { readonly order: number; readonly at: number }

/** A message left a node for a client, who may never get it. */
export type Told = Placed & { readonly to: End; readonly markers: readonly string[]; readonly frames: readonly Frame[] }

/** A frame reached a client. */
export type Heard = Placed & { readonly by: End; readonly frame: Frame }

/** A request left its client; perhaps it never arrived. */
export type Asked = { readonly by: End; readonly request: Frame; readonly order: number }

/** A request and its reply, as its client has them. */
export type Answered = Placed & {
  readonly by: End
  readonly request: Frame
  /** Order of the request. */
  readonly asked: number
  readonly reply: Frame
}

/** A transaction that the ledger carried out. */
export type Done = Placed & { readonly shard: number; readonly holder: string; readonly transaction: Transaction }

/** A claim that the ledger carried out, whether or not its answer arrived. */
export type Given = Placed & { readonly shard: number; readonly holder: string; readonly claimed: readonly Claimed[] }

export class History {
  readonly told: Told[] = []
  readonly heard: Heard[] = []
  readonly asked: Asked[] = []
  readonly answered: Answered[] = []
  readonly done: Done[] = []
  readonly given: Given[] = []
  /** What no node should ever say of itself. */
  readonly alarms: string[] = []
  readonly #now: () => number
  readonly #hash = createHash('sha256')
  #order = 0

  constructor(now: () => number) {
    this.#now = now
  }

  digest(): string {
    return this.#hash.copy().digest('hex')
  }

  /** A client sends; returns the order. */
  said(by: End, bytes: Uint8Array): number {
    return this.#place(`said ${by.connection}`, bytes).order
  }

  tell(to: End, bytes: Uint8Array, frames: readonly Frame[]): void {
    this.told.push({ ...this.#place(`told ${to.connection}`, bytes), to, markers: markersIn(bytes), frames })
  }

  hear(by: End, frame: Frame): void {
    this.heard.push({ ...this.#place(`heard ${by.connection} ${String(frame.type)}`), by, frame })
  }

  ask(by: End, request: Frame, order: number): void {
    this.asked.push({ by, request, order })
  }

  answer(by: End, request: Frame, asked: number, reply: Frame): void {
    this.answered.push({ ...this.#place(`answered ${by.connection}`), by, request, asked, reply })
  }

  carryOut(shard: number, holder: string, transaction: Transaction): void {
    this.done.push({ ...this.#place(`done ${shard} ${holder} ${outline(transaction)}`), shard, holder, transaction })
  }

  give(shard: number, holder: string, claimed: readonly Claimed[]): void {
    const entries = claimed.map(({ entry }) => entry).join()
    this.given.push({ ...this.#place(`given ${shard} ${holder} ${entries}`), shard, holder, claimed })
  }

  /** Something else of note, such as a crash. */
  note(text: string): void {
    this.#place(text)
  }

  alarm(text: string): void {
    this.#place(text)
    this.alarms.push(`at ${this.#now()}: ${text}`)
  }

  #place(text: string, bytes?: Uint8Array): Placed {
    const at = this.#now()
    const order = this.#order++
    this.#hash.update(`${at} ${text}\n`)
    if (bytes !== undefined) this.#hash.update(bytes)
    return { order, at }
  }
}

/** Short, and different for different transactions of a run. */
const outline = ({ writes }: Transaction): string =>
  writes.map((write) => `${write.kind}:${'record' in write ? write.record : ''}`).join(' ')
