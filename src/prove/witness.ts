/** A connection to one node, open all the time, that notes when it is told that acknowledged writes were lost. */
import type { TokenSource } from '../client/index.js'
import { Link } from '../client/link.js'
import type { History } from './history.js'

export type WitnessOptions = { readonly name: string; readonly url: string; readonly token: TokenSource }

/** Returns what ends it. */
export function watchLedger({ name, url, token }: WitnessOptions, { forgotten }: History): () => void {
  const link = new Link(
    { url, token },
    {
      role: 'operator',
      hello: () => ({}),
      heartbeat: () => ({}),
      welcomed: () => {},
      received: () => {},
      forgot: (windowMs) => forgotten.push(`${name}: the last ${windowMs} ms`),
      closed: () => {},
    },
  )
  return () => link.close()
}
