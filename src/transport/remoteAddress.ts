/**
 * Where a client is: at the other end of the socket, or, behind balancers that are trusted, where these say.
 *
 * `X-Forwarded-For` grows to the right, each hop adding who it heard from. So it is read from the right, as long as
 * those who wrote it are trusted: the first who isn't is the client, whatever that one claims further left.
 */
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6 } from 'node:net'

/** Of a request. */
export type RemoteAddress = (request: Pick<IncomingMessage, 'socket' | 'headers'>) => string

/** More hops than anybody has. */
const mostHops = 32

/** @param trusted addresses or networks of balancers (`10.0.0.0/8`) */
export function remoteAddresses(trusted: readonly string[]): RemoteAddress {
  if (trusted.length === 0) return ({ socket }) => socket.remoteAddress ?? ''
  const list = new BlockList()
  for (const network of trusted) {
    const [address = '', bits] = network.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  const isTrusted = (address: string): boolean => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')

  return ({ socket, headers }) => {
    let address = plain(socket.remoteAddress ?? '')
    if (isIP(address) === 0) return address
    const said = String(headers['x-forwarded-for'] ?? '').split(',')
    for (const hop of said.slice(-mostHops).reverse()) {
      if (!isTrusted(address)) return address
      const before = plain(hop.trim())
      // What isn't an address was not written by one of ours: nothing left of it can be believed.
      if (isIP(before) === 0) return address
      address = before
    }
    return address
  }
}

/** Without a port, brackets, or the clothes of an IPv4 address on an IPv6 socket. */
function plain(hop: string): string {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare
}
