/** G9: when everybody has gone, a node's memory and the ledger's holders are as small as at the start. */
import { dispatcherAddress, registryAddress, shardDoorAddress } from '../../../src/actors/addresses.js'
import type { DispatcherState } from '../../../src/actors/dispatcher.js'
import type { RegistryState } from '../../../src/actors/registryState.js'
import type { ShardDoorState } from '../../../src/actors/shardDoor.js'
import type { Finished } from '../checker.js'
import type { SimulatedNode } from '../simulatedNode.js'

export function* nothingLeft({ world }: Finished): Generator<string> {
  for (const node of world.nodes) for (const what of leftIn(node, world.tenants)) yield `G9 ${what}`
  for (const { holders } of world.books.books) {
    if (holders.length > world.nodes.length) yield `G9 the ledger remembers ${holders.length} holders`
  }
}

/** Polls that happen to be under way. */
const polls = 8

function* leftIn({ plane, sessions }: SimulatedNode, tenants: readonly string[]): Generator<string> {
  if (plane === undefined) {
    yield 'the node is down'
    return
  }
  const { system, runner } = plane
  for (const session of sessions) if (system.has(session)) yield `the session ${session} is still there`
  const registry = system.inspect(registryAddress) as RegistryState
  const { agents, bySession, subscribers } = registry
  if (agents.size + bySession.size + subscribers.size > 0) yield 'the registry knows somebody'
  for (const tenant of tenants) {
    const dispatcher = system.inspect(dispatcherAddress(tenant)) as DispatcherState | undefined
    if (dispatcher === undefined) continue
    const { takers, claims, lines } = dispatcher
    if (takers.size > 0 || claims.size > 0)
      yield `the dispatcher waits for ${takers.size} takers and ${claims.size} claims`
    if (lines.size > 0) yield `the dispatcher keeps lines for ${[...lines.keys()].join(', ')}`
  }
  for (const { shard, orders, claims } of tenants.map(() => system.inspect(shardDoorAddress(0)) as ShardDoorState)) {
    if (orders.size > 0 || claims.length > 0)
      yield `the door of shard ${shard} keeps ${orders.size} orders, ${claims.length} claims`
  }
  if (runner.count() > polls) yield `${runner.count()} procedures are under way`
  const { work, control } = system.depth()
  if (work + control > polls) yield `${work + control} messages wait`
}
