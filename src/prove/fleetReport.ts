/** What passes between the one who proves and a process of agents: its order, and what it does, as it does it. */
import type { Execution } from './history.js'

export type FleetOrder = {
  readonly name: string
  /** Which start of it: markers are to differ from those of the last one. */
  readonly life: number
  readonly url: string
  readonly token: string
  readonly agents: number
  readonly capacity: number
  readonly queues: readonly string[]
}

export type FleetReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'connected'; readonly agents: number }
  | { readonly kind: 'began'; readonly execution: Omit<Execution, 'beganAt' | 'end'> }
  | { readonly kind: 'ended'; readonly marker: string; readonly end: string }
