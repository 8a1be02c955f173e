/** A producer stops reading in the midst of its outcomes: it alone has to wait, and nothing piles up without a limit. */
import { type Fault, unharmed } from '../fault.js'

/** What a node may take more while one client doesn't read. */
const mostBytes = 256 * 1_024 * 1_024

export const slowReader: Fault = {
  name: 'slow-reader',
  about: 'A producer that reads nothing more: others go on, the node stays small, and it gets its outcomes later.',
  runsOnEmbedded: true,
  shape: {},
  expected: { ...unharmed, recoveryMs: { short: 15_000, long: 60_000 } },
  commit: async ({ world, doors, submitter, pause, complain }) => {
    const { spans } = world.ground
    const other = await world.submitter('other', (await world.balance()).url, {
      tasksPerSecond: spans.tasksPerSecond / 2,
    })
    const before = await Promise.all(world.nodes.map((node) => node.residentBytes()))
    doors.producers.stopReading()
    const running = other.run()
    await pause(4 * spans.heartbeatMs)
    other.end()
    await running
    const after = await Promise.all(world.nodes.map((node) => node.residentBytes()))
    for (const [at, bytes] of after.entries()) {
      if (bytes - (before[at] ?? 0) > mostBytes)
        complain(`${world.nodes[at]?.name} grew by ${bytes - (before[at] ?? 0)} bytes`)
    }
    if (submitter.producer.state.kind === 'closed') complain('the slow reader was closed for good')
  },
}
