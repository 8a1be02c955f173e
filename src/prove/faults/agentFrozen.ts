/** Agents stand still until their leases are somebody else's, then answer; that changes nothing, and they go on. */
import { type Fault, unharmed } from '../fault.js'

export const agentFrozen: Fault = {
  name: 'agent-frozen',
  about: 'Agents frozen past their leases, then answering: what they say of leases that are gone changes nothing.',
  runsOnEmbedded: true,
  shape: { workMs: 300 },
  expected: { ...unharmed, executedTwice: 24, recoveryMs: { short: 15_000, long: 60_000 } },
  commit: async ({ world, fleets: [fleet], pause }) => {
    const { leaseMs, resumeMs, heartbeatMs } = world.ground.spans
    world.history.struck.add(fleet.order.name)
    fleet.freeze()
    await pause(leaseMs + resumeMs + heartbeatMs)
    fleet.thaw()
  },
}
