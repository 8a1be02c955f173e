/** A node stands still while it owns shards and holds leases, is taken for dead, and comes back not knowing it. */
import { type Fault, unharmed } from '../fault.js'

export const nodeFrozen: Fault = {
  name: 'node-frozen',
  about: 'A node stands still long enough to be taken for dead, then goes on: it is refused what it no longer has.',
  runsOnEmbedded: true,
  shape: {},
  expected: { ...unharmed, recoveryMs: { short: 20_000, long: 60_000 } },
  commit: async ({ world, pause }) => {
    const [node] = world.nodes
    node?.freeze()
    await pause(world.ground.spans.frozenMs)
    node?.thaw()
  },
}
