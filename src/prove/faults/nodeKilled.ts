/** A node is gone between two instructions; the others take over its clients, its leases and its shards. */
import { type Fault, unharmed } from '../fault.js'

export const nodeKilled: Fault = {
  name: 'node-killed',
  about: 'kill -9 of a node: its clients go on with the others, with the leases they hold.',
  runsOnEmbedded: true,
  shape: {},
  expected: unharmed,
  commit: async ({ world }) => {
    const [node] = world.nodes
    await node?.kill()
    if (world.ground.isEmbedded) await node?.start()
  },
}
