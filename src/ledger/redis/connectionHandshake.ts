/** The first words on a connection: who we are, and whether this server can be used now. */
import { LedgerFault } from '../port.js'
import { type Access, showServer } from './address.js'
import type { RedisClient } from './connectionClient.js'
import { RedisError } from './connectionError.js'
import { parseInfo } from './connectionInfo.js'

/** All in one write. Rejects with the server's `RedisError` where it doesn't let us in. */
export async function signIn(client: RedisClient, { username, password, db }: Access, name = 'chimera'): Promise<void> {
  const login = password === undefined ? [] : username === undefined ? [password] : [username, password]
  await Promise.all([
    ...(login.length > 0 ? [client.send('AUTH', login)] : []),
    ...(db === 0 ? [] : [client.send('SELECT', [db])]),
    // For people who look at the list of clients; no matter where it is forbidden.
    client.send('CLIENT', ['SETNAME', name]).catch(passOver),
  ])
}

/** Rejects with a `LedgerFault` where it is a replica, or still reads its data. */
export async function expectMaster(client: RedisClient): Promise<void> {
  const info = parseInfo(await client.send('INFO', []).catch(passOver))
  const where = showServer(client.server)
  if (info.get('loading') === '1') throw new LedgerFault(`${where} is still loading its data`)
  if (info.get('role') === 'slave') throw new LedgerFault(`${where} is a replica`)
}

/** What is forbidden isn't known. One that takes no more connections says so as its first answer, to whatever it is. */
function passOver(error: unknown): undefined {
  if (!(error instanceof RedisError) || !/^NOPERM|unknown (sub)?command/i.test(error.message)) throw error
}
