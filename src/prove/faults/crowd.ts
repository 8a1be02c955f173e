/** Every agent loses its connection in the same instant, and comes back at once. */
import { type Fault, unharmed } from '../fault.js'

export const crowd: Fault = {
  name: 'crowd',
  about: 'All agents, 1,000 in the long form, lose their connections within 100 ms and come back with what they hold.',
  runsOnEmbedded: true,
  shape: { fleets: 2, agents: 'crowd', capacity: 1, workMs: 300 },
  expected: { ...unharmed, recoveryMs: { short: 10_000, long: 30_000 } },
  commit: async ({ doors, complain, world, pause }) => {
    const count = doors.agents.cut()
    const all = world.fleets.reduce((sum, { order }) => sum + order.agents, 0)
    if (count < all) complain(`only ${count} of ${all} connections were there to be cut`)
    while (doors.agents.connections < all) await pause(20)
  },
}
