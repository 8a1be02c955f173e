/** What those who use a client can see of its connection, and what they tell it to make one. */
import type { ChimeraError } from './chimeraError.js'
import type { Platform } from './platform.js'
import type { TokenSource } from './token.js'

export type LinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open'; readonly node: string }
  | { readonly kind: 'waiting'; readonly delayMs: number; readonly because: ChimeraError }
  /** For good. `because` is missing where this side closed it. */
  | { readonly kind: 'closed'; readonly because?: ChimeraError }

export type StateListener = (state: LinkState) => void

export interface LinkOptions {
  /**
   * Of a node, or of what stands before several: `ws://127.0.0.1:7700`. Of several nodes of one cluster: a list, or a
   * text with commas between; where one can't be reached the next is tried.
   */
  readonly url: string | readonly string[]
  /** A provider is asked before each connection, and in time before a token expires. */
  readonly token: TokenSource
  /** Clock, timers and randomness. Default: the machine's. */
  readonly platform?: Platform
}
