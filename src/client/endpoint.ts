/** Where a role connects, from the address that a person gives. */
import { ChimeraError } from './chimeraError.js'

export type Role = 'agent' | 'producer' | 'operator'

const schemes: Readonly<Record<string, string>> = { 'ws:': 'ws:', 'wss:': 'wss:', 'http:': 'ws:', 'https:': 'wss:' }

/**
 * @param address such as `ws://127.0.0.1:7700` or `https://chimera.example/prefix`
 * @throws ChimeraError `INVALID`
 */
export function endpointOf(address: string, role: Role): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  const scheme = url === undefined ? undefined : schemes[url.protocol]
  if (url === undefined || scheme === undefined)
    throw new ChimeraError('INVALID', `url: expected an address such as ws://127.0.0.1:7700, got ${address}`)
  return `${scheme}//${url.host}${url.pathname.replace(/\/+$/, '')}/v1/${role}`
}
