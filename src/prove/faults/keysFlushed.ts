/** Somebody gives FLUSHALL: everything is gone, also what was acknowledged long ago and not ended. */
import { type Fault, unharmed } from '../fault.js'

export const keysFlushed: Fault = {
  name: 'keys-flushed',
  about: 'FLUSHALL: noticed and told; what clients still know they send again, the rest is named as lost.',
  runsOnEmbedded: false,
  shape: {},
  // Records of what had ended go too; what goes on is what clients have sent within the window.
  expected: {
    ...unharmed,
    lost: Number.POSITIVE_INFINITY,
    notCompleted: Number.POSITIVE_INFINITY,
    acceptedTwice: Number.POSITIVE_INFINITY,
    executedTwice: Number.POSITIVE_INFINITY,
    isLossNoticed: true,
    recoveryMs: { short: 20_000, long: 60_000 },
  },
  commit: async ({ world, complain }) => {
    const reply = await world.redis.command('FLUSHALL')
    if (reply !== '+OK') complain(`FLUSHALL was answered ${reply}`)
  },
}
