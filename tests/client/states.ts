/** The states of a client's connection, to be waited for one after the other. */
import type { LinkState, StateListener } from '../../src/client/linkState.js'

type StateOf<Kind extends LinkState['kind']> = Extract<LinkState, { readonly kind: Kind }>

export class States {
  readonly #states: LinkState[] = []
  #wake: () => void = () => {}

  constructor(client: { onState(listener: StateListener): () => void }) {
    client.onState((state) => {
      this.#states.push(state)
      this.#wake()
    })
  }

  /** The next state of this kind; those before it are passed over. */
  async next<Kind extends LinkState['kind']>(kind: Kind): Promise<StateOf<Kind>> {
    for (;;) {
      const state = this.#states.shift()
      if (state === undefined)
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      else if (isKind(state, kind)) return state
    }
  }
}

const isKind = <Kind extends LinkState['kind']>(state: LinkState, kind: Kind): state is StateOf<Kind> =>
  state.kind === kind
