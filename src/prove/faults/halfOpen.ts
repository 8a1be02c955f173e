/** Connections that both ends take for open, while nothing gets through; agents notice, come back, and go on. */
import { type Fault, unharmed } from '../fault.js'

export const halfOpen: Fault = {
  name: 'half-open',
  about: 'The network swallows everything on half of the connections and tells nobody: both ends find out.',
  runsOnEmbedded: true,
  shape: {},
  expected: { ...unharmed, executedTwice: 12, recoveryMs: { short: 15_000, long: 60_000 } },
  commit: async ({ world, doors, pause }) => {
    for (const { order } of world.fleets) world.history.struck.add(order.name)
    doors.agents.swallow(0.5)
    doors.producers.swallow(0.5)
    await pause(4 * world.ground.spans.heartbeatMs)
  },
}
