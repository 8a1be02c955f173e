/**
 * What an actor is: a name and pure steps. Who runs it is the system.
 *
 * A step gets the state, a message and the time, and returns the next state with the effects to carry out, in order.
 * It doesn't await, read a clock or touch a socket; a throw is a bug, and `supervision` says what it leads to.
 */
import type { BuiltInEffect, Effect } from './effect.js'

/** Where an actor is reached: unique in a system, such as `agent/t_acme/crawler/7`. */
export type Address = string

export interface Message {
  readonly kind: string
}

/** A message on its way to somebody whose type isn't known: one with a type of its own, or a literal. */
export type AnyMessage = Message | { readonly kind: string; readonly [field: string]: unknown }

export type Step<State, E> = readonly [State, ...E[]]

/** One row per message kind: a missing row doesn't compile. */
export type Rows<State, M extends Message, E> = {
  readonly [Kind in M['kind']]: (state: State, message: Extract<M, { kind: Kind }>, now: number) => Step<State, E>
}

/**
 * What a throw leads to. `restart`: again from `start`, after a back-off, and `escalate` once it fails too often;
 * `stop`: this actor ends; `escalate`: it ends, and whoever made the system is asked to end more than that.
 */
export type Supervision = 'restart' | 'stop' | 'escalate'

export interface ActorDefinition<State, M extends Message, E = BuiltInEffect, Args = void> {
  /** For metrics and dead letters, such as `agentSession`. */
  readonly name: string
  readonly supervision: Supervision
  /** How many messages may wait in each lane. */
  readonly mailbox?: { readonly work?: number; readonly control?: number }
  /** Runs as the actor's first step, and again after each restart. */
  readonly start: (args: Args, self: Address, now: number) => Step<State, E>
  readonly on: Rows<State, M, E>
  /** Kinds that travel in the control lane and overtake work. */
  readonly control?: ReadonlySet<M['kind']> | readonly M['kind'][]
}

/** A definition whose own types are forgotten; only its effects are still known. `never` takes what was checked. */
export interface AnyActorDefinition<E extends Effect = Effect> {
  readonly name: string
  readonly supervision: Supervision
  readonly mailbox?: { readonly work?: number; readonly control?: number }
  readonly start: (args: never, self: Address, now: number) => Step<unknown, E>
  readonly on: { readonly [kind: string]: (state: never, message: never, now: number) => Step<unknown, E> }
  readonly control?: Iterable<string>
}
