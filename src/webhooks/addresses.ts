/**
 * Which addresses a webhook may be sent to: those of the public internet, and networks that whoever runs the node
 * allowed by name. A tenant's admin picks the target, and must not reach by it what only this machine can.
 *
 * Ranges that are not globally reachable: the IANA special-purpose address registries (RFC 6890 and what updates it).
 */
import { BlockList, isIP } from 'node:net'

const closed4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
] as const

/** Of these alone something is reachable; in them stand IPv4 addresses, tunnels and examples. */
const open6 = '2000::/3'
const closed6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '5f00::/16'] as const
const loopback = ['127.0.0.0/8', '::1/128'] as const

export interface AddressRule {
  /** `isPlain`: without TLS, which is for loopback alone. */
  allows(address: string, isPlain: boolean): boolean
}

/** @param networks allowed beside the public ones: addresses, or `address/bits` */
export const addressRule = (networks: readonly string[]): AddressRule => {
  const named = listOf(networks)
  const closed = listOf([...closed4, ...closed6])
  const open = listOf([open6])
  const own = listOf(loopback)
  return {
    allows: (address, isPlain) => {
      const family = isIP(address)
      if (family === 0) return false
      const kind = family === 4 ? 'ipv4' : 'ipv6'
      if (isPlain) return own.check(address, kind) && named.check(address, kind)
      if (named.check(address, kind)) return true
      return !closed.check(address, kind) && (family === 4 || open.check(address, kind))
    },
  }
}

const listOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}
