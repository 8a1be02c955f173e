/** Carries out what a step asked for, in order: the built-in effects here, all others by the handler of their kind. */
import type { Clock } from '../../clock.js'
import type { Address, Step } from './actor.js'
import { Alarm } from './alarm.js'
import type { Cell } from './cell.js'
import type { Ask, BuiltInEffect, Effect, Spawn, Stop, Tell, Unwake, Wake } from './effect.js'
import type { Post } from './post.js'
import type { Questions } from './questions.js'
import type { Stage } from './stage.js'

/** Must not throw: a throw is the actor's failure. What is to come of it, it tells the actor later. */
export type EffectHandler = (effect: Effect, self: Address) => void

export interface EffectShellParts {
  readonly clock: Clock
  readonly post: Post
  readonly questions: Questions
  readonly stage: Stage
  readonly handlers: ReadonlyMap<string, EffectHandler>
}

/** One row per built-in effect: a missing one doesn't compile. */
type BuiltInRows = {
  readonly [Kind in BuiltInEffect['kind']]: (
    effect: Extract<BuiltInEffect<Effect>, { kind: Kind }>,
    cell: Cell,
    now: number,
  ) => void
}

type Row = (effect: Effect, cell: Cell, now: number) => void

export class EffectShell {
  readonly #clock: Clock
  readonly #post: Post
  readonly #questions: Questions
  readonly #stage: Stage
  readonly #rows: ReadonlyMap<string, Row>

  constructor({ clock, post, questions, stage, handlers }: EffectShellParts) {
    this.#clock = clock
    this.#post = post
    this.#questions = questions
    this.#stage = stage
    const builtIn: BuiltInRows = {
      tell: (effect) => this.#tell(effect),
      ask: (effect, cell, now) => this.#ask(cell, effect, now),
      reply: (effect) => questions.reply(effect),
      wake: (effect, cell) => this.#wake(cell, effect),
      unwake: (effect, cell) => this.#unwake(cell, effect),
      spawn: (effect) => this.#spawn(effect),
      stop: (effect, cell) => this.#stop(cell, effect),
    }
    const rows = new Map<string, Row>()
    for (const [kind, handle] of handlers) rows.set(kind, (effect, cell) => handle(effect, cell.address))
    for (const [kind, row] of Object.entries(builtIn)) rows.set(kind, row as Row)
    this.#rows = rows
  }

  /** `now`: the time of the step. */
  carryOut(cell: Cell, step: Step<unknown, Effect>, now: number): void {
    for (let i = 1; i < step.length; i++) {
      const effect = step[i] as Effect
      const row = this.#rows.get(effect.kind)
      if (row === undefined) throw new Error(`no handler for the effect ${effect.kind} of ${cell.blueprint.name}`)
      row(effect, cell, now)
    }
  }

  #tell({ to, message }: Tell): void {
    const delivery = this.#post.deliver(to, message)
    if (delivery !== 'ok') this.#post.deadLetter(to, message, delivery)
  }

  #ask(cell: Cell, effect: Ask, now: number): void {
    if (cell.phase === 'stopped') this.#post.deadLetter(effect.to, effect.message, 'stopped')
    else this.#questions.ask(cell, effect, now)
  }

  #wake(cell: Cell, { key, at }: Wake): void {
    if (cell.phase === 'stopped') return
    const alarm = cell.alarms?.get(key)
    if (alarm !== undefined) {
      alarm.rearm(at)
      return
    }
    cell.alarms ??= new Map()
    cell.alarms.set(key, new Alarm(key, this.#clock, at, (due) => this.#post.deliverOwn(cell, due)))
  }

  #unwake(cell: Cell, { key }: Unwake): void {
    cell.alarms?.get(key)?.silence()
    cell.alarms?.delete(key)
  }

  #spawn(effect: Spawn<Effect>): void {
    const { definition, address, args } = effect
    if (!this.#stage.enter(definition, address, args)) this.#post.deadLetter(address, effect, 'taken')
  }

  #stop(cell: Cell, { address = cell.address }: Stop): void {
    const target = this.#post.cells.get(address)
    if (target !== undefined) this.#stage.leave(target)
  }
}
