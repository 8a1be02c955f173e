/** Actors enter and leave here. Whoever leaves takes its wake-ups and open questions along, and its mail is accounted for. */

import type { Address, AnyActorDefinition, Message } from './actor.js'
import { Alarm, silenceAll } from './alarm.js'
import { blueprintOf } from './blueprint.js'
import { Cell } from './cell.js'
import type { DeadLetterReason } from './deadLetter.js'
import type { WhyUnanswered } from './effect.js'
import type { Post } from './post.js'
import type { Questions } from './questions.js'

export class Stage {
  readonly #post: Post
  readonly #questions: Questions
  #isClosed = false

  constructor(post: Post, questions: Questions) {
    this.#post = post
    this.#questions = questions
  }

  /** False: the address is taken, or the system has stopped. */
  enter(definition: AnyActorDefinition, address: Address, args: unknown): boolean {
    if (this.#isClosed || this.#post.cells.has(address)) return false
    const cell = new Cell(blueprintOf(definition), address, args)
    this.#post.cells.set(address, cell)
    this.#post.rouse(cell)
    return true
  }

  leave(cell: Cell): void {
    if (cell.phase === 'stopped') return
    cell.phase = 'stopped'
    this.#post.cells.delete(cell.address)
    cell.restart?.cancel()
    this.interrupt(cell)
    for (let message = cell.mailbox.shift(); message !== undefined; message = cell.mailbox.shift()) {
      this.undeliverable(cell, message, 'stopped', 'stopped')
    }
  }

  /** Everybody leaves, and nobody enters any more. */
  close(): void {
    this.#isClosed = true
    for (const cell of [...this.#post.cells.values()]) this.leave(cell)
    this.#questions.refuseOutside('stopped')
    this.#post.tellIdle()
  }

  /** What it armed and asked is void: it has gone, or begins anew and knows nothing of it. */
  interrupt(cell: Cell): void {
    silenceAll(cell)
    this.#questions.forget(cell)
  }

  /** For what was in a mailbox and is not to be run. A wake-up is nothing that anybody sent. */
  undeliverable(cell: Cell, message: Message, reason: DeadLetterReason, why: WhyUnanswered): void {
    if (message instanceof Alarm) return
    this.#post.deadLetter(cell.address, message, reason, cell)
    this.#questions.refuse(message, why)
  }
}
