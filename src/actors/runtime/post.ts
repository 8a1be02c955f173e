/**
 * Who is there, what waits for whom, and who is next: addresses, mailboxes, and the queue of actors with something to do.
 *
 * To deliver never runs a step: it puts the actor into the queue, and the scheduler calls for turns.
 */
import type { Address, Message } from './actor.js'
import type { Cell } from './cell.js'
import type { DeadLetter, DeadLetterReason } from './deadLetter.js'
import { Ring } from './ring.js'
import type { Scheduler, Turn } from './scheduler.js'

/** `ok` says that it waits in the mailbox, no more. */
export type Delivery = 'ok' | 'full' | 'noActor'

export interface PostOptions {
  readonly scheduler: Scheduler
  readonly onDeadLetter: (letter: DeadLetter) => void
  readonly turn: Turn
}

function laneOf({ mailbox, blueprint }: Cell, message: Message): Ring<Message> {
  return mailbox.lane(blueprint.control.has(message.kind))
}

export class Post {
  readonly cells = new Map<Address, Cell>()
  readonly #ready = new Ring<Cell>(Number.POSITIVE_INFINITY)
  readonly #options: PostOptions
  #isScheduled = false
  #onIdle: (() => void)[] = []

  constructor(options: PostOptions) {
    this.#options = options
  }

  deliver(to: Address, message: Message): Delivery {
    const cell = this.cells.get(to)
    if (cell === undefined) return 'noActor'
    if (!laneOf(cell, message).push(message)) return 'full'
    this.rouse(cell)
    return 'ok'
  }

  /** What an actor asked for itself: its bounds don't count. */
  deliverOwn(cell: Cell, message: Message): void {
    if (cell.phase === 'stopped') {
      this.deadLetter(cell.address, message, 'stopped', cell)
      return
    }
    laneOf(cell, message).add(message)
    this.rouse(cell)
  }

  deadLetter(to: Address, message: Message, reason: DeadLetterReason, cell = this.cells.get(to)): void {
    const actor = cell === undefined ? {} : { actor: cell.blueprint.name }
    this.#options.onDeadLetter({ to, ...actor, messageKind: message.kind, reason })
  }

  /** Puts it into the queue, where it isn't in it yet. */
  rouse(cell: Cell): void {
    if (cell.isReady || cell.phase === 'waiting') return
    cell.isReady = true
    this.#ready.add(cell)
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#options.scheduler.run(this.#options.turn)
  }

  nextReady(): Cell | undefined {
    const cell = this.#ready.shift()
    if (cell !== undefined) cell.isReady = false
    return cell
  }

  /** At the end of a turn: whether another is to follow. */
  isMore(): boolean {
    if (this.#ready.size > 0) return true
    this.#isScheduled = false
    this.tellIdle()
    return false
  }

  /** Settles once no message waits anywhere; at once, where none does. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#onIdle.push(resolve)
      this.tellIdle()
    })
  }

  tellIdle(): void {
    if (this.#onIdle.length === 0 || (this.#isScheduled && this.cells.size > 0)) return
    // With nobody ready, whoever has messages waits for its restart.
    for (const cell of this.cells.values()) if (!cell.mailbox.isEmpty) return
    const resolves = this.#onIdle
    this.#onIdle = []
    for (const resolve of resolves) resolve()
  }
}
