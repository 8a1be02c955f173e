/** How many agents of each tenant are connected here, beside how many the ledger was last told of. */
import { type AgentCounts, countAgents, type SeenAgent } from '../tasks/presence.js'

/** By tenant, as last written; null: nobody knows what is written. Changes in place. */
export type Counted = Map<string, AgentCounts | null>

/** Notes what differs from what was written last, and returns it. */
export const changedCounts = (counted: Counted, agents: Iterable<SeenAgent>): ReadonlyMap<string, AgentCounts> => {
  const byTenant = new Map<string, SeenAgent[]>([...counted.keys()].map((tenant) => [tenant, []]))
  for (const agent of agents) {
    const others = byTenant.get(agent.tenant)
    if (others === undefined) byTenant.set(agent.tenant, [agent])
    else others.push(agent)
  }
  const changed = new Map<string, AgentCounts>()
  for (const [tenant, those] of byTenant) {
    const counts = countAgents(those)
    if (isSame(counts, counted.get(tenant))) continue
    changed.set(tenant, counts)
    counted.set(tenant, counts)
  }
  return changed
}

/** All of them will be written, changed or not. */
export const countAnew = (counted: Counted): void => {
  for (const tenant of counted.keys()) counted.set(tenant, null)
}

const isSame = (one: AgentCounts, other: AgentCounts | null | undefined): boolean =>
  one.ACTIVE === other?.ACTIVE && one.IDLE === other.IDLE && one.BUSY === other.BUSY
