/**
 * A fleet of the library's own agents, as an application has them: how soon they come back is what their jitter, their
 * choice of the next node and their leases make of it.
 *
 * Times are ms since the epoch, so that they can be held against a kill in another process and the ledger's own.
 */
import { Agent, type ChimeraError, type Handle } from '../../src/client/index.js'
import { systemPlatform } from '../../src/client/platform.js'
import { signal } from './signal.js'

export type FleetOrder = {
  /** Of all nodes. */
  readonly urls: readonly string[]
  readonly agentToken: string
  readonly agents: number
  /** All begin at the first of `urls`; else they spread. */
  readonly isTogether: boolean
}

/** An agent lost its connection and came back. */
export type Return = {
  readonly agent: number
  readonly from: string
  readonly to: string
  readonly lostAt: number
  readonly backAt: number
}

export interface Fleet {
  readonly returns: readonly Return[]
  /** Names of the nodes that the agents are connected to; undefined: to none just now. */
  readonly nodes: readonly (string | undefined)[]
  /** How often an attempt to connect came to nothing, and why; and who gave up for good. */
  readonly failures: Failures
  readonly gaveUp: Failures
  close(): Promise<void>
}

/** By the error's code. */
export type Failures = Readonly<Record<string, number>>

/** So many begin at a time: a load's own queue of connects must not be what is measured. */
const atOnce = 200

/** `onReturn` is told each, after it stands in `returns`. */
export const openFleet = async (
  { urls, agentToken, agents, isTogether }: FleetOrder,
  handle: (agent: number) => Handle,
  onReturn: (back: Return) => void = () => {},
): Promise<Fleet> => {
  const returns: Return[] = []
  const nodes: (string | undefined)[] = new Array(agents).fill(undefined)
  const failures: Record<string, number> = {}
  const gaveUp: Record<string, number> = {}
  const fleet: Agent[] = []
  const open = async (index: number): Promise<void> => {
    const opened = signal()
    let asked = 0
    // The first number that a link asks for is which node to begin with.
    const random = (): number => (isTogether && asked++ === 0 ? 0 : systemPlatform.random())
    const agent = new Agent({
      url: urls,
      token: agentToken,
      queues: ['bench'],
      instance: `a${index}`,
      platform: { ...systemPlatform, random },
      handle: handle(index),
    })
    let last: { readonly node: string; readonly lostAt: number } | undefined
    agent.onState((state) => {
      const before = nodes[index]
      if (state.kind === 'waiting') count(failures, state.because)
      if (state.kind === 'closed' && state.because !== undefined) count(gaveUp, state.because)
      if (state.kind === 'open') {
        nodes[index] = state.node
        opened.resolve()
        if (last === undefined) return
        const back = { agent: index, from: last.node, to: state.node, lostAt: last.lostAt, backAt: Date.now() }
        last = undefined
        returns.push(back)
        onReturn(back)
      } else if (before !== undefined) {
        nodes[index] = undefined
        last = { node: before, lostAt: Date.now() }
      }
    })
    fleet.push(agent)
    await opened.promise
  }
  for (let first = 0; first < agents; first += atOnce)
    await Promise.all(Array.from({ length: Math.min(atOnce, agents - first) }, (_, i) => open(first + i)))
  return {
    returns,
    nodes,
    failures,
    gaveUp,
    close: async () => {
      await Promise.all(fleet.map((agent) => agent.close({ drain: false })))
    },
  }
}

const count = (counts: Record<string, number>, { code }: ChimeraError): void => {
  counts[code] = (counts[code] ?? 0) + 1
}
