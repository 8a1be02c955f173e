/**
 * Where the Redis is: one server, a master that Sentinels know, or a cluster.
 *
 *     redis://[user:password@]host[:port][/db]
 *     redis+sentinel://[user:password@]host[:port],host[:port]/name[/db][?sentinel=[user]:password]
 *     redis+cluster://[user:password@]host[:port],host[:port]
 *
 * `rediss` instead of `redis` takes TLS. What stands in the address may be secret, so no message repeats any of it.
 */
import { UsageError } from '../../errors.js'

export type Server = { readonly host: string; readonly port: number }

/** How to get in, the same for each server. Sentinels have names and passwords of their own, or none. */
export type Access = {
  readonly isTls: boolean
  readonly username?: string
  readonly password?: string
  readonly db: number
}

export type RedisAddress =
  | { readonly kind: 'single'; readonly server: Server; readonly access: Access }
  | {
      readonly kind: 'sentinel'
      readonly sentinels: readonly Server[]
      readonly master: string
      readonly access: Access
      readonly sentinelAccess: Access
    }
  | { readonly kind: 'cluster'; readonly servers: readonly Server[]; readonly access: Access }

type Kind = RedisAddress['kind']

const kinds: ReadonlyMap<string, Kind> = new Map([
  ['', 'single'],
  ['+sentinel', 'sentinel'],
  ['+cluster', 'cluster'],
])

const defaultPorts = { single: 6_379, sentinel: 26_379, cluster: 6_379 } as const satisfies Record<Kind, number>

const databasesMax = 1_024

/** Throws a `UsageError` that names the part that is wrong. */
export function parseRedisAddress(text: string): RedisAddress {
  const [, plain, more = '', rest = ''] = /^(rediss?)(\+\w+)?:\/\/(.*)$/s.exec(text) ?? []
  const kind = kinds.get(more)
  if (plain === undefined || kind === undefined)
    throw wrong('scheme', 'redis:// or rediss://, redis+sentinel:// or redis+cluster://')
  const [, login, hosts = '', behind = ''] = /^(?:(.*)@)?([^/]*)(?:\/(.*))?$/s.exec(rest) ?? []
  const [, path = '', sentinelLogin] = /^(.*?)(?:\?sentinel=(.*))?$/s.exec(behind) ?? []
  if (sentinelLogin !== undefined && kind !== 'sentinel')
    throw wrong('path', 'a password for Sentinels only behind redis+sentinel://')
  const segments = path === '' ? [] : path.split('/')
  const servers = hosts.split(',').map((each) => parseServer(each, defaultPorts[kind]))
  const accessWith = (db: string | undefined): Access => ({
    isTls: plain === 'rediss',
    ...parseLogin(login),
    db: parseDatabase(db),
  })
  if (kind === 'sentinel') {
    const [master, db, ...others] = segments
    if (others.length > 0 || !master || !/^[\w.-]+$/.test(master))
      throw wrong('path', "the master's name as the Sentinels have it, such as /mymaster, and maybe a database, /0")
    const access = accessWith(db)
    const sentinelAccess = { isTls: access.isTls, ...parseLogin(sentinelLogin, '?sentinel=:password'), db: 0 }
    return { kind, sentinels: servers, master, access, sentinelAccess }
  }
  const [db, ...others] = segments
  if (others.length > 0) throw wrong('path', 'at most the number of a database, such as /0')
  if (kind === 'cluster') {
    if (db !== undefined) throw wrong('path', 'none: a cluster has only one database')
    return { kind, servers, access: accessWith(undefined) }
  }
  const [server, second] = servers
  if (server === undefined || second !== undefined)
    throw wrong('host', 'one server; several go with redis+sentinel:// or redis+cluster://')
  return { kind, server, access: accessWith(db) }
}

/** For people: without name and password. */
export function showRedisAddress(address: RedisAddress): string {
  const scheme = address.access.isTls ? 'rediss' : 'redis'
  const db = address.access.db === 0 ? '' : `/${address.access.db}`
  if (address.kind === 'single') return `${scheme}://${showServer(address.server)}${db}`
  if (address.kind === 'cluster') return `${scheme}+cluster://${address.servers.map(showServer).join(',')}`
  return `${scheme}+sentinel://${address.sentinels.map(showServer).join(',')}/${address.master}${db}`
}

export const showServer = ({ host, port }: Server): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

function parseServer(text: string, defaultPort: number): Server {
  const [, v6, name, port] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = v6 ?? name
  if (host === undefined) throw wrong('host', 'host or host:port, several with commas between, IPv6 in [ ]')
  const number = port === undefined ? defaultPort : Number(port)
  if (number < 1 || number > 65_535) throw wrong('port', 'an integer from 1 to 65535')
  return { host, port: number }
}

function parseLogin(
  text: string | undefined,
  expected = 'user:password@ or :password@ before the host',
): Pick<Access, 'username' | 'password'> {
  if (text === undefined) return {}
  const [, user = '', password] = /^([^:]*):(.*)$/s.exec(text) ?? []
  if (!password) throw wrong('password', expected)
  const username = decoded('user', user)
  return { ...(username === '' ? {} : { username }), password: decoded('password', password) }
}

function decoded(part: string, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw wrong(part, 'characters other than letters and digits written as %XX')
  }
}

function parseDatabase(text: string | undefined): number {
  if (text === undefined) return 0
  if (!/^\d{1,4}$/.test(text) || Number(text) >= databasesMax)
    throw wrong('path', `a database from 0 to ${databasesMax - 1}`)
  return Number(text)
}

const wrong = (part: string, expected: string): UsageError =>
  new UsageError(`the address of Redis: ${part}: expected ${expected}`)
