/**
 * Gives actors their turns: a bounded number of messages each, so that a busy one doesn't starve the others.
 *
 * A step that throws ends its turn there. What it got is a dead letter; what is behind it in the mailbox stays.
 */
import type { Clock } from '../../clock.js'
import type { Random } from '../../random.js'
import type { Address, Message } from './actor.js'
import { Alarm } from './alarm.js'
import type { Cell } from './cell.js'
import type { EffectShell } from './effectShell.js'
import type { Post } from './post.js'
import type { Stage } from './stage.js'
import { type Directive, type RestartBackoff, supervise } from './supervise.js'

/** An actor failed; `directive` says what comes of it. With `escalate`, more than this actor should end. */
export interface Failure {
  readonly address: Address
  /** Name of its definition. */
  readonly actor: string
  /** Missing: it failed in `start`. */
  readonly messageKind?: string
  readonly error: unknown
  readonly directive: Directive
}

export interface RunnerParts {
  readonly clock: Clock
  readonly random: Random
  readonly post: Post
  readonly stage: Stage
  readonly shell: EffectShell
  readonly backoff: RestartBackoff
  readonly onFailure: (failure: Failure) => void
}

/** Messages an actor may handle before it is the next one's turn. */
export const messagesPerTurn = 64

export class Runner {
  readonly #clock: Clock
  readonly #random: Random
  readonly #post: Post
  readonly #stage: Stage
  readonly #shell: EffectShell
  readonly #backoff: RestartBackoff
  readonly #onFailure: (failure: Failure) => void
  #now = 0

  constructor({ clock, random, post, stage, shell, backoff, onFailure }: RunnerParts) {
    this.#clock = clock
    this.#random = random
    this.#post = post
    this.#stage = stage
    this.#shell = shell
    this.#backoff = backoff
    this.#onFailure = onFailure
  }

  /** Runs the next actor that has something to do; says whether there is another. */
  turn(isLater: boolean): boolean {
    if (isLater) this.#now = this.#clock.now()
    const cell = this.#post.nextReady()
    if (cell !== undefined) {
      try {
        this.#run(cell, this.#now)
      } finally {
        if (!cell.mailbox.isEmpty) this.#post.rouse(cell)
      }
    }
    return this.#post.isMore()
  }

  #run(cell: Cell, now: number): void {
    let message: Message | undefined
    try {
      if (cell.phase === 'starting') this.#start(cell, now)
      for (let left = messagesPerTurn; left > 0 && cell.phase === 'running'; left--) {
        message = cell.mailbox.shift()
        if (message === undefined) return
        this.#handle(cell, message, now)
      }
    } catch (error) {
      this.#fail(cell, message, error, now)
    }
  }

  #start(cell: Cell, now: number): void {
    cell.phase = 'running'
    const step = cell.blueprint.start(cell.args, cell.address, now)
    cell.state = step[0]
    this.#shell.carryOut(cell, step, now)
  }

  #handle(cell: Cell, received: Message, now: number): void {
    const message = received instanceof Alarm ? received.take(cell) : received
    if (message === undefined) return
    const row = cell.blueprint.rows.get(message.kind)
    if (row === undefined) {
      this.#stage.undeliverable(cell, message, 'noRow', 'failed')
      return
    }
    const step = row(cell.state, message, now)
    cell.state = step[0]
    this.#shell.carryOut(cell, step, now)
  }

  #fail(cell: Cell, message: Message | undefined, error: unknown, now: number): void {
    const { name } = cell.blueprint
    // Whoever stopped in the very step that failed is not to come back.
    const supervision = cell.phase === 'stopped' ? 'stop' : cell.blueprint.supervision
    const [failures, directive] = supervise(supervision, cell.failures, this.#backoff, now, this.#random.next())
    cell.failures = failures
    if (message !== undefined) this.#stage.undeliverable(cell, message, 'failed', 'failed')
    if (directive.kind === 'restart') this.#restart(cell, now + directive.delayMs)
    else this.#stage.leave(cell)
    const messageKind = message === undefined ? {} : { messageKind: message.kind }
    this.#onFailure({ address: cell.address, actor: name, ...messageKind, error, directive })
  }

  #restart(cell: Cell, at: number): void {
    this.#stage.interrupt(cell)
    cell.phase = 'waiting'
    cell.restart = this.#clock.at(at, () => {
      cell.phase = 'starting'
      this.#post.rouse(cell)
    })
  }
}
