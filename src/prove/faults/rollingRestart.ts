/** Each node in turn is told to end, and started again, under load. Nobody's attempt is used up. */
import { type Fault, unharmed } from '../fault.js'

const readyMs = 100

export const rollingRestart: Fault = {
  name: 'rolling-restart',
  about: 'SIGTERM and a new start, one node after the other, under load: no attempt is used up.',
  runsOnEmbedded: true,
  shape: {},
  expected: { ...unharmed, recoveryMs: { short: 15_000, long: 60_000 } },
  commit: async ({ world, pause, complain }) => {
    for (const node of world.nodes) {
      await node.terminate()
      await node.start()
      while (!world.isReady(node)) await pause(readyMs)
    }
    const used = world.history.executions.filter(({ attempt }) => attempt > 1)
    if (used.length > 0) complain(`G7 ${used.length} attempts were used up`)
  },
}
