/** A process of agents is gone in the midst of its work; what it held is worked on again, as another attempt. */
import { type Fault, unharmed } from '../fault.js'

export const agentKilled: Fault = {
  name: 'agent-killed',
  about: 'kill -9 of agents at work: what they held counts an attempt, and is worked on by others.',
  runsOnEmbedded: true,
  shape: { workMs: 300 },
  // All that it held, and no more.
  expected: { ...unharmed, executedTwice: 24, recoveryMs: { short: 12_000, long: 45_000 } },
  commit: async ({ world, fleets: [fleet] }) => {
    world.history.struck.add(fleet.order.name)
    await fleet.kill()
  },
}
