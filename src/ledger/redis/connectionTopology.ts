/** Which master of a cluster has which slots, as one of its servers sees it. */
import { LedgerFault } from '../port.js'
import type { Access, Server } from './address.js'
import { signIn } from './connectionHandshake.js'
import { askServer, type QuestionLimits } from './connectionQuestion.js'

export type SlotRange = { readonly from: number; readonly to: number; readonly master: Server }

export type Topology = {
  readonly ranges: readonly SlotRange[]
  /** Masters and replicas. */
  readonly servers: readonly Server[]
}

/** Asks all of them at once; the first answer will do, since a view that is old is asked for again. */
export async function readTopology(
  servers: readonly Server[],
  access: Access,
  limits: QuestionLimits,
): Promise<Topology> {
  try {
    return await Promise.any(servers.map((server) => ask(server, access, limits)))
  } catch (error) {
    // A wrong password is said by each of them in the same words.
    const [reason] = error instanceof AggregateError ? error.errors : [error]
    throw reason
  }
}

function ask(server: Server, access: Access, limits: QuestionLimits): Promise<Topology> {
  return askServer(server, access, limits, async (client) => {
    await signIn(client, access)
    return topologyOf(await client.send('CLUSTER', ['SLOTS']), server)
  })
}

/** Rows of (from, to, master, replicas…), a server being (host, port, …); without a host it is the one that was asked. */
function topologyOf(reply: unknown, asked: Server): Topology {
  const rows = (Array.isArray(reply) ? reply : []).map(([from, to, ...servers]: readonly unknown[]) => ({
    from: Number(from),
    to: Number(to),
    servers: servers.map((server) => serverOf(server, asked)),
  }))
  if (rows.length === 0) throw new LedgerFault('the cluster has no slots yet')
  return {
    ranges: rows.flatMap(({ from, to, servers: [master] }) => (master === undefined ? [] : [{ from, to, master }])),
    servers: rows.flatMap(({ servers }) => servers),
  }
}

function serverOf(reply: unknown, asked: Server): Server {
  const [host, port] = Array.isArray(reply) ? reply : []
  const isTold = host !== null && host !== undefined && `${host}` !== '' && `${host}` !== '?'
  return { host: isTold ? `${host}` : asked.host, port: Number(port) }
}
