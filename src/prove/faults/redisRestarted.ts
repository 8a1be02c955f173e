/** Redis is killed and started again over its append-only file. With `always` not a single write may be gone. */
import { type Fault, unharmed } from '../fault.js'

const downMs = 1_000

export const redisRestarted: Fault = {
  name: 'redis-restarted',
  about: 'kill -9 of Redis, and a start over its append-only file, which has every acknowledged write.',
  runsOnEmbedded: false,
  shape: { flush: 'always' },
  expected: { ...unharmed, recoveryMs: { short: 15_000, long: 60_000 } },
  commit: async ({ world, pause }) => {
    await world.redis.kill()
    await pause(downMs)
    await world.redis.restart()
  },
}
