/**
 * Asks over HTTP whether the node takes a token: a browser doesn't say why the handshake of a WebSocket failed.
 */
import { claimsOf } from './claims.js'

export type Probed =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly why: string }
  /** Nobody answered, or not now. */
  | { readonly kind: 'unknown'; readonly why: string }

export async function probe(base: string, token: string): Promise<Probed> {
  const claims = claimsOf(token)
  if (claims === undefined)
    return { kind: 'refused', why: 'This is no token of Chimera: expected a JWT with sub and tenant.' }
  const url = `${base}/v1/tenants/${encodeURIComponent(claims.tenant)}/reviews?limit=1`
  try {
    const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` }, cache: 'no-store' })
    if (response.ok) return { kind: 'taken' }
    const why = await detailOf(response)
    return { kind: response.status === 401 || response.status === 403 ? 'refused' : 'unknown', why }
  } catch {
    return { kind: 'unknown', why: 'The node can’t be reached.' }
  }
}

async function detailOf(response: Response): Promise<string> {
  const problem: unknown = await response.json().catch(() => undefined)
  const detail = typeof problem === 'object' && problem !== null && 'detail' in problem ? problem.detail : undefined
  return typeof detail === 'string' ? detail : `The node answered ${response.status}.`
}
