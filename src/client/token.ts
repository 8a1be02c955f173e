/**
 * The client's token: given once, or by a provider that is asked whenever another is needed.
 */

/** A token, or what gets one: asked before each connection, and again before the last one expires. */
export type TokenSource = string | (() => Promise<string>)

export const tokenFrom = async (source: TokenSource): Promise<string> =>
  typeof source === 'string' ? source : source()

/** When a JWT expires, in ms since the epoch; undefined where it doesn't say. The signature is the node's business. */
export function expiryOf(token: string): number | undefined {
  try {
    const body = token.split('.')[1] ?? ''
    const claims: unknown = JSON.parse(atob(body.replaceAll('-', '+').replaceAll('_', '/')))
    if (typeof claims !== 'object' || claims === null || !('exp' in claims)) return undefined
    return typeof claims.exp === 'number' ? claims.exp * 1_000 : undefined
  } catch {
    return undefined
  }
}

/** How long before its end a token that lives for `lifeMs` more is renewed. */
export const renewalLeadMs = (lifeMs: number): number => Math.min(60_000, lifeMs / 5)
