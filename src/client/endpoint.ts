/** Where a role connects, from the addresses that a person gives: of one node, or of several of one cluster. */
import { ChimeraError } from './chimeraError.js'

export type Role = 'agent' | 'producer' | 'operator'

const schemes: Readonly<Record<string, string>> = { 'ws:': 'ws:', 'wss:': 'wss:', 'http:': 'ws:', 'https:': 'wss:' }

/**
 * @param addresses one, or several: as a list, or as a text with commas between
 * @throws ChimeraError `INVALID`
 */
export function endpointsOf(addresses: string | readonly string[], role: Role): readonly [string, ...string[]] {
  const all = typeof addresses === 'string' ? addresses.split(',') : addresses
  const [first, ...more] = all.map((address) => endpointOf(address.trim(), role))
  if (first === undefined) throw new ChimeraError('INVALID', 'url: expected an address or more, got none')
  return [first, ...more]
}

/**
 * @param address such as `ws://127.0.0.1:7700` or `https://chimera.example/prefix`
 * @throws ChimeraError `INVALID`
 */
function endpointOf(address: string, role: Role): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  const scheme = url === undefined ? undefined : schemes[url.protocol]
  if (url === undefined || scheme === undefined)
    throw new ChimeraError('INVALID', `url: expected an address such as ws://127.0.0.1:7700, got ${address}`)
  return `${scheme}//${url.host}${url.pathname.replace(/\/+$/, '')}/v1/${role}`
}
