/**
 * This program's functions on a server: loaded where they are missing, and removed once no version needs them.
 *
 * Functions belong to the whole server: to all databases and clusters on it. Who uses which version stands in the
 * server's list of clients, as the name of each connection. A version that is removed while its last node is just
 * connecting again is loaded again by it, so nothing worse can happen than a call that is sent once more.
 */
import { LedgerFault } from '../port.js'
import { RedisError } from './connectionError.js'
import type { Send } from './connectionLink.js'
import { explain } from './connectionRefusal.js'
import type { Library } from './library.js'

const loading = 'loading its functions'
const libraryNames = /^chimera_[0-9a-f]{8}$/

/** Rejects with a `LedgerRefusal` that says what a person has to change, or with a `LedgerFault` for what passes. */
export async function loadLibrary(send: Send, { name, code }: Library): Promise<void> {
  try {
    // Looked for first: a server that is short of memory refuses to load anything, also what it has.
    const found = await send('FUNCTION', ['LIST', 'LIBRARYNAME', name])
    if (Array.isArray(found) && found.length > 0) return
    await send('FUNCTION', ['LOAD', 'REPLACE', code])
  } catch (error) {
    throw error instanceof RedisError ? explain(error, loading) : error
  }
}

/**
 * Removes versions that no connection to this server uses, and returns their names. None are removed where the list of
 * clients is forbidden, or where a connection doesn't say which version it uses.
 */
export async function removeUnusedLibraries(send: Send, own: Library): Promise<readonly string[]> {
  try {
    const found = await send('FUNCTION', ['LIST', 'LIBRARYNAME', 'chimera_*'])
    const others = namesOf(found).filter((name) => libraryNames.test(name) && name !== own.name)
    if (others.length === 0) return []
    const users = clientNames(`${await send('CLIENT', ['LIST'])}`)
    if (users.has('chimera')) return []
    const unused = others.filter((name) => !users.has(name))
    for (const name of unused) await send('FUNCTION', ['DELETE', name])
    return unused
  } catch (error) {
    // Another node has just removed it, or it is nothing that this user may do; what is left is looked at another time.
    if (error instanceof RedisError || error instanceof LedgerFault) return []
    throw error
  }
}

/** Each library is a map, as a list of names and values in turn. */
const namesOf = (reply: unknown): readonly string[] =>
  (Array.isArray(reply) ? reply : []).flatMap((library: unknown) => {
    if (!Array.isArray(library)) return []
    const at = library.findIndex((word) => `${word}` === 'library_name')
    return at < 0 ? [] : [`${library[at + 1]}`]
  })

const clientNames = (list: string): ReadonlySet<string> =>
  new Set([...list.matchAll(/(?:^|\s)name=(\S*)/g)].map(([, name = '']) => name))
