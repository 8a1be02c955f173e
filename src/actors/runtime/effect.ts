/**
 * The effects that every system carries out itself, and the messages they lead to. All are plain data.
 *
 * `woke`, `replied` and `unanswered` come through the mailbox like any message: behind what arrived before them,
 * unless the actor lists them under `control`. They are never refused as too many, since the actor asked for each.
 */
import type { ActorDefinition, Address, AnyActorDefinition, AnyMessage, Message } from './actor.js'

export interface Effect {
  readonly kind: string
}

/** What can't be delivered is a dead letter. */
export interface Tell {
  readonly kind: 'tell'
  readonly to: Address
  readonly message: AnyMessage
}

/** The asker's name for one of its questions. */
export type Tag = string | number

/** `to` gets the message with `from` in it; the asker gets `replied` or `unanswered`. An open `tag` is replaced. */
export interface Ask {
  readonly kind: 'ask'
  readonly to: Address
  readonly message: AnyMessage
  /** From now. */
  readonly deadlineMs: number
  readonly tag: Tag
}

/** Whom to answer: to be handed back as it came. */
export interface From {
  readonly address: Address
  readonly tag: Tag
}

/** A message as who is asked gets it. */
export type Asked<M extends Message> = M & { readonly from: From }

/** An answer that nobody waits for any more is a dead letter. */
export interface Reply {
  readonly kind: 'reply'
  readonly to: From
  readonly message: AnyMessage
}

/** `woke` follows when `at` has come. The same key again moves it. */
export interface Wake {
  readonly kind: 'wake'
  readonly key: string
  readonly at: number
}

/** After this no `woke` of that key comes, even where it was already on its way. */
export interface Unwake {
  readonly kind: 'unwake'
  readonly key: string
}

/** Made by `spawn`, which checks `args`. Where the address is taken: a dead letter. */
export interface Spawn<E extends Effect = never> {
  readonly kind: 'spawn'
  readonly definition: AnyActorDefinition<BuiltInEffect<E> | E>
  readonly address: Address
  readonly args: unknown
}

/** Ends an actor at once (missing: this one): what waits in its mailbox becomes dead letters. */
export interface Stop {
  readonly kind: 'stop'
  readonly address?: Address
}

/** `E`: the effects that spawned actors have beyond these. */
export type BuiltInEffect<E extends Effect = never> = Tell | Ask | Reply | Wake | Unwake | Spawn<E> | Stop

export interface Woke {
  readonly kind: 'woke'
  readonly key: string
}

export interface Replied {
  readonly kind: 'replied'
  readonly tag: Tag
  readonly message: Message
}

/** `failed`: the step that got the question threw. `stopped`: whoever was asked ended before it got there. */
export type WhyUnanswered = 'deadline' | 'noActor' | 'full' | 'stopped' | 'failed'

export interface Unanswered {
  readonly kind: 'unanswered'
  readonly tag: Tag
  readonly why: WhyUnanswered
}

export function spawn<State, M extends Message, E extends Effect, Args>(
  definition: ActorDefinition<State, M, BuiltInEffect<E> | E, Args>,
  address: Address,
  args: Args,
): Spawn<E> {
  return { kind: 'spawn', definition, address, args }
}
