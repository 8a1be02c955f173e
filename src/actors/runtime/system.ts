/**
 * The system that runs actors: the one thing of this room that the outside holds.
 *
 * `spawn`, `tell` and `ask` only put something into a mailbox, `start` included; steps run when the scheduler says so,
 * one at a time, actors in the order in which they got something to do.
 */
import type { Clock } from '../../clock.js'
import type { Random } from '../../random.js'
import type { ActorDefinition, Address, AnyMessage, Message } from './actor.js'
import type { DeadLetter } from './deadLetter.js'
import type { BuiltInEffect, Effect } from './effect.js'
import { type EffectHandler, EffectShell } from './effectShell.js'
import { type Delivery, Post } from './post.js'
import { Questions } from './questions.js'
import { type Failure, Runner } from './runner.js'
import type { Scheduler } from './scheduler.js'
import { Stage } from './stage.js'
import { defaultRestartBackoff, type RestartBackoff } from './supervise.js'

/** `E`: the effects that its actors have beyond the built-in ones. */
export interface ActorSystem<E extends Effect = never> {
  /** False: the address is taken, or the system has stopped. */
  spawn<State, M extends Message, Args>(
    definition: ActorDefinition<State, M, BuiltInEffect<E> | E, Args>,
    address: Address,
    args: Args,
  ): boolean
  /** What isn't `ok` was not taken, and is the caller's. */
  tell(to: Address, message: AnyMessage): Delivery
  /** Settles with the answer, or rejects with `AskFailure`. */
  ask(to: Address, message: AnyMessage, deadlineMs: number): Promise<Message>
  has(address: Address): boolean
  /** An actor's state, for tests and metrics; undefined where it has none yet, or there is no such actor. */
  inspect(address: Address): unknown
  /** Messages that wait, in all mailboxes together. Looks at each actor. */
  depth(): { readonly work: number; readonly control: number }
  /** Settles once no message waits anywhere. Wake-ups still to come and answers still open are not waited for. */
  drain(): Promise<void>
  /** Stops every actor at once: what waits becomes dead letters. Later tells find nobody. */
  stop(): Promise<void>
}

/** One per effect kind: a missing one doesn't compile. A throw counts as the actor's failure. */
export type EffectHandlers<E extends Effect> = {
  readonly [Kind in E['kind']]: (effect: Extract<E, { kind: Kind }>, self: Address, system: ActorSystem<E>) => void
}

export interface ActorSystemOptions<E extends Effect> {
  readonly clock: Clock
  readonly scheduler: Scheduler
  /** Spreads restarts. */
  readonly random: Random
  readonly effects: EffectHandlers<E>
  readonly onDeadLetter: (letter: DeadLetter) => void
  readonly onFailure: (failure: Failure) => void
  readonly restartBackoff?: Partial<RestartBackoff>
}

export function createActorSystem<E extends Effect = never>(options: ActorSystemOptions<E>): ActorSystem<E> {
  return new System(options)
}

class System<E extends Effect> implements ActorSystem<E> {
  readonly #post: Post
  readonly #questions: Questions
  readonly #stage: Stage

  constructor(options: ActorSystemOptions<E>) {
    const { clock, scheduler, random, onDeadLetter, onFailure } = options
    const post = new Post({ scheduler, onDeadLetter, turn: (isLater) => runner.turn(isLater) })
    const questions = new Questions(post, clock)
    const stage = new Stage(post, questions)
    const shell = new EffectShell({ clock, post, questions, stage, handlers: handlersOf(options.effects, this) })
    const backoff = { ...defaultRestartBackoff, ...options.restartBackoff }
    const runner = new Runner({ clock, random, post, stage, shell, backoff, onFailure })
    this.#post = post
    this.#questions = questions
    this.#stage = stage
  }

  spawn<State, M extends Message, Args>(
    definition: ActorDefinition<State, M, BuiltInEffect<E> | E, Args>,
    address: Address,
    args: Args,
  ): boolean {
    return this.#stage.enter(definition, address, args)
  }

  tell(to: Address, message: AnyMessage): Delivery {
    return this.#post.deliver(to, message)
  }

  ask(to: Address, message: AnyMessage, deadlineMs: number): Promise<Message> {
    return this.#questions.askFromOutside(to, message, deadlineMs)
  }

  has(address: Address): boolean {
    return this.#post.cells.has(address)
  }

  inspect(address: Address): unknown {
    return this.#post.cells.get(address)?.state
  }

  depth(): { readonly work: number; readonly control: number } {
    let work = 0
    let control = 0
    for (const { mailbox } of this.#post.cells.values()) {
      work += mailbox.workDepth
      control += mailbox.controlDepth
    }
    return { work, control }
  }

  drain(): Promise<void> {
    return this.#post.idle()
  }

  async stop(): Promise<void> {
    this.#stage.close()
  }
}

function handlersOf<E extends Effect>(
  effects: EffectHandlers<E>,
  system: ActorSystem<E>,
): ReadonlyMap<string, EffectHandler> {
  type Handler = (effect: Effect, self: Address, system: ActorSystem<E>) => void
  const entries = Object.entries(effects) as [string, Handler][]
  return new Map(entries.map(([kind, handle]) => [kind, (effect, self) => handle(effect, self, system)]))
}
