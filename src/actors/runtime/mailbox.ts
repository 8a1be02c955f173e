/** An actor's two lanes. Control is emptied before work is looked at, so that it overtakes; each keeps its own order. */
import type { Message } from './actor.js'
import { Ring } from './ring.js'

export interface MailboxBounds {
  readonly work: number
  readonly control: number
}

export class Mailbox {
  readonly #bounds: MailboxBounds
  readonly #work: Ring<Message>
  /** Most actors never get any. */
  #control: Ring<Message> | undefined = undefined

  constructor(bounds: MailboxBounds) {
    this.#bounds = bounds
    this.#work = new Ring(bounds.work)
  }

  get isEmpty(): boolean {
    return this.#work.size === 0 && this.controlDepth === 0
  }

  get workDepth(): number {
    return this.#work.size
  }

  get controlDepth(): number {
    return this.#control === undefined ? 0 : this.#control.size
  }

  lane(isControl: boolean): Ring<Message> {
    if (!isControl) return this.#work
    this.#control ??= new Ring(this.#bounds.control)
    return this.#control
  }

  shift(): Message | undefined {
    return this.controlDepth > 0 ? this.#control?.shift() : this.#work.shift()
  }
}
