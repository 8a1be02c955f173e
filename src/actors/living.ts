/** Which incarnations live, as the room that knows it is asked: nobody else in this room needs to know of clusters. */
import { ask, type Procedure } from '../tasks/procedure.js'
import { membershipAddress } from './addresses.js'

/** The answer to `whoLives`. */
export type Living = { readonly kind: 'living'; readonly holders: ReadonlySet<string> }

const askMs = 5_000

/** Holders of nodes that live; of a node that is alone its own. */
export function* livingHolders(isAlone: boolean, holder: string): Procedure<ReadonlySet<string>> {
  if (isAlone) return new Set([holder])
  return (yield* ask<Living>(membershipAddress, { kind: 'whoLives' }, askMs)).holders
}
