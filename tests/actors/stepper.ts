/** An actor by hand: its rows are called one by one, and what they ask for is looked at, not carried out. */
import type { ActorDefinition, Message } from '../../src/actors/runtime/actor.js'

export class Stepper<State, M extends Message, E extends { readonly kind: string }, Args> {
  state: State
  now: number
  /** What `start` asked for. */
  readonly started: readonly E[]
  readonly #definition: ActorDefinition<State, M, E, Args>

  constructor(definition: ActorDefinition<State, M, E, Args>, args: Args, { self = 'self', now = 0 } = {}) {
    this.#definition = definition
    this.now = now
    const [state, ...started] = definition.start(args, self, now)
    this.state = state
    this.started = started
  }

  /** The effects of one message. */
  tell(message: M): readonly E[] {
    // The table has a row for each kind that takes its message, which the compiler can't follow through a union.
    const row = this.#definition.on[message.kind as M['kind']] as (
      state: State,
      message: M,
      now: number,
    ) => readonly [State, ...E[]]
    const [state, ...effects] = row(this.state, message, this.now)
    this.state = state
    return effects
  }
}

/** Those of one kind. */
export const only = <E extends { readonly kind: string }, Kind extends E['kind']>(
  effects: readonly E[],
  kind: Kind,
): readonly Extract<E, { kind: Kind }>[] =>
  effects.filter((effect): effect is Extract<E, { kind: Kind }> => effect.kind === kind)
