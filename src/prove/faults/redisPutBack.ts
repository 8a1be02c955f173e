/** Redis comes back with the state that it had a second before, as after a restore, or a failover to a late replica. */
import { cp, rm } from 'node:fs/promises'
import { type Fault, unharmed } from '../fault.js'

const backMs = 1_000

export const redisPutBack: Fault = {
  name: 'redis-put-back',
  about: 'Redis with the state of a second before: noticed, told to clients, and made good by what they send again.',
  runsOnEmbedded: false,
  // Its window covers that second: with `always` there is none, and clients had nothing to send again.
  shape: {},
  // What was done in that second is done, and told, again.
  expected: {
    ...unharmed,
    acceptedTwice: Number.POSITIVE_INFINITY,
    executedTwice: Number.POSITIVE_INFINITY,
    isLossNoticed: true,
    recoveryMs: { short: 20_000, long: 60_000 },
  },
  commit: async ({ world, pause }) => {
    const { redis } = world
    const copy = `${redis.folder}-before`
    await cp(redis.folder, copy, { recursive: true })
    await pause(backMs)
    await redis.kill()
    await rm(redis.folder, { recursive: true })
    await cp(copy, redis.folder, { recursive: true })
    await redis.restart()
  },
}
