/** Asks Sentinels who the master is. They are asked all at once: some may be dead, and the first that knows will do. */
import { LedgerRefusal } from '../ledgerRefusal.js'
import { LedgerFault } from '../port.js'
import type { Access, Server } from './address.js'
import { signIn } from './connectionHandshake.js'
import { askServer, type QuestionLimits } from './connectionQuestion.js'
import { explained } from './connectionRefusal.js'

export type SentinelQuestion = QuestionLimits & {
  readonly sentinels: readonly Server[]
  readonly master: string
  /** To the Sentinels. */
  readonly access: Access
}

/** A Sentinel that was cut off may name an old master: it turns out to be a replica, and is asked for again. */
export async function findMaster(question: SentinelQuestion): Promise<Server> {
  try {
    return await Promise.any(question.sentinels.map((sentinel) => ask(sentinel, question)))
  } catch (error) {
    const reasons = (error instanceof AggregateError ? error.errors : [error]).map((reason) => explained(reason))
    const why = reasons.map((reason) => (reason instanceof Error ? reason.message : String(reason))).join('; ')
    // Where all of them were reached and none lets us in, time won't mend it.
    if (reasons.every((reason) => reason instanceof LedgerRefusal))
      throw new LedgerRefusal('forbidden', `the Sentinels don't answer: ${why}; ${advice}`, { cause: error })
    throw new LedgerFault(`no Sentinel knows the master: ${why}`, { cause: error })
  }
}

const advice = "their own password goes behind the master's name in the address, /mymaster?sentinel=:password"

function ask(sentinel: Server, { master, access, ...limits }: SentinelQuestion): Promise<Server> {
  return askServer(sentinel, access, limits, async (client) => {
    await signIn(client, access)
    const reply = await client.send('SENTINEL', ['get-master-addr-by-name', master])
    if (!Array.isArray(reply)) throw new LedgerFault(`there is no master called ${master}`)
    const [host, port] = reply
    return { host: `${host}`, port: Number(`${port}`) }
  })
}
