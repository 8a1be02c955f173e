/** The connections that carry hints are cut, again and again; what they would have told is found by looking. */
import { type Fault, unharmed } from '../fault.js'

const times = 5
const betweenMs = 200

export const hintsCut: Fault = {
  name: 'hints-cut',
  about: "CLIENT KILL of the nodes' subscriptions: a lost hint costs the time until the next look, never a task.",
  runsOnEmbedded: false,
  shape: {},
  expected: { ...unharmed, late: 0, recoveryMs: { short: 5_000, long: 5_000 } },
  commit: async ({ world, complain, pause }) => {
    let cut = 0
    for (let time = 1; time <= times; time++) {
      const reply = await world.redis.command('CLIENT KILL TYPE pubsub')
      cut += Number(reply.slice(1))
      await pause(betweenMs)
    }
    if (!(cut > 0)) complain('there was no connection for hints to be cut')
  },
}
