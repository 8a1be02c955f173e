/** What an agent is told when it is made, and when it is to end. */
import type { LinkOptions } from './linkState.js'
import type { Handle } from './work.js'

export interface AgentOptions extends LinkOptions {
  /** Names of the queues whose tasks it takes: 1 to 64. */
  readonly queues: readonly string[]
  /** Tasks at once, 1 to 1,024. Default: 1. */
  readonly capacity?: number
  /** Tells agents of the same token apart. Default: a name made for this process, and another one for each agent. */
  readonly instance?: string
  /** About the agent, for operators to see. */
  readonly meta?: unknown
  readonly handle: Handle
}

export interface CloseOptions {
  /** Let running handlers finish; otherwise they are aborted and their tasks released. Default: true. */
  readonly drain?: boolean
  /** How long running handlers may take, before they are aborted all the same. Default: as long as they need. */
  readonly withinMs?: number
}
